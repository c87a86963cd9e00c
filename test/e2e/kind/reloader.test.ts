import { describe, expect } from 'vitest';
import { waitUntil } from '../../../harness/exec/wait-until.js';
import { readObject } from '../../../harness/manifest/read-json.js';
import { isReady, type Pods, test } from './support/pods.js';

const PATH = '/{system}/{environment}/app';

describe('Reloader', () => {
  test('rolls out once when the operator has synced another value, and not for one that is the same', async ({
    scenario,
    pods,
    skip,
  }) => {
    skip(
      !scenario.cluster.capabilities.includes('reloader'),
      'Reloader does not run here: its image cannot be pulled',
    );
    await scenario.put('stage/app', { API_TOKEN: 'token-before' });
    await pods.install({ replicaCount: 2, externalSecrets: { app: { path: PATH } } }, { synced: ['app'] });
    const before = await readGeneration(pods);

    await scenario.put('stage/app', { API_TOKEN: 'token-after' });
    await scenario.refreshed('app');
    await waitUntil(
      async () => {
        const ready = (await pods.list()).filter(isReady);
        const held = await Promise.all(
          ready.map(async ({ metadata }) => await pods.ask(metadata.name, '/value/API_TOKEN')),
        );
        if (held.length < 2 || held.some((value) => value !== 'token-after'))
          throw new Error('another value');
      },
      { what: 'every pod to hold the new value', timeoutMs: 60_000, signal: scenario.cluster.signal },
    );
    expect(await readGeneration(pods)).toBe(before + 1);
    await scenario.refreshed('app');
    await pods.rolledOut();
    expect(await readGeneration(pods)).toBe(before + 1);
  }, 120_000);
});

/** How often the Deployment's template has changed. */
async function readGeneration({ scenario: { client, namespace } }: Pods): Promise<number> {
  const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop', namespace };
  const metadata = (await client.read(reference))?.metadata;
  return Number(readObject(metadata, 'annotations')?.['deployment.kubernetes.io/revision']);
}
