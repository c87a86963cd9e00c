import { describe, expect } from 'vitest';
import { openKindCluster } from '../../../harness/cluster/kind-cluster.js';
import { waitUntil } from '../../../harness/exec/wait-until.js';
import { startLoad } from './support/load.js';
import { countRestarts, type Pods, test } from './support/pods.js';

const PATH = '/{system}/{environment}/app';
const VALUES = {
  replicaCount: 2,
  externalSecrets: { app: { path: PATH, refreshInterval: '5s' } },
  rollout: { onSecretChange: 'none' },
};

describe('what restarts under load', () => {
  test('the operator and the store: pods serve on, and the next change arrives', async ({
    scenario,
    pods,
  }) => {
    const kind = await openKindCluster(scenario.cluster.name);
    await scenario.put('stage/app', { API_TOKEN: 'token-before' });
    await pods.install(VALUES, { synced: ['app'] });
    const load = await startLoad(pods, '/value/API_TOKEN');

    await scenario.step('operator', async () => await kind.restart('external-secrets', { kill: true }));
    await scenario.put('stage/app', { API_TOKEN: 'token-after-operator' });
    await scenario.holds('shop-app', { API_TOKEN: 'token-after-operator' }, 60_000);

    await scenario.step('store', async () => await kind.restart('parameter-store', { kill: true }));
    await scenario.failed('app');
    expect(await scenario.differences('shop-app', { API_TOKEN: 'token-after-operator' })).toEqual([]);
    // It keeps nothing over a restart.
    await scenario.put('stage/app', { API_TOKEN: 'token-after-store' });
    await scenario.holds('shop-app', { API_TOKEN: 'token-after-store' }, 60_000);

    const { sent, answered, failures, bodies } = await load.stop();
    expect({ failures, answered, bodies }).toEqual({
      failures: [],
      answered: sent,
      bodies: { 'token-before': sent },
    });
  }, 180_000);

  test('the node: everything comes back by itself, with the values it had, and the next change arrives', async ({
    scenario,
    pods,
  }) => {
    const kind = await openKindCluster(scenario.cluster.name);
    await scenario.put('stage/app', { API_TOKEN: 'token-before' });
    await pods.install(VALUES, { synced: ['app'] });
    const load = await startLoad(pods, '/value/API_TOKEN');

    await scenario.step('node', async () => await kind.restartNode());
    await pods.rolledOut();
    await untilRestarted(pods);
    const again = await scenario.step('load again', async () => await waitForAnswers(load.tally));
    expect(Object.keys(again.bodies)).toEqual(['token-before']);
    await scenario.put('stage/app', { API_TOKEN: 'token-after-node' });
    await scenario.holds('shop-app', { API_TOKEN: 'token-after-node' }, 60_000);
  }, 240_000);
});

/** Waits until both pods run again, each of them the same pod as before. */
async function untilRestarted(pods: Pods): Promise<void> {
  await waitUntil(
    async () => {
      const counts = (await pods.list()).map(countRestarts);
      if (counts.length !== 2 || counts.some((count) => count !== 1))
        throw new Error(`restarts: ${counts.join(', ')}`);
    },
    { what: 'both pods started once more', timeoutMs: 60_000, signal: pods.scenario.cluster.signal },
  );
}

// The load's own pod was restarted too: it counts from nothing.
async function waitForAnswers(tally: () => Promise<{ answered: number; bodies: Record<string, number> }>) {
  return await waitUntil(
    async () => {
      const sum = await tally();
      if (sum.answered < 40) throw new Error(`${sum.answered} answered`);
      return sum;
    },
    { what: 'requests to be answered again', timeoutMs: 60_000 },
  );
}
