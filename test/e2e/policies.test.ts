import { describe, expect } from 'vitest';
import { waitUntil } from '../../harness/exec/wait-until.js';
import type { JsonObject, KubernetesObject } from '../../harness/manifest/manifest.js';
import { type Scenario, test } from './support/scenario.js';

const STORED = { FROM_STORE: 'value-from-store' };
const PATH = '/{system}/{environment}/app';

async function makeSecret(
  scenario: Scenario,
  name: string,
  stringData: Record<string, string>,
): Promise<void> {
  const metadata = { name, namespace: scenario.namespace };
  await scenario.client.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData });
}

function listOwners(secret: KubernetesObject | undefined): unknown {
  return secret?.metadata['ownerReferences'];
}

async function isGone(scenario: Scenario, name: string): Promise<void> {
  await waitUntil(
    async () => {
      if ((await scenario.readSecret(name)) !== undefined) throw new Error('still there');
    },
    { what: `Secret ${name}: gone`, timeoutMs: 20_000 },
  );
}

describe.concurrent('whose the Secret is', () => {
  test('Owner: it goes with the release', async ({ scenario }) => {
    await scenario.put('stage/app', STORED);
    await scenario.install({ externalSecrets: { app: { path: PATH } } });
    await scenario.synced('app');
    const secret = await scenario.readSecret('shop-app');
    expect(listOwners(secret)).toMatchObject([
      { kind: 'ExternalSecret', name: 'shop-app', controller: true },
    ]);
    expect(await scenario.drift()).toEqual([]);
    await scenario.uninstall();
    await isGone(scenario, 'shop-app');
  });

  test('Owner, over a Secret that somebody made before: it is taken over, and its own keys are lost', async ({
    scenario,
  }) => {
    await makeSecret(scenario, 'shop-app', { BY_HAND: 'value-by-hand' });
    await scenario.put('stage/app', STORED);
    await scenario.install({ externalSecrets: { app: { path: PATH } } });
    await scenario.holds('shop-app', STORED);
    await scenario.synced('app');
    expect(listOwners(await scenario.readSecret('shop-app'))).toMatchObject([{ name: 'shop-app' }]);
  });

  test('Orphan: it stays when the release goes', async ({ scenario }) => {
    await scenario.put('stage/app', STORED);
    await scenario.install({
      externalSecrets: { app: { path: PATH, target: { creationPolicy: 'Orphan' } } },
    });
    await scenario.synced('app');
    expect(listOwners(await scenario.readSecret('shop-app'))).toBeUndefined();
    expect(await scenario.drift()).toEqual([]);
    await scenario.uninstall();
    expect(await scenario.differences('shop-app', STORED)).toEqual([]);
  });

  test('Merge: keys are added to a Secret of others, which keeps its own and stays', async ({ scenario }) => {
    await makeSecret(scenario, 'of-others', { THEIRS: 'value-of-others', FROM_STORE: 'to be replaced' });
    await scenario.put('stage/app', STORED);
    await scenario.install({
      externalSecrets: { app: { path: PATH, target: { name: 'of-others', creationPolicy: 'Merge' } } },
    });
    await scenario.synced('app');
    const merged = { THEIRS: 'value-of-others', ...STORED };
    expect(await scenario.differences('of-others', merged)).toEqual([]);
    expect(await scenario.environmentDifferences(merged)).toEqual([]);
    expect(listOwners(await scenario.readSecret('of-others'))).toBeUndefined();
    expect(await scenario.drift()).toEqual([]);
    await scenario.uninstall();
    expect(await scenario.differences('of-others', merged)).toEqual([]);
  });

  test('Merge, into a Secret that is not there yet: none is made, and its coming is noticed at the next read only', async ({
    scenario,
  }) => {
    await scenario.put('stage/app', STORED);
    await scenario.install({
      externalSecrets: { app: { path: PATH, target: { name: 'of-others', creationPolicy: 'Merge' } } },
    });
    await scenario.tells('app', 'SecretMissing');
    expect(await scenario.readSecret('of-others')).toBeUndefined();
    await makeSecret(scenario, 'of-others', { THEIRS: 'value-of-others' });
    await scenario.refreshed('app');
    expect(await scenario.differences('of-others', { THEIRS: 'value-of-others', ...STORED })).toEqual([]);
  });

  test('None: it is read, and no Secret is made', async ({ scenario }) => {
    await scenario.put('stage/app', STORED);
    await scenario.install({
      externalSecrets: { app: { path: PATH, target: { creationPolicy: 'None' } } },
    });
    await scenario.synced('app');
    expect(await scenario.readSecret('shop-app')).toBeUndefined();
    expect(await scenario.environmentDifferences({})).toEqual([]);
    expect(await scenario.drift()).toEqual([]);
  });

  test('an immutable Secret is not changed any more', async ({ scenario }) => {
    await scenario.put('stage/app', STORED);
    await scenario.install({
      externalSecrets: {
        app: { path: PATH, target: { immutable: true } },
        witness: { path: PATH, envFrom: false },
      },
    });
    await Promise.all([scenario.synced('app'), scenario.synced('witness')]);
    expect(await scenario.readSecret('shop-app')).toMatchObject({ immutable: true });
    await scenario.refreshed('witness');
    await scenario.put('stage/app', { FROM_STORE: 'changed-in-store' });
    await scenario.askForSync('app');
    await scenario.refreshed('witness');
    expect(await scenario.differences('shop-app', STORED)).toEqual([]);
    expect(await scenario.drift()).toEqual([]);
  });
});

describe.concurrent('what becomes of the Secret when its source is gone', () => {
  const spec = (deletionPolicy: string): JsonObject => ({
    app: { path: PATH, target: { deletionPolicy } },
    keys: {
      data: { STAYS: '/{system}/_ENV_/stays', GOES: '/{system}/_ENV_/goes' },
      target: { deletionPolicy },
    },
  });

  async function startAndRemove(scenario: Scenario, deletionPolicy: string): Promise<void> {
    await scenario.put('stage/app', STORED);
    await scenario.put('stage/stays', 'stays-value');
    await scenario.put('stage/goes', 'goes-value');
    await scenario.install({ externalSecrets: spec(deletionPolicy) });
    await Promise.all([scenario.synced('app'), scenario.synced('keys')]);
    await scenario.removeParameter('stage/app');
    await scenario.removeParameter('stage/goes');
    await Promise.all([scenario.askForSync('app'), scenario.askForSync('keys')]);
  }

  test('Retain: it stays as it was, and the operator says so', async ({ scenario }) => {
    await startAndRemove(scenario, 'Retain');
    await Promise.all([scenario.failed('app'), scenario.failed('keys')]);
    expect(await scenario.differences('shop-app', STORED)).toEqual([]);
    expect(await scenario.differences('shop-keys', { STAYS: 'stays-value', GOES: 'goes-value' })).toEqual([]);
  });

  test('Delete: it goes; of single keys one goes alone, and the operator calls both synced', async ({
    scenario,
  }) => {
    await startAndRemove(scenario, 'Delete');
    await isGone(scenario, 'shop-app');
    await scenario.holds('shop-keys', { STAYS: 'stays-value' });
    await Promise.all([scenario.synced('app'), scenario.synced('keys')]);
    await scenario.put('stage/app', STORED);
    await scenario.refreshed('app');
    expect(await scenario.differences('shop-app', STORED)).toEqual([]);
  });
});
