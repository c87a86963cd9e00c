import { afterAll, beforeAll, describe, expect } from 'vitest';
import { waitUntil } from '../../harness/exec/wait-until.js';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { SecretValue } from '../../harness/manifest/secret-value.js';
import type { IamPolicy } from '../../harness/secrets/iam/iam-policy.js';
import { openStore } from '../../harness/store/open-store.js';
import type { AwsStoreService, ValueStore } from '../../harness/store/value-store.js';
import { runCli } from '../helpers/run-cli.js';
import { makeTempFolder } from '../helpers/temp-folder.js';
import { type IamStore, type StoreKeys, startIamStore } from './support/iam-store.js';
import { CHART } from './support/release.js';
import { RELEASE, type Scenario, test } from './support/scenario.js';
import { SECOND_OPERATOR, startSecondOperator } from './support/second-operator.js';

let store: IamStore;
beforeAll(async () => {
  store = await startIamStore();
}, 120_000);
afterAll(async () => await store[Symbol.asyncDispose]());

const KEYS = 'iam-user';

/** What the release reads: by extract, by property, as a whole, and from Secrets Manager. */
function makeValues(scenario: Scenario): JsonObject {
  const auth = {
    secretRef: {
      accessKeyIDSecretRef: { name: KEYS, key: 'id' },
      secretAccessKeySecretRef: { name: KEYS, key: 'key' },
    },
  };
  const makeStore = (service: AwsStoreService): JsonObject => ({
    spec: { controller: SECOND_OPERATOR, provider: { aws: { service, region: store.region, auth } } },
  });
  return {
    ...scenario.baseValues(),
    secretStores: { parameters: makeStore('ParameterStore'), vault: makeStore('SecretsManager') },
    secretStoreRef: { name: 'parameters', kind: 'SecretStore' },
    externalSecrets: {
      external: { path: '/{system}/{app}/{environment}/app' },
      stripe: { data: { STRIPE_KEY: { path: '/{system}/{environment}/stripe', property: 'key' } } },
      twilio: { data: { TWILIO_TOKEN: '/{system}/{environment}/twilio' } },
      db: {
        secretStoreRef: { name: 'vault', kind: 'SecretStore' },
        data: { DB_PASSWORD: { path: '{system}/{environment}/db', property: 'password' } },
      },
    },
  };
}

const EXTERNAL_SECRETS = ['db', 'external', 'stripe', 'twilio'];

async function withStore<T>(
  keys: StoreKeys,
  service: AwsStoreService,
  run: (store: ValueStore) => Promise<T>,
): Promise<T> {
  const { endpointUrl, region } = store;
  const opened = await openStore({ endpointUrl, region, credentials: keys }, service);
  try {
    return await run(opened);
  } finally {
    opened.close();
  }
}

async function fill(scenario: Scenario): Promise<void> {
  await withStore(store.owner, 'ParameterStore', async (parameters) => {
    const put = async (path: string, text: string) =>
      void (await parameters.put(path, new SecretValue(text)));
    await put(scenario.path('shop/stage/app'), '{"A":"1","B":"2"}');
    await put(scenario.path('stage/stripe'), '{"key":"s"}');
    await put(scenario.path('stage/twilio'), 't');
    await put(scenario.path('stage/neighbour'), 'n');
  });
  await withStore(store.owner, 'SecretsManager', async (secrets) => {
    await secrets.put(`${scenario.namespace}/stage/db`, new SecretValue('{"password":"p"}'));
  });
}

async function printPolicy(scenario: Scenario, ...flags: string[]): Promise<IamPolicy> {
  const cwd = await makeTempFolder({ 'values.json': JSON.stringify(makeValues(scenario)) });
  const release = [
    '--chart',
    CHART,
    '--release',
    RELEASE,
    '--namespace',
    scenario.namespace,
    '-f',
    'values.json',
  ];
  const { code, stdout, stderr } = await runCli(
    [
      'iam',
      'policy',
      ...release,
      '--region',
      store.region,
      '--endpoint-url',
      store.endpointUrl,
      '--look-up',
      ...flags,
    ],
    {
      cwd,
      env: { AWS_ACCESS_KEY_ID: store.owner.accessKeyId, AWS_SECRET_ACCESS_KEY: store.owner.secretAccessKey },
    },
  );
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  return JSON.parse(stdout) as IamPolicy;
}

/** The policy without one of its resources. */
function without(policy: IamPolicy, resource: string): IamPolicy {
  const Statement = policy.Statement.map((one) => ({
    ...one,
    Resource: one.Resource.filter((other) => other !== resource),
  }));
  return { ...policy, Statement: Statement.filter(({ Resource }) => Resource.length > 0) };
}

describe('the operator', () => {
  test('reads everything under the policy that is printed for it, and fails with any resource fewer', async ({
    scenario,
  }) => {
    const { namespace, client } = scenario;
    await fill(scenario);
    const user = await store.addUser(`operator-${namespace}`);
    await client.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: KEYS, namespace },
      stringData: { id: user.accessKeyId, key: user.secretAccessKey },
    });
    const policy = await printPolicy(scenario);
    const resources = policy.Statement.flatMap(({ Resource }) => Resource);
    expect(resources).toHaveLength(EXTERNAL_SECRETS.length);
    expect(resources.join()).not.toContain('*');
    await store.allow(`operator-${namespace}`, policy);

    await using _operator = await startSecondOperator(scenario.cluster, {
      namespace,
      endpointUrl: store.endpointUrl,
    });
    await scenario.install(makeValues(scenario));
    for (const key of EXTERNAL_SECRETS) await scenario.synced(key);
    expect(await scenario.differences(`${RELEASE}-external`, { A: '1', B: '2' })).toEqual([]);
    expect(await scenario.differences(`${RELEASE}-db`, { DB_PASSWORD: 'p' })).toEqual([]);

    for (const [index, resource] of resources.entries()) {
      await store.allow(`operator-${namespace}`, without(policy, resource));
      const reader = EXTERNAL_SECRETS.find((key) =>
        resource.includes(key === 'external' ? '/app' : `/${key}`),
      )!;
      await scenario.askForSync(reader);
      await scenario.failed(reader);
      await scenario.event(`ExternalSecret ${RELEASE}-${reader}`, /AccessDenied|not authorized/u);
      const others = EXTERNAL_SECRETS.filter((key) => key !== reader);
      await scenario.refreshed(others[index % others.length]!);
      await store.allow(`operator-${namespace}`, policy);
      await scenario.refreshed(reader);
    }
    // What this operator has finalizers on must go while it is there.
    await scenario.uninstall();
    await waitUntil(
      async () => {
        const kind = { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', namespace };
        const rest = await client.list(kind);
        if (rest.length > 0) throw new Error(rest.map(({ metadata }) => metadata.name).join());
      },
      { what: 'no ExternalSecret is left', timeoutMs: 20_000, signal: scenario.cluster.signal },
    );
  }, 120_000);
});

test('the policy allows the keys that encrypt the values, as the store tells them, and no others', async ({
  scenario,
}) => {
  await fill(scenario);
  await withStore(store.owner, 'ParameterStore', async (parameters) => {
    const value = new SecretValue('{"key":"s"}');
    await parameters.put(scenario.path('stage/stripe'), value, { keyId: 'alias/shop' });
  });
  const { Statement } = await printPolicy(scenario, '--account', '000000000000');
  const keys = Statement.filter(({ Sid }) => Sid.startsWith('UseKey'));
  const parameter = `arn:aws:ssm:us-east-1:000000000000:parameter${scenario.path('stage/stripe')}`;
  expect(keys).toEqual([
    {
      Sid: 'UseKey1',
      Effect: 'Allow',
      Action: ['kms:Decrypt'],
      Resource: ['arn:aws:kms:us-east-1:000000000000:key/*'],
      Condition: {
        StringLike: {
          'kms:EncryptionContext:PARAMETER_ARN': [parameter],
          'kms:ViaService': 'ssm.us-east-1.amazonaws.com',
        },
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/shop' },
      },
    },
  ]);
});

describe('people', () => {
  test('write under the policy for writers, and nowhere else', async ({ scenario }) => {
    await fill(scenario);
    const user = await store.addUser(`writer-${scenario.namespace}`);
    await store.allow(`writer-${scenario.namespace}`, await printPolicy(scenario, '--for', 'writer'));
    await withStore(user, 'ParameterStore', async (parameters) => {
      const path = scenario.path('shop/stage/app');
      const { version } = (await parameters.get(path))!;
      expect(Number(await parameters.put(path, new SecretValue('{"A":"3"}')))).toBe(Number(version) + 1);
      expect(await parameters.history(path)).toHaveLength(2);
      await expect(
        parameters.put(scenario.path('stage/neighbour'), new SecretValue('x')),
      ).rejects.toMatchObject({
        code: 'STORE_ACCESS_DENIED',
      });
    });
    await withStore(user, 'SecretsManager', async (secrets) => {
      await secrets.put(`${scenario.namespace}/stage/db`, new SecretValue('{"password":"q"}'));
      await expect(
        secrets.put(`${scenario.namespace}/stage/other`, new SecretValue('x')),
      ).rejects.toMatchObject({
        code: 'STORE_ACCESS_DENIED',
      });
    });
  });

  test('run programs under the policy for developers, and write nothing', async ({ scenario }) => {
    await fill(scenario);
    const user = await store.addUser(`developer-${scenario.namespace}`);
    await store.allow(`developer-${scenario.namespace}`, await printPolicy(scenario, '--for', 'developer'));
    const cwd = await makeTempFolder({ 'values.json': JSON.stringify(makeValues(scenario)) });
    const release = [
      '--chart',
      CHART,
      '--release',
      RELEASE,
      '--namespace',
      scenario.namespace,
      '-f',
      'values.json',
    ];
    const { code, stdout } = await runCli(
      ['run', ...release, '--endpoint-url', store.endpointUrl, '--dry-run', '--json'],
      { cwd, env: { AWS_ACCESS_KEY_ID: user.accessKeyId, AWS_SECRET_ACCESS_KEY: user.secretAccessKey } },
    );
    expect(code).toBe(0);
    const { variables, missing } = JSON.parse(stdout) as {
      variables: { name: string }[];
      missing: unknown[];
    };
    expect(missing).toEqual([]);
    expect(variables.map(({ name }) => name).sort()).toEqual([
      'A',
      'B',
      'DB_PASSWORD',
      'STRIPE_KEY',
      'TWILIO_TOKEN',
    ]);
    await withStore(user, 'ParameterStore', async (parameters) => {
      const written = parameters.put(scenario.path('stage/twilio'), new SecretValue('x'));
      await expect(written).rejects.toMatchObject({ code: 'STORE_ACCESS_DENIED' });
      await expect(parameters.get(scenario.path('stage/neighbour'))).rejects.toMatchObject({
        code: 'STORE_ACCESS_DENIED',
      });
    });
  });
});
