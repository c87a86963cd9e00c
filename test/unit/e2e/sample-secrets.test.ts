import { expect, test } from 'vitest';
import { formatContent, listSources, makeSampleParameters } from '../../../harness/e2e/sample-secrets.js';
import type { JsonObject, Manifest } from '../../../harness/manifest/manifest.js';
import { SecretValue } from '../../../harness/manifest/secret-value.js';

function makeRelease(...specs: JsonObject[]): Manifest[] {
  return specs.map((spec, index) => ({
    object: {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name: `shop-${index}` },
      spec,
    },
    source: { template: '', index, line: 1 },
    text: '',
  }));
}

function describe(specs: readonly JsonObject[]) {
  return makeSampleParameters(makeRelease(...specs)).map(({ path, content, whole, versions }) => ({
    path,
    whole,
    versions,
    names: content instanceof SecretValue ? undefined : [...content.keys()],
  }));
}

test('a parameter that is taken whole gets names that applications use', () => {
  const [parameter] = describe([{ dataFrom: [{ extract: { key: '/shop/app' } }] }]);
  expect(parameter).toMatchObject({ path: '/shop/app', whole: true, versions: 1 });
  expect(parameter?.names).toContain('DB_PASSWORD');
});

test('a parameter whose members a template or a property names has these', () => {
  const template = {
    data: { URL: 'postgresql://{{ .username }}:{{ .password | urlquery }}@{{- .host }}/x' },
  };
  expect(
    describe([
      { target: { template }, dataFrom: [{ extract: { key: '/shop/db' } }] },
      { data: [{ secretKey: 'PORT', remoteRef: { key: '/shop/db', property: 'port' } }] },
    ]),
  ).toEqual([
    { path: '/shop/db', whole: true, versions: 1, names: ['username', 'password', 'host', 'port'] },
  ]);
});

test('a parameter that is one value stays one, at the highest version that is pinned', () => {
  const data = ['1', '3', '2'].map((version) => ({
    secretKey: `KEY_${version}`,
    remoteRef: { key: '/shop/key', version },
  }));
  expect(describe([{ data }])).toEqual([{ path: '/shop/key', whole: false, versions: 3, names: undefined }]);
});

test('a search finds something', () => {
  expect(describe([{ dataFrom: [{ find: { path: '/shop/', name: { regexp: '.*' } } }] }])).toMatchObject([
    { path: '/shop/SAMPLE_KEY', names: undefined },
  ]);
});

test('no two values are the same, and none is printed', () => {
  const parameters = makeSampleParameters(makeRelease({ dataFrom: [{ extract: { key: '/shop/app' } }] }));
  const written = JSON.parse(formatContent(parameters[0]!.content).reveal()) as Record<string, string>;
  expect(new Set(Object.values(written)).size).toBe(Object.keys(written).length);
  const shown = JSON.stringify([...(parameters[0]!.content as ReadonlyMap<string, SecretValue>)]);
  for (const value of Object.values(written)) expect(shown).not.toContain(value);
});

test('sources tell the Secret, who owns it and the store', () => {
  const [own, kept] = listSources(
    makeRelease(
      { secretStoreRef: { name: 'aws' }, target: { name: 'other' } },
      { secretStoreRef: { name: 'all', kind: 'ClusterSecretStore' }, target: { creationPolicy: 'Orphan' } },
    ),
  );
  expect(own).toEqual({
    name: 'shop-0',
    target: 'other',
    owned: true,
    store: { kind: 'SecretStore', name: 'aws' },
    extracts: [],
  });
  expect(kept).toMatchObject({ target: 'shop-1', owned: false, store: { kind: 'ClusterSecretStore' } });
});
