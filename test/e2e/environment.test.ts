import { describe, expect } from 'vitest';
import { renderChart } from '../../harness/helm/render-chart.js';
import type { ContainerEnvironment } from '../../harness/manifest/container-environment.js';
import { effectiveEnv } from '../../harness/manifest/effective-env.js';
import { type EnvValue, revealValue } from '../../harness/manifest/env-value.js';
import { readLiveEnvironment } from '../../harness/secrets/live-environment.js';
import { readStoreContent } from '../../harness/secrets/store-content.js';
import { CHART } from './support/release.js';
import { RELEASE, type Scenario, test } from './support/scenario.js';

const VALUES = {
  config: {
    LOG_LEVEL: 'info',
    SHARED: 'from-config',
    LIMIT: 10_000_000,
    GREETING: 'Grüße $(NOT_EXPANDED) {{ .no }}',
  },
  externalSecrets: {
    app: { path: '/{system}/{environment}/app' },
    db: {
      preset: 'database',
      path: '/{system}/{environment}/db',
      template: { DATABASE_URL: 'postgresql://{{ .username }}:{{ .password }}@{{ .host }}/{{ .database }}' },
    },
    keys: { path: '/{system}/{environment}/keys', mountAs: 'files', mountPath: '/etc/keys' },
    tls: { data: { PEM: { path: '/{system}/{environment}/keys', property: 'pem' } }, mountAs: 'files' },
  },
  env: {
    LIMIT: 5,
    TOKEN_COPY: { externalSecret: { name: 'app', key: 'API_TOKEN' } },
    GREETING_TWICE: '$(SHARED) and $(TOKEN_COPY) and $$(SHARED)',
    POD: { field: 'metadata.name' },
  },
  workers: {
    queue: { command: ['worker'], replicaCount: 0, env: { QUEUE: 'default', LIMIT: 7 } },
    plain: { command: ['plain'], replicaCount: 0, inheritEnv: false, env: { ALONE: 'yes' } },
  },
  cronJobs: { nightly: { schedule: '0 3 * * *', suspend: true, env: { JOB: 'nightly' } } },
  initContainers: { migrate: { command: ['migrate'], env: { MIGRATE: '$(DATABASE_URL)' } } },
};

const APP = { SHARED: 'from-the-store', API_TOKEN: 'token-of-the-app' };
const DB = { host: 'db.example.com', port: 5432, username: 'shop', password: 'p@ss', database: 'shop' };
const KEYS = { pem: '-----BEGIN KEY-----\nabc\n-----END KEY-----\n', 'second.key': 'second' };

describe('the environment told from live objects', () => {
  test('is what a scenario puts there, for every container, and what values and store foretell', async ({
    scenario,
  }) => {
    await scenario.put('stage/app', APP);
    await scenario.put('stage/db', DB);
    await scenario.put('stage/keys', KEYS);
    await scenario.install(VALUES);
    await Promise.all(['app', 'db', 'keys', 'tls'].map(async (key) => await scenario.synced(key)));

    const { client, namespace, cluster } = scenario;
    const { kubernetesVersion } = cluster;
    const live = await readLiveEnvironment(client, { namespace, kubernetesVersion });
    const main = {
      ...{ LOG_LEVEL: 'info', SHARED: 'from-the-store', LIMIT: '5', GREETING: VALUES.config.GREETING },
      API_TOKEN: APP.API_TOKEN,
      DATABASE_URL: 'postgresql://shop:p@ss@db.example.com/shop',
      TOKEN_COPY: APP.API_TOKEN,
      GREETING_TWICE: `from-the-store and ${APP.API_TOKEN} and $(SHARED)`,
      POD: '<at-runtime>',
      PEM_FILE: '/run/secrets/tls/PEM',
    };
    expect(tellAll(live)).toEqual({
      'Deployment/shop/app': { variables: main, problems: [] },
      'Deployment/shop/migrate': {
        variables: { ...main, MIGRATE: main.DATABASE_URL },
        problems: [],
      },
      'Deployment/shop-queue/app': { variables: { ...main, QUEUE: 'default', LIMIT: '7' }, problems: [] },
      'Deployment/shop-plain/app': { variables: { ALONE: 'yes' }, problems: [] },
      'CronJob/shop-nightly/app': { variables: { ...main, JOB: 'nightly' }, problems: [] },
    });
    expect(listFiles(live[0]!)).toEqual({
      '/etc/keys/pem': KEYS.pem,
      '/etc/keys/second.key': 'second',
      '/run/secrets/tls/PEM': KEYS.pem,
    });
    const foretold = await foretell(scenario);
    expect(tellAll(foretold)).toEqual(tellAll(live));
    expect(listFiles(foretold[0]!)).toEqual(listFiles(live[0]!));
    expect(await scenario.drift()).toEqual([]);
  });

  test('tells what is missing as it is missing', async ({ scenario }) => {
    await scenario.put('stage/app', { SHARED: 'only-this' });
    await scenario.put('stage/db', DB);
    await scenario.install(VALUES);
    await Promise.all([scenario.synced('app'), scenario.synced('db'), scenario.failed('keys')]);
    const { client, namespace } = scenario;
    const [main] = await readLiveEnvironment(client, {
      namespace,
      workload: 'Deployment/shop',
      container: 'app',
    });
    const copy = main!.variables.find(({ name }) => name === 'TOKEN_COPY');
    expect(copy).toMatchObject({ value: { state: 'unknown', reason: 'missing' } });
    expect(copy!.problems).toMatchObject([{ code: 'missing-key' }]);
    expect(tellAll([main!])['Deployment/shop/app']!.variables).toMatchObject({ SHARED: 'only-this' });
  });
});

async function foretell(scenario: Scenario): Promise<ContainerEnvironment[]> {
  const { namespace, parameters, cluster } = scenario;
  const values = { ...scenario.baseValues(), ...VALUES };
  const { manifests } = await renderChart({
    chart: CHART,
    release: RELEASE,
    namespace,
    values,
    noHooks: true,
  });
  const known = await readStoreContent(manifests, { namespace, storeOf: () => parameters });
  return effectiveEnv(manifests, { namespace, known, kubernetesVersion: cluster.kubernetesVersion });
}

function tellAll(environments: readonly ContainerEnvironment[]) {
  return Object.fromEntries(
    environments.map(({ workload, container, variables, problems, openEnded }) => {
      const { kind, metadata } = workload.manifest.object;
      return [
        `${kind}/${metadata.name}/${container}`,
        {
          variables: Object.fromEntries(variables.map(({ name, value }) => [name, tellValue(value)])),
          problems: [
            ...problems.map(({ message }) => message),
            ...openEnded.map(({ source }) => source.name),
          ],
        },
      ];
    }),
  );
}

function listFiles({ files }: ContainerEnvironment): Record<string, string> {
  return Object.fromEntries(files.map(({ path, value }) => [path, tellValue(value)]));
}

function tellValue(value: EnvValue): string {
  return revealValue(value) ?? (value.state === 'unknown' ? `<${value.reason}>` : `<${value.state}>`);
}
