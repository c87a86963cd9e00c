import { expect, test } from 'vitest';
import type { StartedCluster } from '../../../harness/cluster/cluster.js';
import { chooseStores } from '../../../harness/e2e/provide-stores.js';
import type { KubernetesObject, Manifest } from '../../../harness/manifest/manifest.js';

const SECRET: KubernetesObject = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'ExternalSecret',
  metadata: { name: 'shop' },
  spec: { secretStoreRef: { name: 'aws', kind: 'ClusterSecretStore' } },
};

function toManifests(...objects: KubernetesObject[]): Manifest[] {
  return objects.map((object, index) => ({ object, source: { template: '', index, line: 1 }, text: '' }));
}

function makeCluster(changes: Partial<StartedCluster>): StartedCluster {
  const parameterStore = {
    name: 'localstack',
    region: 'eu-west-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'key' },
  };
  return { provider: 'embedded', parameterStore, secretStore: undefined, ...changes } as StartedCluster;
}

test('in a cluster of our own the store that the release names is made, with the test store’s keys', () => {
  const { objects, values } = chooseStores(toManifests(SECRET), makeCluster({}), 'shop');
  expect(values).toBeUndefined();
  expect(objects.map(({ kind, metadata }) => [kind, metadata.name, metadata['namespace']])).toEqual([
    ['Secret', 'sluice-e2e-store', 'shop'],
    ['ClusterSecretStore', 'aws', undefined],
  ]);
  expect(JSON.stringify(objects[1])).toContain('"region":"eu-west-1"');
});

test('in somebody’s cluster nothing is made outside of the namespace', () => {
  const { objects, values } = chooseStores(
    toManifests(SECRET),
    makeCluster({ provider: 'existing' }),
    'guest',
  );
  expect(values).toEqual({ secretStoreRef: { kind: 'SecretStore', name: 'sluice-e2e' } });
  expect(objects.every(({ metadata }) => metadata['namespace'] === 'guest')).toBe(true);
});

test('a store that is there already is used, and nothing made', () => {
  const secretStore = { kind: 'ClusterSecretStore', name: 'ours' } as const;
  const cluster = makeCluster({ provider: 'existing', secretStore });
  expect(chooseStores(toManifests(SECRET), cluster, 'guest')).toEqual({
    objects: [],
    values: { secretStoreRef: secretStore },
  });
});

test('a release that brings its store along is refused', () => {
  const store = { ...SECRET, kind: 'ClusterSecretStore', metadata: { name: 'aws' } };
  expect(() => chooseStores(toManifests(SECRET, store), makeCluster({}), 'shop')).toThrow(
    expect.objectContaining({ code: 'E2E_STORES', exitCode: 2 }),
  );
});
