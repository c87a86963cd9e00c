import { describe, expect, it } from 'vitest';
import { externalSecret, tell } from '../../helpers/check-yaml.js';

const EXTRACT = 'extract: {key: /shop/prod/app}';
const GENERATOR =
  'generatorRef: {apiVersion: generators.external-secrets.io/v1alpha1, kind: Password, name: p}';

function store(kind: string, provider: string, namespace = 'shop'): string {
  const place = kind === 'SecretStore' ? `, namespace: ${namespace}` : '';
  return `apiVersion: external-secrets.io/v1\nkind: ${kind}\nmetadata: {name: s${place}}\nspec: {provider: ${provider}}\n`;
}

const keys = (namespace: string): string =>
  `{aws: {service: ParameterStore, region: eu-west-1, auth: {secretRef: {accessKeyIDSecretRef: {name: a, key: k${namespace}}, secretAccessKeySecretRef: {name: a, key: k}}}}}`;
const kubernetes = (server: string): string =>
  `{kubernetes: {server: ${server}, auth: {serviceAccount: {name: reader}}}}`;

describe("what the operator's webhook says of dataFrom", () => {
  it.each([
    [EXTRACT],
    ['find: {path: /shop}'],
    [`sourceRef: {${GENERATOR}}`],
    [`${EXTRACT}, sourceRef: {storeRef: {name: other}}`],
    ['sourceRef: {storeRef: {name: other}}'],
  ])('is admitted: {%s}', (entry) => {
    expect(tell('external-secret-source', externalSecret({ spec: `dataFrom: [{${entry}}]` }))).toEqual([]);
  });

  it.each([
    ['rewrite: []', '/spec/dataFrom/0: no extract, find or sourceRef'],
    [`${EXTRACT}, find: {path: /shop}`, '/spec/dataFrom/0: extract and find in one entry'],
    [
      `${EXTRACT}, sourceRef: {${GENERATOR}}`,
      '/spec/dataFrom/0: extract and sourceRef.generatorRef in one entry',
    ],
    ['sourceRef: {}', '/spec/dataFrom/0/sourceRef: neither generatorRef nor storeRef'],
  ])('is refused: {%s}', (entry, message) => {
    expect(tell('external-secret-source', externalSecret({ spec: `dataFrom: [{${entry}}]` }))).toEqual([
      `error ${message}: the operator's webhook refuses it`,
    ]);
  });
});

describe("what the operator's webhook says of refreshInterval", () => {
  it.each(['0', '90s', '1h30m', '1h0m0s'])('is admitted: %s', (interval) => {
    const yaml = externalSecret({ spec: `refreshInterval: "${interval}"` });
    expect(tell('external-secret-interval', yaml)).toEqual([]);
  });

  it.each(['', '5', '5 minutes', '1d'])('is refused: %j', (interval) => {
    const yaml = externalSecret({ spec: `refreshInterval: "${interval}"` });
    expect(tell('external-secret-interval', yaml)).toEqual([
      `error /spec/refreshInterval: "${interval}" is no duration: the operator's webhook refuses it`,
    ]);
  });
});

describe("what the operator's webhook says of stores", () => {
  it.each([
    [store('SecretStore', keys(''))],
    [store('SecretStore', keys(', namespace: shop'))],
    [store('ClusterSecretStore', keys(', namespace: platform'))],
    [
      store(
        'SecretStore',
        kubernetes('{caProvider: {type: ConfigMap, name: kube-root-ca.crt, key: ca.crt}}'),
      ),
    ],
    [store('ClusterSecretStore', kubernetes('{caBundle: Zm9v}'))],
    [
      store(
        'SecretStore',
        '{aws: {service: SecretsManager, region: eu-west-1, secretsManager: {recoveryWindowInDays: 7}}}',
      ),
    ],
  ])('is admitted: %.120s', (yaml) => {
    expect(tell('secret-store', yaml)).toEqual([]);
  });

  it.each([
    [
      store('SecretStore', '{aws: {service: ParameterStore, region: "EU (Ireland)"}}'),
      '/spec/provider/aws/region: region "EU (Ireland)": AWS has none of this name',
    ],
    [
      store('SecretStore', '{fake: {data: [{key: a, value: ""}]}}'),
      "/spec/provider/fake/data/0/value: empty: the operator's webhook refuses it",
    ],
    [
      store(
        'SecretStore',
        '{infisical: {auth: {universalAuthCredentials: {clientId: {name: a, key: k}, clientSecret: {name: a}}}, secretsScope: {projectSlug: p, environmentSlug: e}}}',
      ),
      "/spec/provider/infisical/auth/universalAuthCredentials/clientSecret/key: empty: the operator's webhook refuses it",
    ],
    [
      store('SecretStore', '{infisical: {auth: {}, secretsScope: {projectSlug: p}}}'),
      "/spec/provider/infisical/secretsScope/environmentSlug: empty: the operator's webhook refuses it",
    ],
    [store('SecretStore', '{}'), '/spec/provider: no provider: a store has exactly one'],
    [
      store('SecretStore', '{fake: {data: []}, aws: {service: ParameterStore, region: eu-west-1}}'),
      '/spec/provider: 2 providers, fake, aws: a store has exactly one',
    ],
    [
      store('SecretStore', keys(', namespace: platform')),
      '/spec/provider/aws/auth/secretRef/accessKeyIDSecretRef/namespace: credentials from namespace platform: a SecretStore may read only its own, shop',
    ],
    [
      store('SecretStore', kubernetes('{}')),
      "/spec/provider/kubernetes/server: neither caBundle nor caProvider: the operator's webhook refuses it",
    ],
    [
      store('ClusterSecretStore', kubernetes('{caProvider: {type: ConfigMap, name: c, key: k}}')),
      '/spec/provider/kubernetes/server/caProvider: caProvider of a ClusterSecretStore without a namespace',
    ],
    [
      store('SecretStore', kubernetes('{caProvider: {type: ConfigMap, name: c, key: k, namespace: shop}}')),
      '/spec/provider/kubernetes/server/caProvider: caProvider of a SecretStore with a namespace',
    ],
    [
      store(
        'SecretStore',
        '{aws: {service: SecretsManager, region: eu-west-1, secretsManager: {recoveryWindowInDays: 3}}}',
      ),
      '/spec/provider/aws/secretsManager/recoveryWindowInDays: a recovery window of 3 days: AWS has 7 to 30',
    ],
    [
      store(
        'SecretStore',
        '{aws: {service: SecretsManager, region: eu-west-1, secretsManager: {recoveryWindowInDays: 9, forceDeleteWithoutRecovery: true}}}',
      ),
      '/spec/provider/aws/secretsManager/recoveryWindowInDays: a recovery window together with forceDeleteWithoutRecovery',
    ],
  ])('is refused: %.120s', (yaml, message) => {
    expect(tell('secret-store', yaml)).toEqual([`error ${message}`]);
  });
});
