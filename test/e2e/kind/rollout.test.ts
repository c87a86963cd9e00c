import { describe, expect } from 'vitest';
import { formatSeconds, waitUntil } from '../../../harness/exec/wait-until.js';
import { readObject } from '../../../harness/manifest/read-json.js';
import { runCli } from '../../helpers/run-cli.js';
import { REPOSITORY } from '../../helpers/run-script.js';
import { startLoad } from './support/load.js';
import { isReady, type Pods, test } from './support/pods.js';

const ROTATIONS = 10;
const PATH = '/{system}/{environment}/app';

function values(level: string) {
  return {
    replicaCount: 2,
    config: { LOG_LEVEL: level },
    externalSecrets: { app: { path: PATH } },
    rollout: { onSecretChange: 'none' },
  };
}

describe('a rollout under constant load', () => {
  test(`of a changed setting, and of ${ROTATIONS} secrets in a row: one each, and no request is lost`, async ({
    scenario,
    pods,
  }) => {
    await scenario.put('stage/app', { API_TOKEN: 'token-0' });
    await pods.install(values('info'), { synced: ['app'] });
    const load = await startLoad(pods, '/value/API_TOKEN');

    const before = await readRevision(pods);
    const config = await measure(async () => {
      await pods.install(values('debug'));
      await untilAllHold(pods, 'LOG_LEVEL', 'debug');
    });
    expect(await readRevision(pods)).toBe(before + 1);
    await expect(pods.install(values('debug'))).resolves.toBeUndefined();
    expect(await readRevision(pods)).toBe(before + 1);

    const times: number[] = [];
    for (let turn = 1; turn <= ROTATIONS; turn += 1) {
      times.push(await measure(async () => await rotate(pods, `token-${turn}`)));
      expect(await readRevision(pods)).toBe(before + 1 + turn);
    }
    await waitUntil(
      async () => {
        if (!Object.hasOwn((await load.tally()).bodies, `token-${ROTATIONS}`)) throw new Error('not yet');
      },
      { what: 'an answer with the last token', timeoutMs: 30_000, signal: scenario.cluster.signal },
    );
    const sum = await load.stop();
    const sorted = times.toSorted((a, b) => a - b);
    const median = ((sorted[ROTATIONS / 2 - 1] ?? 0) + (sorted[ROTATIONS / 2] ?? 0)) / 2;
    const told = [
      `config to last pod ${formatSeconds(config)}`,
      `secret to last pod ${formatSeconds(median)} median, ${formatSeconds(sorted.at(-1) ?? 0)} worst of ${ROTATIONS}`,
      `${sum.sent} requests, ${sum.failed} failed`,
    ];
    for (const text of told) scenario.tell(text);
    expect(sum.failures).toEqual([]);
    expect(sum.answered).toBe(sum.sent);
    expect(Object.keys(sum.bodies)).toContain(`token-${ROTATIONS}`);
  }, 240_000);
});

/** Writes a value, and has it brought to the last pod. */
async function rotate(pods: Pods, token: string): Promise<void> {
  const { scenario } = pods;
  const { cluster, namespace } = scenario;
  await scenario.put('stage/app', { API_TOKEN: token });
  const { code, stderr } = await runCli(
    ['refresh', 'shop-app', '--restart', '--cluster', cluster.name, '--namespace', namespace],
    { cwd: REPOSITORY },
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  await untilAllHold(pods, 'API_TOKEN', token);
}

/** Waits until every pod that takes requests holds a value, and tells how often that was looked for. */
async function untilAllHold(pods: Pods, name: string, value: string): Promise<void> {
  await waitUntil(
    async () => {
      const ready = (await pods.list()).filter(isReady);
      if (ready.length < 2) throw new Error(`${ready.length} pods`);
      const held = await Promise.all(
        ready.map(async ({ metadata }) => await pods.ask(metadata.name, `/value/${name}`)),
      );
      if (held.some((one) => one !== value)) throw new Error('a pod has another value');
    },
    { what: `every pod to hold ${name}`, timeoutMs: 60_000, signal: pods.scenario.cluster.signal },
  );
}

/** How often the Deployment has rolled out. */
async function readRevision({ scenario: { client, namespace } }: Pods): Promise<number> {
  const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop', namespace };
  const metadata = (await client.read(reference))?.metadata;
  return Number(readObject(metadata, 'annotations')?.['deployment.kubernetes.io/revision']);
}

async function measure(run: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await run();
  return performance.now() - begin;
}
