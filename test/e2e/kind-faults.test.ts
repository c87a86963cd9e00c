import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import type { ClusterStep } from '../../harness/cluster/cluster.js';
import { type ClusterState, findCluster } from '../../harness/cluster/cluster-state.js';
import { startKind } from '../../harness/cluster/kind.js';
import { removeLeftovers } from '../../harness/cluster/remove-cluster.js';
import { SluiceError } from '../../harness/errors.js';
import { isRunning } from '../../harness/exec/process-identity.js';
import { waitUntil } from '../../harness/exec/wait-until.js';
import { findCacheFolder } from '../../harness/toolchain/cache-folder.js';
import { findHelm } from '../../harness/toolchain/find-helm.js';
import { writeFakeProgram } from '../helpers/fake-program.js';
import { REPOSITORY } from '../helpers/run-script.js';
import { makeTempFolder } from '../helpers/temp-folder.js';
import { listKindRemains } from './support/kind-remains.js';
import { LONG_MS, makeName, readState, removeByName } from './support/own-kind.js';

const cacheFolder = findCacheFolder();

test(
  'what a harness left that was killed while it started one is found and removed',
  async () => {
    const name = makeName();
    onTestFinished(async () => await removeByName(name));
    const args = ['harness/bin/sluice.ts', 'cluster', 'up', name, '--provider', 'kind'];
    const harness = execa('node_modules/.bin/tsx', args, { cwd: REPOSITORY, reject: false, detached: true });
    await waitUntil(
      async () => {
        const kind = findCluster(cacheFolder, name)?.state.kind;
        if (kind === undefined) throw new Error('no engine yet');
        await execa(kind.docker, ['inspect', kind.node], { env: { ...kind.engineEnv } });
      },
      { what: 'a node of the cluster', timeoutMs: 120_000 },
    );
    process.kill(-harness.pid!, 'SIGKILL');
    await harness;
    const last = readState(name);
    // It is not our own child, and takes a moment to be gone.
    const options = { what: 'the end of the harness', timeoutMs: 30_000 };
    await waitUntil(() => {
      if (isRunning(last.owner!)) throw new Error('it runs');
    }, options);
    expect(await listKindRemains(last)).not.toEqual([]);
    // Whoever else starts one at this moment finds it too, and may be quicker.
    await removeLeftovers(cacheFolder);
    await expect.poll(async () => await listKindRemains(last), { timeout: 30_000 }).toEqual([]);
    expect(findCluster(cacheFolder, name)).toBeUndefined();
  },
  LONG_MS,
);

test(
  'one that cannot be started to the end leaves nothing but the logs of its node, whose folder it tells',
  async () => {
    const helm = await findHelm();
    const fake = await writeFakeProgram(
      join(await makeTempFolder(), 'helm'),
      `case "$1" in upgrade) echo "Error: the disk is full" >&2; exit 1;; *) exec ${helm.path} "$@";; esac`,
    );
    const previous = process.env['SLUICE_HELM'];
    process.env['SLUICE_HELM'] = fake;
    onTestFinished(() => {
      if (previous === undefined) delete process.env['SLUICE_HELM'];
      else process.env['SLUICE_HELM'] = previous;
    });
    const name = makeName();
    const steps: ClusterStep[] = [];
    let state: ClusterState | undefined;
    const failure = await startKind({
      name,
      onStep: (step) => {
        steps.push(step);
        state = findCluster(cacheFolder, name)?.state ?? state;
      },
    }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SluiceError);
    expect(failure).toMatchObject({
      code: 'INSTALL_FAILED',
      message: expect.stringContaining('the disk is full'),
    });
    const told = steps.find(({ text }) => text.startsWith('logs of the node are in '));
    const folder = told!.text.replace('logs of the node are in ', '');
    onTestFinished(async () => await rm(folder, { recursive: true }));
    expect(await readdir(join(folder, state!.kind!.node))).toContain('kubelet.log');
    expect(await listKindRemains(state!)).toEqual([]);
  },
  LONG_MS,
);
