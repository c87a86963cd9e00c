import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { describe, expect } from 'vitest';
import { type Scenario, test } from './support/scenario.js';
import { staticAuth } from './support/static-store.js';

const STORED = { DATABASE_URL: 'postgresql://stored@db.example.com/shop', API_TOKEN: 'token-in-the-store' };
const PATH = '/{system}/{environment}/app';

describe.concurrent('where an ExternalSecret can read from', () => {
  test('a ClusterSecretStore that the release brings', async ({ scenario }) => {
    await scenario.put('stage/app', STORED);
    const name = `${scenario.namespace}-store`;
    await scenario.install({
      secretStores: {
        shared: {
          name,
          cluster: true,
          aws: { region: scenario.region, auth: staticAuth(scenario.namespace) },
          conditions: [{ namespaces: [scenario.namespace] }],
        },
      },
      secretStoreRef: { name, kind: 'ClusterSecretStore' },
      externalSecrets: { app: { path: PATH } },
    });
    await scenario.synced('app');
    expect(await scenario.environmentDifferences(STORED)).toEqual([]);
    expect(await scenario.drift()).toEqual([]);
  });

  test('the identity of a ServiceAccount, by a token of the cluster that the store exchanges for a role', async ({
    scenario,
  }) => {
    const role = await makeRole(scenario);
    try {
      await scenario.put('stage/app', STORED);
      await scenario.install({
        serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': role.arn } },
        secretStores: {
          irsa: {
            aws: { region: scenario.region, auth: { jwt: { serviceAccountRef: { name: 'shop' } } } },
          },
        },
        secretStoreRef: { name: 'irsa', kind: 'SecretStore' },
        externalSecrets: { app: { path: PATH } },
      });
      await scenario.synced('app');
      expect(await scenario.environmentDifferences(STORED)).toEqual([]);
      expect(await scenario.drift()).toEqual([]);
    } finally {
      await role.remove();
    }
  });

  test('AWS Secrets Manager, a whole JSON and one property, and its rotation', async ({ scenario }) => {
    await scenario.put('prod/db', STORED, 'SecretsManager');
    await scenario.install({
      secretStores: {
        manager: {
          aws: { service: 'SecretsManager', region: scenario.region, auth: staticAuth() },
        },
      },
      secretStoreRef: { name: 'manager', kind: 'SecretStore' },
      externalSecrets: {
        all: { path: '/{system}/prod/db' },
        one: { data: { TOKEN: { path: '/{system}/prod/db', property: 'API_TOKEN' } } },
      },
      environment: 'prod',
    });
    await Promise.all([scenario.synced('all'), scenario.synced('one')]);
    expect(await scenario.environmentDifferences({ ...STORED, TOKEN: STORED.API_TOKEN })).toEqual([]);
    const rotated = { ...STORED, API_TOKEN: 'rotated-token-in-the-manager' };
    await scenario.put('prod/db', rotated, 'SecretsManager');
    await Promise.all([scenario.refreshed('all'), scenario.refreshed('one')]);
    expect(await scenario.environmentDifferences({ ...rotated, TOKEN: rotated.API_TOKEN })).toEqual([]);
    expect(await scenario.drift()).toEqual([]);
  });

  test('another Secret of the cluster: a database URL from what CloudNativePG leaves', async ({
    scenario,
  }) => {
    const { client, namespace } = scenario;
    const { provider, connection } = scenario.cluster;
    const parts = { username: 'app', password: 'p{{ss}}w0rd', dbname: 'shop', host: 'pg-rw', port: '5432' };
    const metadata = { name: 'pg-app', namespace };
    await client.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: parts });
    await scenario.install({
      secretStores: {
        cluster: {
          kubernetes: {
            // An operator that is no pod does not know the cluster's own names.
            ...(provider === 'embedded' ? { server: { url: connection.server } } : {}),
            auth: { serviceAccount: { name: 'shop' } },
          },
        },
      },
      secretStoreRef: { name: 'cluster', kind: 'SecretStore' },
      rbac: {
        create: true,
        rules: [
          { apiGroups: [''], resources: ['secrets'], resourceNames: ['pg-app'], verbs: ['get'] },
          { apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectrulesreviews'], verbs: ['create'] },
        ],
      },
      externalSecrets: {
        db: {
          path: 'pg-app',
          template: {
            DATABASE_URL:
              'postgresql://{{ .username }}:{{ .password }}@{{ .host }}:{{ .port }}/{{ .dbname }}',
          },
        },
      },
      postgres: { cluster: 'pg', prefix: 'PG_' },
    });
    await scenario.synced('db');
    const url = 'postgresql://app:p{{ss}}w0rd@pg-rw:5432/shop';
    expect(await scenario.differences('shop-db', { DATABASE_URL: url })).toEqual([]);
    expect(
      await scenario.environmentDifferences({
        DATABASE_URL: url,
        PG_HOST: `pg-rw.${namespace}.svc.cluster.local`,
        PG_PORT: '5432',
        PG_DATABASE: 'shop',
        PG_USER: 'app',
        PG_PASSWORD: parts.password,
      }),
    ).toEqual([]);
    expect(await scenario.drift()).toEqual([]);
  });

  test("the operator's own fake provider, by a spec that is passed through", async ({ scenario }) => {
    await scenario.install({
      secretStores: {
        fake: { spec: { provider: { fake: { data: [{ key: 'app', value: JSON.stringify(STORED) }] } } } },
      },
      secretStoreRef: { name: 'fake', kind: 'SecretStore' },
      externalSecrets: { app: { path: 'app' } },
    });
    await scenario.synced('app');
    expect(await scenario.environmentDifferences(STORED)).toEqual([]);
    expect(await scenario.drift()).toEqual([]);
  });

  test('two stores in one release, each with a prefix of its own', async ({ scenario }) => {
    await scenario.put('stage/app', STORED);
    await scenario.put('stage/app', { LICENSE: 'license-in-the-manager' }, 'SecretsManager');
    const aws = { region: scenario.region, auth: staticAuth(), prefix: '/{system}/{environment}/' };
    await scenario.install({
      secretStores: {
        parameters: { aws },
        manager: { aws: { ...aws, service: 'SecretsManager' } },
      },
      externalSecrets: {
        app: { path: 'app' },
        license: { path: 'app', secretStoreRef: { name: 'manager' } },
      },
    });
    await Promise.all([scenario.synced('app'), scenario.synced('license')]);
    expect(await scenario.environmentDifferences({ ...STORED, LICENSE: 'license-in-the-manager' })).toEqual(
      [],
    );
    expect(await scenario.drift()).toEqual([]);
  });
});

/** A role that the scenario's ServiceAccount may take. */
async function makeRole({ cluster, namespace }: Scenario) {
  const { endpointUrl, region, credentials } = cluster.parameterStore;
  const iam = new IAMClient({
    region,
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  const RoleName = namespace;
  const policy = { RoleName, PolicyArn: 'arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess' };
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Federated: '*' }, Action: 'sts:AssumeRoleWithWebIdentity' }],
  };
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  await iam.send(new AttachRolePolicyCommand(policy));
  return {
    arn: Role!.Arn!,
    remove: async () => {
      await iam.send(new DetachRolePolicyCommand(policy));
      await iam.send(new DeleteRoleCommand({ RoleName }));
      iam.destroy();
    },
  };
}
