import '../../harness/vitest.js';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { NO_WORKLOAD, pick, render } from './support/render.js';

const JWT = { jwt: { serviceAccountRef: { name: 'operator', namespace: 'external-secrets' } } };
const KEYS = { accessKeyId: { name: 's', key: 'id' }, secretAccessKey: { name: 's', key: 'key' } };
const TOKEN = { tokenSecretRef: { name: 't', key: 'k' } };

async function specOf(store: JsonObject, kind = 'SecretStore'): Promise<unknown> {
  const release = await render({ ...NO_WORKLOAD, environment: 'prod', secretStores: { s: store } });
  return pick(release, `${kind}/s`, 'spec');
}

describe('a store', () => {
  it.each<[string, JsonObject, unknown]>([
    [
      'AWS Parameter Store with the operator’s own identity',
      { aws: { region: 'eu-west-1' } },
      { provider: { aws: { service: 'ParameterStore', region: 'eu-west-1' } } },
    ],
    [
      'AWS with pod identity, which has no auth block',
      { aws: { region: 'r', auth: 'podIdentity' } },
      { provider: { aws: { service: 'ParameterStore', region: 'r' } } },
    ],
    [
      'AWS with a ServiceAccount',
      { aws: { region: 'r', auth: JWT } },
      { provider: { aws: { service: 'ParameterStore', region: 'r', auth: JWT } } },
    ],
    [
      'AWS Secrets Manager with keys, a role and a prefix',
      {
        aws: {
          service: 'SecretsManager',
          region: 'r',
          role: 'arn:aws:iam::0:role/x',
          externalID: '007',
          prefix: '/{environment}/',
          auth: { secretRef: { ...KEYS, sessionToken: null } },
        },
      },
      {
        provider: {
          aws: {
            service: 'SecretsManager',
            region: 'r',
            role: 'arn:aws:iam::0:role/x',
            externalID: '007',
            prefix: '/prod/',
            auth: {
              secretRef: {
                accessKeyIDSecretRef: { name: 's', key: 'id' },
                secretAccessKeySecretRef: { name: 's', key: 'key' },
              },
            },
          },
        },
      },
    ],
    [
      'Kubernetes itself',
      { kubernetes: { auth: { serviceAccount: { name: 'app' } } } },
      {
        provider: {
          kubernetes: {
            remoteNamespace: 'shop',
            server: {
              url: 'https://kubernetes.default',
              caProvider: { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt' },
            },
            auth: { serviceAccount: { name: 'app' } },
          },
        },
      },
    ],
    [
      'another cluster',
      {
        kubernetes: {
          remoteNamespace: 'data',
          server: { url: 'https://k', caBundle: 'Q0E=' },
          auth: { token: { bearerToken: { name: 't', key: 'k' } } },
        },
      },
      {
        provider: {
          kubernetes: {
            remoteNamespace: 'data',
            server: { url: 'https://k', caBundle: 'Q0E=' },
            auth: { token: { bearerToken: { name: 't', key: 'k' } } },
          },
        },
      },
    ],
    [
      'Vault, with the paths that the operator fills in',
      {
        vault: {
          server: 'https://v',
          path: '{environment}/kv',
          auth: { kubernetes: { role: 'r' }, appRole: null },
        },
      },
      {
        provider: {
          vault: {
            server: 'https://v',
            path: 'prod/kv',
            version: 'v2',
            auth: { kubernetes: { mountPath: 'kubernetes', role: 'r' } },
          },
        },
      },
    ],
    [
      'Vault with a token',
      { vault: { server: 'https://v', version: 'v1', auth: TOKEN } },
      { provider: { vault: { server: 'https://v', version: 'v1', auth: TOKEN } } },
    ],
    [
      'Infisical',
      {
        infisical: {
          projectSlug: 'p',
          secretsPath: '/{app}',
          auth: { universalAuthCredentials: { clientId: { name: 'i', key: 'c' } } },
        },
      },
      {
        provider: {
          infisical: {
            hostAPI: 'https://app.infisical.com/api',
            secretsScope: {
              projectSlug: 'p',
              environmentSlug: 'prod',
              secretsPath: '/demo',
              recursive: false,
              expandSecretReferences: true,
            },
            auth: { universalAuthCredentials: { clientId: { name: 'i', key: 'c' } } },
          },
        },
      },
    ],
    [
      'every other provider, as the operator has it',
      { spec: { provider: { fake: { data: [{ key: '/prod/{x}', value: '{{ y }}' }] } } } },
      { provider: { fake: { data: [{ key: '/prod/{x}', value: '{{ y }}' }] } } },
    ],
    [
      'with controller, retries and check',
      {
        aws: { region: 'r' },
        controller: 'dev',
        refreshInterval: 60,
        retrySettings: { maxRetries: 3, retryInterval: '90s' },
      },
      {
        controller: 'dev',
        refreshInterval: 60,
        retrySettings: { maxRetries: 3, retryInterval: '1m30s' },
        provider: { aws: { service: 'ParameterStore', region: 'r' } },
      },
    ],
  ])('is rendered for %s', async (...[, store, spec]) => {
    expect(await specOf(store)).toEqual(spec);
  });

  it('for the whole cluster has no namespace, and conditions', async () => {
    const release = await render({
      ...NO_WORKLOAD,
      secretStores: {
        s: {
          cluster: true,
          name: 'shared',
          kubernetes: { auth: {} },
          conditions: [{ namespaces: ['shop'] }],
          labels: { a: 'b' },
        },
      },
    });
    expect(release).toHaveManifest('ClusterSecretStore/shared', {
      metadata: { labels: { a: 'b' } },
      spec: {
        conditions: [{ namespaces: ['shop'] }],
        provider: { kubernetes: { server: { caProvider: { namespace: 'shop' } } } },
      },
    });
    expect(release).not.toHaveField('ClusterSecretStore/shared', 'metadata.namespace', 'shop');
  });

  it('is referred to by name and kind, its own kind found by itself', async () => {
    const release = await render({
      ...NO_WORKLOAD,
      secretStores: { own: { aws: { region: 'r' } }, wide: { cluster: true, aws: { region: 'r' } } },
      externalSecrets: {
        a: { path: '/a' },
        b: { path: '/b', secretStoreRef: { name: 'own' } },
        c: { path: '/c', secretStoreRef: { name: 'wide' } },
        d: { path: '/d', secretStoreRef: { name: 'other', kind: 'SecretStore' } },
      },
    });
    const refs = ['a', 'b', 'c', 'd'].map((key) =>
      pick(release, `ExternalSecret/demo-${key}`, 'spec', 'secretStoreRef'),
    );
    expect(refs).toEqual([
      { name: 'aws-parameter-store', kind: 'ClusterSecretStore' },
      { name: 'own', kind: 'SecretStore' },
      { name: 'wide', kind: 'ClusterSecretStore' },
      { name: 'other', kind: 'SecretStore' },
    ]);
  });

  it('of each kind is what the operator takes', async () => {
    const release = await render({
      ...NO_WORKLOAD,
      environment: 'prod',
      secretStores: {
        a: { cluster: true, aws: { region: 'r', auth: JWT } },
        k: { kubernetes: { auth: { serviceAccount: { name: 'app' } } } },
        v: { vault: { server: 'https://v', auth: { kubernetes: { role: 'r' } } } },
        i: {
          infisical: {
            projectSlug: 'p',
            auth: {
              universalAuthCredentials: {
                clientId: { name: 'i', key: 'c' },
                clientSecret: { name: 'i', key: 's' },
              },
            },
          },
        },
      },
    });
    await expect(release).toBeValid({
      kubernetesVersions: ['1.36'],
      externals: { secrets: ['*'], serviceAccounts: ['*'] },
    });
  });
});
