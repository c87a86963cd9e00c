import { afterAll, test as base, beforeAll, describe, expect } from 'vitest';
import { startEmbedded } from '../../harness/cluster/embedded.js';
import type { EmbeddedCluster } from '../../harness/cluster/embedded-cluster.js';
import { waitUntil } from '../../harness/exec/wait-until.js';
import { runDoctor } from '../../harness/secrets/doctor/run-doctor.js';
import { referToExternalSecret } from '../../harness/secrets/wait-for-sync.js';
import { evidenceOf, examine, findingOf, listIds } from './support/doctor.js';
import { FaultProxy } from './support/fault-proxy.js';
import { Scenario } from './support/scenario.js';

const PATH = '/{system}/{environment}/app';
const STRONG = { API_TOKEN: 'hT5!nW8q-Lc3@yD6r_Xp1', OTHER_TOKEN: 'kR2?mV9s-Zb4&xC7t_Yq6' };

let proxy: FaultProxy;
let cluster: EmbeddedCluster;
beforeAll(async () => {
  proxy = await FaultProxy.start();
  cluster = await startEmbedded({ operatorStoreUrl: proxy.url });
  proxy.target = cluster.parameterStore.endpointUrl;
});
afterAll(async () => {
  await cluster?.stop();
  await proxy[Symbol.asyncDispose]();
});

/** As the other scenarios, in a cluster that may be hurt. */
const test = base.extend<{ scenario: Scenario }>({
  scenario: async ({ task }, use) => {
    const scenario = await Scenario.open(task.name, cluster);
    try {
      await use(scenario);
    } finally {
      if (task.result?.state === 'fail') await scenario.tellWhy();
      await scenario.close();
    }
  },
});

async function installOne(scenario: Scenario): Promise<void> {
  await scenario.put('stage/app', STRONG);
  await scenario.install({ externalSecrets: { app: { path: PATH } } });
  await scenario.settled('app');
}

/** What is said a minute later, when what was changed should have been seen. */
async function examineLater({ client, namespace, parameters }: Scenario) {
  const now = new Date(Date.now() + 60_000);
  return await runDoctor(client, { namespace, now, openStore: () => parameters });
}

describe('sluice doctor, in a cluster that is hurt', () => {
  test('external-secret-failing: the operator is denied what we may read, and the event tells it', async ({
    scenario,
  }) => {
    await installOne(scenario);
    const path = scenario.path('stage/app');
    proxy.inject(path, { type: 'deny' });
    await scenario.put('stage/app', { ...STRONG, API_TOKEN: 'bN7!wQ4z-Rk8@mF2t_Vs5' });
    await scenario.askForSync('app');
    await scenario.failed('app');
    // The operator sends its events beside its work: one may come later than the condition.
    await scenario.event('ExternalSecret shop-app', /not authorized/u);
    const report = await examine(scenario);
    expect(report.firstBroken).toMatchObject({
      ...{ id: 'external-secret-failing', message: 'the operator may not read the parameter' },
      remedy: expect.stringContaining('sluice iam policy'),
    });
    const cause = findingOf(report, 'external-secret-failing');
    expect(evidenceOf(cause, 'event')).toContain('not authorized');
    expect(evidenceOf(cause, 'store')).toContain('version 2');
    expect(findingOf(report, 'secret-different').follows).toBe('external-secret-failing');
    proxy.heal(path);
  });

  test('store-access: one name that we may not read is a warning, and nothing is said of what is in it', async ({
    scenario,
  }) => {
    await installOne(scenario);
    const path = scenario.path('stage/app');
    proxy.inject(path, { type: 'deny' });
    const report = await examine(scenario, ['--endpoint-url', proxy.url]);
    proxy.heal(path);
    expect(listIds(report)).toEqual(['store-access']);
    expect(findingOf(report, 'store-access')).toMatchObject({
      ...{ severity: 'warning', subject: `parameter ${path}` },
      remedy: expect.stringContaining('sluice iam policy'),
    });
    expect(report.code).toBe(0);
  });

  test('operator-silent: an operator that has ended, and green Secrets that are changed and deleted behind it', async ({
    scenario,
  }) => {
    await installOne(scenario);
    await cluster.end('external-secrets');
    try {
      const name = { namespace: scenario.namespace, name: 'shop-app' };
      await scenario.client.patch(referToExternalSecret(name), { spec: { refreshInterval: '30m' } });
      const secret = { apiVersion: 'v1', kind: 'Secret', ...name };
      await scenario.client.patch(secret, { stringData: { API_TOKEN: 'somebody was here' } });
      const changed = await examineLater(scenario);
      expect(changed.firstBroken).toMatchObject({ id: 'operator-silent', link: 'operator' });
      expect(findingOf(changed, 'operator-silent').message).toContain('it was changed at');
      expect(evidenceOf(findingOf(changed, 'operator-silent'), 'condition')).toContain('Ready=True');
      expect(findingOf(changed, 'secret-different').follows).toBe('operator-silent');

      await scenario.client.remove(secret);
      const gone = await examineLater(scenario);
      expect(findingOf(gone, 'secret-missing').message).toContain('though the operator reports success');

      await scenario.client.apply({
        apiVersion: 'external-secrets.io/v1',
        kind: 'ExternalSecret',
        metadata: { name: 'shop-late', namespace: scenario.namespace },
        spec: {
          secretStoreRef: { name: 'parameters', kind: 'SecretStore' },
          dataFrom: [{ extract: { key: scenario.path('stage/app') } }],
        },
      });
      const unseen = await examineLater(scenario);
      expect(unseen.findings.map(({ message }) => message).join('\n')).toMatch(
        /it has not looked at it for \d+ s/u,
      );
    } finally {
      await cluster.restart('external-secrets');
    }
    await scenario.synced('late');
    await waitUntil(
      async () => {
        const { findings } = await examineLater(scenario);
        const ids = findings.map(({ id }) => id).filter((id) => id !== 'secret-unused');
        if (ids.length > 0) throw new Error(ids.join(', '));
      },
      { what: 'all well again', timeoutMs: 20_000, signal: cluster.signal },
    );
  });

  // The last one: nothing works after it.
  test('operator-missing: a cluster that knows no ExternalSecrets', async ({ scenario }) => {
    await scenario.client.remove({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      name: 'externalsecrets.external-secrets.io',
    });
    const report = await waitUntil(
      async () => {
        const found = await examine(scenario);
        if (found.firstBroken === undefined) throw new Error('it still knows them');
        return found;
      },
      { what: 'the definition to be gone', timeoutMs: 20_000, signal: cluster.signal },
    );
    expect(report.firstBroken).toMatchObject({
      ...{ id: 'operator-missing', remedy: expect.stringContaining('helm install external-secrets') },
    });
    expect(report.checks.filter(({ state }) => state === 'fine')).toEqual([]);
    expect(report.code).toBe(1);
  });
});
