import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { waitForCondition } from '../../harness/kube/wait-for-condition.js';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { evidenceOf, examine, findingOf, listIds, readExamination, writeValues } from './support/doctor.js';
import { type Scenario, test } from './support/scenario.js';
import { staticAuth } from './support/static-store.js';

const PATH = '/{system}/{environment}/app';
const STRONG = {
  DATABASE_URL: 'postgresql://shop:vK7-mQ2x_Rt9.zB4w@db.example.com/shop',
  API_TOKEN: 'hT5!nW8q-Lc3@yD6r_Xp1',
};

async function installOne(scenario: Scenario, values: JsonObject = {}, stored: string | JsonObject = STRONG) {
  await scenario.put('stage/app', stored);
  await scenario.install({ externalSecrets: { app: { path: PATH, ...values } } });
}

async function withFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-doctor-'));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe.concurrent('sluice doctor, where all is well', () => {
  test('finds nothing, says what it looked at, and exits with 0', async ({ scenario }) => {
    await scenario.put('stage/app', STRONG);
    await scenario.put('stage/db', {
      host: 'db',
      port: 5432,
      username: 'shop',
      password: 'r8_Kd3-wQz7!mBt5x',
      database: 'shop',
    });
    await scenario.put('stage/single', 'nM4-pX9_sF2!jV6kT8zA');
    const values = {
      config: { LOG_LEVEL: 'info' },
      externalSecrets: {
        app: { path: PATH },
        db: {
          preset: 'database',
          path: '/{system}/{environment}/db',
          template: { DB_URL: 'postgresql://{{ .username }}:{{ .password }}@{{ .host }}/{{ .database }}' },
        },
        keys: {
          data: {
            SINGLE_TOKEN: '/{system}/{environment}/single',
            COPY: { path: PATH, property: 'API_TOKEN' },
          },
        },
      },
    };
    await scenario.install(values);
    await Promise.all(['app', 'db', 'keys'].map(async (key) => await scenario.synced(key)));
    const report = await examine(scenario);
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({ code: 0, externalSecrets: ['shop-app', 'shop-db', 'shop-keys'] });
    expect(report.checks.find(({ id }) => id === 'secret-different')).toEqual({
      ...{ id: 'secret-different', link: 'secret', state: 'fine' },
    });
    expect(report.checks.filter(({ state }) => state === 'not-run').map(({ id }) => id)).toEqual([
      ...['contract-missing', 'contract-empty', 'contract-format', 'contract-insecure-default'],
      ...['contract-exposed', 'contract-unknown', 'value-shared', 'rotation-overdue'],
    ]);
    await withFolder(async (folder) => {
      const file = await writeValues(scenario, folder, values);
      const rendered = await examine(scenario, ['-f', file, '--release', 'shop']);
      expect(rendered.findings).toEqual([]);
    });
    expect(await readExamination(scenario)).toMatch(
      /^✓ credentials {2}✓ parameter {2}✓ json .*✓ practice\n\n3 ExternalSecrets: \d+ checks fine, 8 not run, [\d.]+ s\n/u,
    );
  });
});

describe.concurrent('sluice doctor, on Secrets Manager', () => {
  test('compares with the secret there, and says secret where it means one', async ({ scenario }) => {
    await scenario.put('stage/app', STRONG, 'SecretsManager');
    const { region } = scenario;
    await scenario.install({
      secretStores: { manager: { aws: { service: 'SecretsManager', region, auth: staticAuth() } } },
      secretStoreRef: { name: 'manager', kind: 'SecretStore' },
      externalSecrets: { app: { path: PATH } },
    });
    await scenario.settled('app');
    expect((await examine(scenario)).findings).toEqual([]);
    await scenario.put('stage/app', { ...STRONG, API_TOKEN: 'bN7!wQ4z-Rk8@mF2t_Vs5' }, 'SecretsManager');
    const finding = findingOf(await examine(scenario), 'secret-different');
    expect(evidenceOf(finding, 'store')).toContain(`secret ${scenario.path('stage/app')}: version `);
  });
});

describe.concurrent('sluice doctor, where the store is at fault', () => {
  test('store-access: a store that does not answer, and the rest of the chain is followed all the same', async ({
    scenario,
  }) => {
    await installOne(scenario);
    await scenario.synced('app');
    const report = await examine(scenario, ['--endpoint-url', 'http://127.0.0.1:1', '--region', 'us-east-1']);
    expect(report.firstBroken).toMatchObject({ id: 'store-access', link: 'credentials' });
    expect(evidenceOf(findingOf(report, 'store-access'), 'store')).toContain('ECONNREFUSED');
    expect(listIds(report)).toEqual(['store-access']);
    expect(report.checks.find(({ id }) => id === 'secret-different')).toMatchObject({ state: 'not-run' });
    expect(report.code).toBe(1);
  });

  test('parameter-missing: what is not in the store is named, and all that follows from it', async ({
    scenario,
  }) => {
    await scenario.install({ externalSecrets: { app: { path: PATH } } });
    await scenario.failed('app');
    // Its first failure is that of a store that is not looked at yet.
    await scenario.event('ExternalSecret shop-app', /ParameterNotFound|Secret does not exist/u);
    const report = await examine(scenario);
    expect(report.firstBroken).toMatchObject({
      ...{ id: 'parameter-missing', link: 'parameter', subject: `parameter ${scenario.path('stage/app')}` },
      remedy: expect.stringContaining(`sluice secrets init --path ${scenario.path('stage/app')}`),
    });
    const cause = findingOf(report, 'parameter-missing');
    expect(evidenceOf(cause, 'condition')).toContain('could not get secret data from provider');
    expect(evidenceOf(cause, 'event')).toMatch(/UpdateFailed.*(?:ParameterNotFound|Secret does not exist)/u);
    expect(evidenceOf(cause, 'store')).toContain('there is none');
    for (const id of ['external-secret-failing', 'secret-missing', 'reference-missing'] as const)
      expect(findingOf(report, id).follows).toBe('parameter-missing');
    const text = await readExamination(scenario);
    expect(text).toContain('first broken link: parameter\nerror parameter ');
    expect(text).toContain('hence [secret-missing]');
    expect(text).toContain('→ sluice secrets init');
  });

  test('parameter-plain: a secret that is kept in the clear', async ({ scenario }) => {
    await scenario.putPlain('stage/app', JSON.stringify(STRONG));
    await scenario.putPlain('stage/plain', 'eu-central-1');
    await scenario.install({
      externalSecrets: { app: { path: PATH }, region: { data: { REGION: '/{system}/{environment}/plain' } } },
    });
    await Promise.all([scenario.synced('app'), scenario.synced('region')]);
    const report = await examine(scenario);
    expect(listIds(report)).toEqual(['parameter-plain']);
    expect(report.findings).toHaveLength(1);
    expect(findingOf(report, 'parameter-plain').message).toContain('API_TOKEN looks like a secret');
  });

  test('json-broken: the place where it breaks, the condition, the event, and no character of it', async ({
    scenario,
  }) => {
    await installOne(scenario);
    await scenario.synced('app');
    await scenario.put('stage/app', '{"API_TOKEN": "fine",\n "DB_PASSWORD": qqq-no-json}');
    await scenario.askForSync('app');
    await scenario.failed('app');
    // The operator sends its events beside its work: one may come later than the condition.
    await scenario.event('ExternalSecret shop-app', /invalid character/u);
    const report = await examine(scenario);
    expect(report.firstBroken).toMatchObject({
      id: 'json-broken',
      message:
        'it is no JSON at line 2, column 17: what stands here is no value of JSON: text needs double quotes',
    });
    const cause = findingOf(report, 'json-broken');
    expect(cause.remedy).toContain(`sluice secrets rollback 1 --path ${scenario.path('stage/app')}`);
    expect(evidenceOf(cause, 'store')).toMatch(/version 2, written .*, SecureString, 50 characters/u);
    expect(evidenceOf(cause, 'event')).toContain('invalid character <hidden>');
    expect(findingOf(report, 'external-secret-failing').follows).toBe('json-broken');
    expect(JSON.stringify(report) + (await readExamination(scenario))).not.toContain('qqq');
    // The last good Secret is still there.
    expect(await scenario.differences('shop-app', STRONG)).toEqual([]);
  });

  test('json-lenient: broken JSON of which single properties are read by luck', async ({ scenario }) => {
    await scenario.put('stage/app', `{"API_TOKEN": "${STRONG.API_TOKEN}",}`);
    await scenario.install({
      externalSecrets: { app: { data: { API_TOKEN: { path: PATH, property: 'API_TOKEN' } } } },
    });
    await scenario.synced('app');
    const report = await examine(scenario);
    expect(listIds(report)).toEqual(['json-lenient']);
    expect(findingOf(report, 'json-lenient').message).toContain('a comma too many before }');
    expect(report.code).toBe(0);
    expect((await examine(scenario, ['--strict'])).code).toBe(1);
  });

  for (const stored of ['{}', 'null']) {
    test(`json-empty, secret-missing: ${stored} is green, and no Secret is there`, async ({ scenario }) => {
      await installOne(scenario, {}, stored);
      await scenario.synced('app');
      const report = await examine(scenario);
      expect(report.firstBroken).toMatchObject({ id: 'json-empty' });
      expect(evidenceOf(findingOf(report, 'json-empty'), 'condition')).toContain('Ready=True');
      const missing = findingOf(report, 'secret-missing');
      expect(missing).toMatchObject({ follows: 'json-empty' });
      expect(missing.message).toBe('it is not there, though the operator reports success');
      expect(findingOf(report, 'reference-missing').follows).toBe('json-empty');
    });
  }

  test('json-property: a member that is asked for is not in the JSON', async ({ scenario }) => {
    await scenario.put('stage/app', STRONG);
    await scenario.install({
      externalSecrets: { app: { data: { TOKEN: { path: PATH, property: 'API_TOKENS' } } } },
    });
    await scenario.failed('app');
    const report = await examine(scenario);
    expect(report.firstBroken).toMatchObject({
      ...{ id: 'json-property', message: 'it has no property API_TOKENS' },
      remedy: `sluice secrets set API_TOKENS --path ${scenario.path('stage/app')}`,
    });
    expect(findingOf(report, 'external-secret-failing').follows).toBe('json-property');
  });

  test('json-key-twice, json-key-renamed: what the operator does without a word', async ({ scenario }) => {
    await installOne(
      scenario,
      {},
      '{"API_TOKEN": "kW3!aaaa-bbbb_CCCC7", "bad key!": "x", "API_TOKEN": "hT5!nW8q-Lc3@yD6r"}',
    );
    await scenario.synced('app');
    const report = await examine(scenario);
    expect(listIds(report)).toEqual(['json-key-twice', 'json-key-renamed']);
    expect(findingOf(report, 'json-key-twice').message).toContain('API_TOKEN: there twice');
    expect(findingOf(report, 'json-key-renamed').message).toContain('"bad key!" becomes bad_key_');
  });
});

describe.concurrent('sluice doctor, where something in the cluster is at fault', () => {
  test('store-missing: an ExternalSecret that names a store nobody made', async ({ scenario }) => {
    await installOne(scenario, { secretStoreRef: { name: 'nowhere', kind: 'SecretStore' } });
    await scenario.failed('app');
    await scenario.event('ExternalSecret shop-app', /nowhere/u);
    const report = await examine(scenario);
    expect(report.firstBroken).toMatchObject({
      id: 'store-missing',
      subject: `SecretStore ${scenario.namespace}/nowhere`,
    });
    expect(evidenceOf(findingOf(report, 'store-missing'), 'event')).toContain('nowhere');
    expect(findingOf(report, 'external-secret-failing').follows).toBe('store-missing');
  });

  test('store-failing: a store that logs in with a Secret that is not there', async ({ scenario }) => {
    await scenario.put('stage/app', STRONG);
    const auth = JSON.parse(
      JSON.stringify(staticAuth()).replaceAll('store-credentials', 'gone'),
    ) as JsonObject;
    await scenario.install({
      secretStores: { parameters: { aws: { service: 'ParameterStore', region: scenario.region, auth } } },
      externalSecrets: { app: { path: PATH } },
    });
    await scenario.failed('app');
    // The first failure may be that of a store that is not looked at yet.
    const { client, namespace, cluster } = scenario;
    const store = {
      apiVersion: 'external-secrets.io/v1',
      kind: 'SecretStore',
      name: 'parameters',
      namespace,
    };
    const unready = { type: 'Ready', status: 'False', timeoutMs: 30_000, signal: cluster.signal };
    await waitForCondition(client, store, unready);
    await scenario.event('SecretStore parameters', /gone/u);
    const report = await examine(scenario);
    expect(report.firstBroken).toMatchObject({
      id: 'store-failing',
      subject: `SecretStore ${scenario.namespace}/parameters`,
    });
    const cause = findingOf(report, 'store-failing');
    expect(evidenceOf(cause, 'condition')).toContain('Ready=False');
    expect(evidenceOf(cause, 'event')).toContain('gone');
  });

  test('external-secret-missing: what is rendered and not installed', async ({ scenario }) => {
    await scenario.put('stage/other', STRONG);
    await installOne(scenario);
    await scenario.synced('app');
    await withFolder(async (folder) => {
      const other = { path: '/{system}/{environment}/other' };
      const file = await writeValues(scenario, folder, { externalSecrets: { app: { path: PATH }, other } });
      const report = await examine(scenario, ['-f', file, '--release', 'shop']);
      expect(report.firstBroken).toMatchObject({
        id: 'external-secret-missing',
        subject: `ExternalSecret ${scenario.namespace}/shop-other`,
      });
      expect(listIds(report)).toEqual(['external-secret-missing']);
    });
  });

  test('external-secret-frozen: a new value in the store that nobody will read', async ({ scenario }) => {
    await scenario.put('stage/app', STRONG);
    const witness = { path: PATH, envFrom: false };
    await scenario.install({ externalSecrets: { app: { path: PATH, refreshInterval: '0s' }, witness } });
    await Promise.all([scenario.synced('app'), scenario.synced('witness')]);
    // The operator sees what it has written itself only after a while; until then it takes the Secret for not created.
    await scenario.refreshed('witness');
    expect(listIds(await examine(scenario))).toEqual(['secret-unused']);
    await scenario.put('stage/app', { ...STRONG, API_TOKEN: 'bN7!wQ4z-Rk8@mF2t_Vs5' });
    const report = await examine(scenario);
    expect(report.firstBroken).toMatchObject({
      id: 'external-secret-frozen',
      subject: `ExternalSecret ${scenario.namespace}/shop-app`,
      remedy: `kubectl annotate secret shop-app --namespace ${scenario.namespace} reconcile.external-secrets.io/data-hash-`,
    });
    expect(evidenceOf(findingOf(report, 'external-secret-frozen'), 'Secret')).toContain(
      'another value in API_TOKEN',
    );
  });

  test('secret-different: a new value that will be read in time is a warning that tells when', async ({
    scenario,
  }) => {
    await installOne(scenario, { refreshInterval: '1h' });
    await scenario.settled('app');
    await scenario.put('stage/app', { ...STRONG, API_TOKEN: 'bN7!wQ4z-Rk8@mF2t_Vs5', NEW: 'new' });
    const report = await examine(scenario);
    expect(listIds(report)).toEqual(['secret-different']);
    expect(findingOf(report, 'secret-different')).toMatchObject({
      severity: 'warning',
      message: expect.stringMatching(/it will be read in (?:59|60) min$/u),
      remedy: `sluice refresh shop-app --namespace ${scenario.namespace} --restart`,
    });
    expect(report.code).toBe(0);
    expect(report.firstBroken).toBeUndefined();
  });

  test('secret-different: a green ExternalSecret whose Secret holds something else', async ({ scenario }) => {
    await installOne(scenario, { target: { creationPolicy: 'Orphan' } });
    await scenario.settled('app');
    const place = { apiVersion: 'v1', kind: 'Secret', name: 'shop-app', namespace: scenario.namespace };
    await scenario.client.patch(place, { stringData: { API_TOKEN: 'somebody was here' } });
    // Later than the second that the operator's time is told to.
    const report = await examine(scenario);
    const finding = findingOf(report, 'secret-different');
    expect(evidenceOf(finding, 'condition')).toContain('Ready=True');
    expect(evidenceOf(finding, 'Secret')).toContain('another value in API_TOKEN');
    expect(JSON.stringify(report)).not.toContain('somebody was here');
  });

  test('secret-partial: a green Secret from which keys are missing', async ({ scenario }) => {
    await scenario.put('stage/app', STRONG);
    await scenario.install({
      externalSecrets: {
        app: {
          target: { deletionPolicy: 'Delete' },
          data: {
            API_TOKEN: { path: PATH, property: 'API_TOKEN' },
            GONE: '/{system}/{environment}/gone',
          },
        },
      },
    });
    await scenario.synced('app');
    const report = await examine(scenario);
    expect(report.firstBroken).toMatchObject({ id: 'parameter-missing' });
    expect(findingOf(report, 'secret-partial')).toMatchObject({ follows: 'parameter-missing' });
    expect(findingOf(report, 'secret-partial').message).toContain(
      'it lacks GONE, though the operator reports success',
    );
  });

  test('secret-adopted: a Secret of somebody else is about to be written over', async ({ scenario }) => {
    const { namespace, client } = scenario;
    const metadata = { name: 'shop-app', namespace };
    await client.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      stringData: { BY_HAND: 'x', API_TOKEN: 'y' },
    });
    await scenario.put('stage/app', STRONG);
    await withFolder(async (folder) => {
      const file = await writeValues(scenario, folder, { externalSecrets: { app: { path: PATH } } });
      const report = await examine(scenario, ['-f', file, '--release', 'shop']);
      expect(findingOf(report, 'secret-adopted').message).toContain('and BY_HAND will be lost');
    });
  });

  test('secret-two-writers: two ExternalSecrets for one Secret', async ({ scenario }) => {
    await installOne(scenario);
    await scenario.synced('app');
    const { namespace, client } = scenario;
    await client.apply({
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name: 'second', namespace },
      spec: {
        refreshInterval: '1h',
        secretStoreRef: { name: 'shop-parameters', kind: 'SecretStore' },
        target: { name: 'shop-app' },
        dataFrom: [{ extract: { key: scenario.path('stage/app') } }],
      },
    });
    const report = await examine(scenario);
    expect(findingOf(report, 'secret-two-writers').message).toContain('second and shop-app all write it');
  });

  test('reference-missing: a Secret and a key that pods ask for are not there', async ({ scenario }) => {
    await scenario.put('stage/app', STRONG);
    await scenario.install({
      existingSecrets: ['nobody-made-this'],
      externalSecrets: { app: { path: PATH } },
      env: { TOKEN: { externalSecret: { name: 'app', key: 'NOT_A_KEY' } } },
      cronJobs: {
        nightly: {
          schedule: '0 3 * * *',
          suspend: true,
          inheritEnv: false,
          env: { LICENCE: { secret: { name: 'nobody-made-this-either', key: 'key' } } },
        },
      },
    });
    await scenario.synced('app');
    const report = await examine(scenario);
    expect(report.findings.map(({ id, subject }) => `${id} ${subject}`)).toEqual([
      `reference-missing Secret ${scenario.namespace}/nobody-made-this`,
      `reference-missing Secret ${scenario.namespace}/nobody-made-this-either`,
      `reference-missing Secret ${scenario.namespace}/shop-app`,
    ]);
    expect(report.findings[1]?.message).toContain('CronJob shop-nightly');
    expect(report.findings[2]?.message).toContain('it has no key NOT_A_KEY, and the pods of Deployment shop');
    expect(report.firstBroken?.link).toBe('references');
  });

  test('secret-unused: a Secret that no workload reads', async ({ scenario }) => {
    await installOne(scenario, { envFrom: false });
    await scenario.synced('app');
    const report = await examine(scenario);
    expect(listIds(report)).toEqual(['secret-unused']);
    expect(findingOf(report, 'secret-unused').message).toContain('no secretRef in envFrom');
  });

  test('pod-failing: pods that cannot be made', async ({ scenario }) => {
    await scenario.put('stage/app', STRONG);
    await scenario.install({
      replicaCount: 1,
      serviceAccount: { create: false, name: 'nobody' },
      externalSecrets: { app: { path: PATH } },
    });
    await scenario.synced('app');
    const place = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop', namespace: scenario.namespace };
    await waitForCondition(scenario.client, place, {
      type: 'ReplicaFailure',
      timeoutMs: 20_000,
      signal: scenario.cluster.signal,
    });
    const report = await examine(scenario);
    expect(report.firstBroken).toMatchObject({ id: 'pod-failing', link: 'pods' });
    expect(evidenceOf(findingOf(report, 'pod-failing'), 'condition')).toContain(
      'serviceaccount "nobody" not found',
    );
  });
});
