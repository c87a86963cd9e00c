import { describe, expect } from 'vitest';
import { renderChart } from '../../../harness/helm/render-chart.js';
import { effectiveEnv } from '../../../harness/manifest/effective-env.js';
import { readObject, readStringMap } from '../../../harness/manifest/read-json.js';
import { readStoreContent } from '../../../harness/secrets/store-content.js';
import { CHART } from '../support/release.js';
import { RELEASE } from '../support/scenario.js';
import { compareProcess, listUnforetold } from './support/compare-process.js';
import { POD_VALUES, type Pods, test } from './support/pods.js';

const VALUES = {
  config: {
    LOG_LEVEL: 'info',
    SHARED: 'from-config',
    LIMIT: 10_000_000,
    GREETING: 'Grüße $(NOT_EXPANDED) {{ .no }}',
    LINES: 'first\n  second\n',
  },
  externalSecrets: {
    app: { path: '/{system}/{environment}/app', prefix: 'APP_' },
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
    GREETING_TWICE: '$(SHARED) and $(TOKEN_COPY) and $$(SHARED) and $(NOBODY)',
    POD: { field: 'metadata.name' },
    TEAM: { field: "metadata.labels['example.com/team']" },
    NODE_ADDRESS: { field: 'status.hostIP' },
  },
  podLabels: { 'example.com/team': 'core' },
  args: ['serve', '--folder', '/etc/keys', '--folder', '/run/secrets/tls'],
  initContainers: { prepare: { args: ['print'], env: { PREPARED: '$(DATABASE_URL)' } } },
  sidecars: {
    beside: { args: ['serve', '--port', '8081'], inheritEnv: true, env: { BESIDE: 'yes' } },
    alone: { args: ['serve', '--port', '8082'], env: { ALONE: 'yes' } },
    native: { native: true, args: ['serve', '--port', '8083'], inheritEnv: true },
  },
  workers: {
    queue: { args: ['serve'], env: { QUEUE: 'default', LIMIT: 7 } },
    plain: { args: ['serve'], inheritEnv: false, env: { PLAIN: 'yes' } },
  },
  cronJobs: { nightly: { schedule: '0 3 * * *', suspend: true, args: ['print'], env: { JOB: 'nightly' } } },
  jobs: {
    migrate: { args: ['print'], env: { JOB: 'migrate' } },
  },
};
const COMPONENT = 'app.kubernetes.io/component';
const APP = { SHARED: 'from-the-store', API_TOKEN: 'token-of-the-app' };
const DB = { host: 'db.example.com', port: 5432, username: 'shop', password: 'p@ss"word', database: 'shop' };
const KEYS = { pem: '-----BEGIN KEY-----\nabc\n-----END KEY-----\n', 'second.key': 'second' };

describe('what a process finds', () => {
  test('is what is told of it beforehand, in every container of every kind of workload', async ({
    scenario,
    pods,
  }) => {
    await scenario.put('stage/app', APP);
    await scenario.put('stage/db', DB);
    await scenario.put('stage/keys', KEYS);
    await pods.install(VALUES, {
      workloads: ['shop', 'shop-queue', 'shop-plain'],
      synced: ['app', 'db', 'keys', 'tls'],
    });
    await runCronJob(pods, 'shop-nightly');

    const told = await foretellAll(pods);
    const differences = await Promise.all(
      told.map(async (environment) => {
        const component = readStringMap(environment.workload.podMetadata, 'labels')[COMPONENT];
        const pod = await pods.one(`${COMPONENT}=${component}`);
        const report = await pods.report(pod.metadata.name, environment.container);
        const unlike = [...compareProcess(report, environment), ...listUnforetold(environment)];
        return [`${component}/${environment.container}`, unlike];
      }),
    );
    const inherited = ['NODE_ADDRESS', 'POD'];
    expect(Object.fromEntries(differences)).toEqual({
      'main/app': inherited,
      'main/prepare': inherited,
      'main/native': inherited,
      'main/beside': inherited,
      'main/alone': [],
      'worker-queue/app': inherited,
      'worker-plain/app': [],
      'cronjob-nightly/app': inherited,
      'job-migrate/app': inherited,
    });
    const pod = await pods.one();
    const { environment, files } = await pods.report(pod.metadata.name);
    expect(environment).toMatchObject({
      APP_API_TOKEN: APP.API_TOKEN,
      DATABASE_URL: 'postgresql://shop:p@ss"word@db.example.com/shop',
      LIMIT: '5',
      GREETING_TWICE: `from-config and ${APP.API_TOKEN} and $(SHARED) and $(NOBODY)`,
      LINES: VALUES.config.LINES,
      PEM_FILE: '/run/secrets/tls/PEM',
      POD: pod.metadata.name,
      NODE_ADDRESS: readObject(pod, 'status')?.['hostIP'],
    });
    expect(files).toEqual({
      '/etc/keys/pem': { content: KEYS.pem, mode: 0o444 },
      '/etc/keys/second.key': { content: 'second', mode: 0o444 },
      '/run/secrets/tls/PEM': { content: KEYS.pem, mode: 0o444 },
    });
  });
});

/** Starts a CronJob's job now. */
async function runCronJob({ scenario: { client, namespace } }: Pods, name: string): Promise<void> {
  const cronJob = await client.read({ apiVersion: 'batch/v1', kind: 'CronJob', name, namespace });
  const template = readObject(readObject(cronJob, 'spec'), 'jobTemplate');
  const metadata = { name: `${name}-now`, namespace };
  await client.apply({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: readObject(template, 'spec') ?? {},
  });
}

async function foretellAll({ scenario }: Pods) {
  const { namespace, parameters, cluster } = scenario;
  const values = { ...scenario.baseValues(), ...POD_VALUES, ...VALUES };
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
