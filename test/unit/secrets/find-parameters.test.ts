import { describe, expect, test } from 'vitest';
import { parseManifests } from '../../../harness/manifest/parse-manifests.js';
import { findParameters } from '../../../harness/secrets/find-parameters.js';

function find(text: string) {
  return findParameters(parseManifests(text));
}

const external = (spec: string, name = 'shop'): string => `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: ${name}}
spec:
${spec.replaceAll(/^/gmu, '  ')}
`;

describe('the parameters of a release', () => {
  test('a store that is only named counts as Parameter Store', () => {
    const [only] = find(
      external(`secretStoreRef: {name: aws-parameter-store, kind: ClusterSecretStore}
target: {name: shop-external}
dataFrom: [{extract: {key: /platform/shop/prod/app}}]`),
    );
    expect(only).toEqual({
      service: 'ParameterStore',
      store: { kind: 'ClusterSecretStore', name: 'aws-parameter-store' },
      name: '/platform/shop/prod/app',
      version: undefined,
      uses: [
        { externalSecret: 'shop', target: 'shop-external', kind: 'extract', property: undefined, keys: [] },
      ],
    });
  });

  test('a parameter that several entries read is told once, with every use', () => {
    const found = find(
      external(`secretStoreRef: {name: aws}
data:
  - {secretKey: STRIPE_API_KEY, remoteRef: {key: /shop/prod/stripe}}
  - {secretKey: DB_USER, remoteRef: {key: /shop/prod/db, property: username}}
  - {secretKey: DB_PASSWORD, remoteRef: {key: /shop/prod/db, property: password}}
  - {secretKey: OLD_PASSWORD, remoteRef: {key: /shop/prod/db, property: password, version: "3"}}`),
    );
    expect(
      found.map(({ name, version, uses }) => [name, version, uses.map(({ kind, keys }) => [kind, ...keys])]),
    ).toEqual([
      [
        '/shop/prod/db',
        undefined,
        [
          ['property', 'DB_USER'],
          ['property', 'DB_PASSWORD'],
        ],
      ],
      ['/shop/prod/db', '3', [['property', 'OLD_PASSWORD']]],
      ['/shop/prod/stripe', undefined, [['value', 'STRIPE_API_KEY']]],
    ]);
  });

  test('a store of the release tells its service, region, role and prefix; the prefix is part of the name', () => {
    const text = `${external(`secretStoreRef: {name: aws}
dataFrom: [{extract: {key: prod/db}}]`)}---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: aws}
spec: {provider: {aws: {service: SecretsManager, region: eu-west-1, role: "arn:aws:iam::000000000000:role/read", prefix: shop/}}}
`;
    expect(find(text)).toMatchObject([
      {
        service: 'SecretsManager',
        name: 'shop/prod/db',
        storeSpec: { region: 'eu-west-1', role: 'arn:aws:iam::000000000000:role/read', prefix: 'shop/' },
      },
    ]);
  });

  test('an entry may have a store of its own, and one that is none of AWS has no service', () => {
    const text = `${external(`secretStoreRef: {name: aws}
data:
  - {secretKey: A, remoteRef: {key: a}, sourceRef: {storeRef: {name: vault}}}`)}---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault}
spec: {provider: {vault: {server: "https://vault.example.com"}}}
`;
    expect(find(text)).toMatchObject([{ service: undefined, store: { name: 'vault' }, name: 'a' }]);
  });

  test('a search is told by the path where it begins, and one by tags as reading tags', () => {
    const found = find(
      external(`secretStoreRef: {name: aws}
dataFrom:
  - {find: {path: /shop/prod, name: {regexp: ".*"}}}
  - {find: {tags: {team: shop}}}`),
    );
    expect(found.map(({ name, uses }) => [name, uses[0]?.kind, uses[0]?.readsTags])).toEqual([
      ['/', 'find', true],
      ['/shop/prod', 'find', undefined],
    ]);
  });

  test('what a generator makes is read from no store', () => {
    expect(
      find(
        external(
          `dataFrom: [{sourceRef: {generatorRef: {kind: Password, name: p, apiVersion: generators.external-secrets.io/v1alpha1}}}]`,
        ),
      ),
    ).toEqual([]);
  });
});
