import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { findCluster } from '../../harness/cluster/cluster-state.js';
import type { DockerEngine } from '../../harness/docker/docker-engine.js';
import { startOwnDockerEngine } from '../../harness/docker/start-own-engine.js';
import type { LifeReport } from '../../harness/e2e/life-report.js';
import { runCommand } from '../../harness/exec/run-command.js';
import { findCacheFolder } from '../../harness/toolchain/cache-folder.js';
import { ensureNodeImage } from '../../harness/toolchain/node-image/ensure-node-image.js';
import { SLUICE } from '../helpers/compiled.js';
import { REPOSITORY } from '../helpers/run-script.js';
import { LONG_MS, readState } from './support/own-kind.js';

const cacheFolder = findCacheFolder();

/**
 * An engine with a machine around it, as far as networks go: whoever enters its network finds an engine that was there
 * before, whose containers' ports are on 127.0.0.1. Like many in a company it reaches no registry.
 */
async function startHost() {
  const { image, archive } = await ensureNodeImage();
  const engine = await startOwnDockerEngine({ image: { reference: image, archive } });
  onTestFinished(async () => await engine.stop());
  const env = { ...process.env, ...engine.env };
  const docker = async (...args: string[]): Promise<string> =>
    (await runCommand(engine.docker, args, { env })).stdout.trim();
  const id = await docker('info', '--format={{.ID}}');
  onTestFinished(async () => {
    await rm(join(cacheFolder, 'docker', `${id.replaceAll(/\W/gu, '_')}.json`), { force: true });
  });
  const network = `--net=/proc/${await findInside(engine)}/ns/net`;
  const sluice = async (...args: string[]) =>
    await runCommand('nsenter', [network, process.execPath, SLUICE, ...args], { env, cwd: REPOSITORY });
  return { docker, sluice };
}

/** A process that is in the engine's network: its first one stays outside and starts another in there. */
async function findInside({ record }: DockerEngine): Promise<string> {
  const { pid } = record?.process ?? { pid: 0 };
  const threads = await readdir(`/proc/${pid}/task`);
  const children = await Promise.all(
    // A thread may end while we look.
    threads.map(
      async (thread) => await readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => ''),
    ),
  );
  const [inside] = children.join('').trim().split(' ');
  if (!inside) throw new Error('an engine of our own has a process in its network');
  return inside;
}

test(
  'a machine with Docker has the cluster in its own engine, without being asked, and keeps nothing but its network',
  async ({ skip }) => {
    const isOwned = readState(inject('clusterName')).engine !== undefined;
    skip(!isOwned, 'this machine has Docker itself, and every other scenario runs in it');
    const { docker, sluice } = await startHost();
    const listAll = async () => ({
      containers: await docker('ps', '--all', '--quiet'),
      images: await docker('images', '--quiet', '--no-trunc'),
      volumes: await docker('volume', 'ls', '--quiet'),
      networks: (await docker('network', 'ls', '--format={{.Name}}')).split('\n').sort(),
    });
    const before = await listAll();
    const { stdout } = await sluice('e2e', '-f', 'values/dev.yaml', '--json');
    const report = JSON.parse(stdout) as LifeReport;
    expect(report.platform).toMatchObject({ provider: 'kind' });
    const otherwise = report.steps.filter(({ status }) => status !== 'passed');
    expect(otherwise.map(({ name, status }) => [name, status])).toEqual([
      ['pods', 'skipped'],
      ['rollout', 'skipped'],
    ]);
    expect(findCluster(cacheFolder, report.platform!.cluster)).toBeUndefined();
    expect(await listAll()).toEqual({ ...before, networks: [...before.networks, 'kind'].sort() });
  },
  LONG_MS,
);
