import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pc from 'picocolors';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { describeLife, formatLifeEnvironments, formatLifeStep } from '../../harness/cli/format-life.js';
import { formatLifeJunit } from '../../harness/cli/format-life-junit.js';
import type { StartedCluster } from '../../harness/cluster/cluster.js';
import { findCluster, findClustersFolder, listClusters } from '../../harness/cluster/cluster-state.js';
import { type LifeOptions, runLife } from '../../harness/e2e/life.js';
import { LIFE_STEPS, type LifeReport } from '../../harness/e2e/life-report.js';
import { KubeClient } from '../../harness/kube/kube-client.js';
import { SecretValue } from '../../harness/manifest/secret-value.js';
import { listEvents } from '../../harness/secrets/diagnose.js';
import { openStore } from '../../harness/store/open-store.js';
import { findCacheFolder } from '../../harness/toolchain/cache-folder.js';
import { runCli } from '../helpers/run-cli.js';
import { REPOSITORY } from '../helpers/run-script.js';
import { makeTempFolder } from '../helpers/temp-folder.js';
import { decodeSecret } from './support/compare-values.js';
import { findTexts } from './support/find-text.js';
import { lendCluster } from './support/lend-cluster.js';
import { makeNamespace } from './support/namespace.js';
import { useSharedCluster } from './support/shared.js';

const colors = pc.createColors(false);

/** Nobody has the images that values/ names: where pods could run, they are skipped with that as the reason. */
const STEPS_WITHOUT_PODS = LIFE_STEPS.map(
  (name) => `${name} ${name === 'pods' || name === 'rollout' ? 'skipped' : 'passed'}`,
);

let cluster: StartedCluster;
let client: KubeClient;
beforeAll(async () => {
  cluster = await useSharedCluster();
  client = new KubeClient(cluster.connection);
});
afterAll(() => client.close());

/** The options of a life in the shared cluster, in a namespace and below a path of its own. */
async function prepareLife(): Promise<LifeOptions & { namespace: string }> {
  const namespace = await makeNamespace(client);
  const system = `life-${randomBytes(4).toString('hex')}`;
  const store = `life-${randomBytes(4).toString('hex')}`;
  const reference = { apiVersion: 'external-secrets.io/v1', kind: 'ClusterSecretStore', name: store };
  onTestFinished(async () => void (await client.remove(reference)));
  onTestFinished(async () => {
    const parameters = await openStore(cluster.parameterStore);
    await parameters.delete(`/${system}/my-app/staging/app`);
    parameters.close();
  });
  return {
    namespace,
    render: {
      chart: join(REPOSITORY, 'chart'),
      release: 'my-app',
      namespace,
      valuesFiles: [join(REPOSITORY, 'values', 'staging.yaml')],
      values: { system, secretStoreRef: { name: store, kind: 'ClusterSecretStore' } },
    },
    start: async () => lendCluster(cluster),
  };
}

function formatAll(report: LifeReport): string {
  return [
    JSON.stringify(describeLife(report)),
    formatLifeJunit(report),
    formatLifeEnvironments(report.environments, { colors, columns: undefined }),
    ...report.steps.map((step) => formatLifeStep(step, colors)),
  ].join('\n');
}

test('a life on real values goes well from its check to its end, and no value is in any report, log, event or in etcd', async () => {
  const options = await prepareLife();
  const { namespace } = options;
  const canaries = new Set<string>();
  const reference = { apiVersion: 'v1', kind: 'Secret', name: 'my-app-external', namespace };
  const readings: Promise<void>[] = [];
  const report = await runLife({
    ...options,
    onStep: ({ name }) => {
      if (name !== 'sync' && name !== 'follow') return;
      readings.push(
        client.read(reference).then((secret) => {
          for (const value of decodeSecret(secret!).values()) canaries.add(value);
        }),
      );
    },
  });
  await Promise.all(readings);
  expect(report.steps.map(({ name, status }) => `${name} ${status}`)).toEqual(STEPS_WITHOUT_PODS);
  // Six at first, and one that was rotated.
  expect(canaries.size).toBe(7);

  const output = formatAll(report);
  expect(output).toContain('DB_PASSWORD');
  const events = JSON.stringify(await listEvents(client, namespace));
  for (const canary of canaries) {
    expect(output.includes(canary)).toBe(false);
    expect(events.includes(canary)).toBe(false);
  }
  const { folder, state } = findCluster(findCacheFolder(), cluster.name)!;
  // kind's etcd keeps Secrets as they are, in the files of its engine.
  const isEmbedded = cluster.provider === 'embedded';
  if (isEmbedded) expect(await findTexts(state.dataFolder!, [namespace])).not.toEqual([]);
  const looked = isEmbedded ? state.dataFolder! : join(state.dataFolder!, 'logs');
  expect(await findTexts(looked, [...canaries])).toEqual([]);
  expect(await findTexts(folder.path, [...canaries])).toEqual([]);
});

test('a life whose values are wrong ends at the check, and says what is wrong', async () => {
  const options = await prepareLife();
  const config = { 'not a name': 'x' };
  const { values } = options.render;
  const report = await runLife({ ...options, render: { ...options.render, values: { ...values, config } } });
  expect(report.steps.map(({ status }) => status)).toEqual([
    'failed',
    ...LIFE_STEPS.slice(1).map(() => 'skipped'),
  ]);
  expect(report.steps[0]?.error).toMatchObject({ code: 'E2E_CHECK' });
  expect(formatLifeJunit(report)).toContain('<failure type="E2E_CHECK"');
});

test('a life that is interrupted in the cluster leaves none of it', async () => {
  const options = await prepareLife();
  const controller = new AbortController();
  const reason = new Error('interrupted');
  let stopped = 0;
  const stop = async (): Promise<void> => {
    stopped += 1;
  };
  const life = runLife({
    ...options,
    signal: controller.signal,
    start: async () => ({ ...lendCluster(cluster), stop }),
    onStep: ({ name }) => {
      if (name === 'install') controller.abort(reason);
    },
  });
  await expect(life).rejects.toBe(reason);
  expect(stopped).toBe(1);
});

test('values without a secret that is a whole JSON object are refused with what to do', async () => {
  const result = await runCli(['e2e', '-f', 'values/pattern-existing-secrets.yaml'], { cwd: REPOSITORY });
  expect(result.code).toBe(2);
  expect(result.stderr).toContain('no ExternalSecret of the release takes a whole JSON object');
});

test('sluice e2e starts a cluster, writes its reports, and leaves nothing', async () => {
  const folder = await makeTempFolder();
  const before = (await listClusters(findCacheFolder())).map(({ state }) => state.name);
  const junit = join(folder, 'report.xml');
  const args = ['e2e', '-f', 'values/dev.yaml', '--provider', cluster.provider, '--json', '--junit', junit];
  const result = await runCli(args, { cwd: REPOSITORY });
  expect(result).toMatchObject({ code: 0 });
  const report = JSON.parse(result.stdout) as LifeReport;
  expect(report.steps.map(({ name, status }) => `${name} ${status}`)).toEqual(STEPS_WITHOUT_PODS);
  expect(await readFile(junit, 'utf8')).toMatch(/tests="14" failures="0" skipped="2"/u);
  const name = report.platform!.cluster;
  expect(before).not.toContain(name);
  expect(findCluster(findCacheFolder(), name)).toBeUndefined();
  expect(await findTexts(findClustersFolder(findCacheFolder()), [name])).toEqual([]);
}, 120_000);

test('in a cluster that is there a life has a namespace and a store of its own, and touches no parameter that it did not make', async () => {
  const { endpointUrl = '', region, credentials } = cluster.parameterStore;
  const args = [
    ...[
      'e2e',
      '-f',
      'values/pr.yaml',
      '--json',
      '--provider',
      'existing',
      '--kubeconfig',
      cluster.kubeconfig,
    ],
    ...['--store-endpoint', endpointUrl, '--store-region', region],
  ];
  const env = {
    AWS_ACCESS_KEY_ID: credentials?.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey,
  };
  const parameters = await openStore(cluster.parameterStore);
  onTestFinished(() => parameters.close());
  const path = '/platform/my-app/pr/app';

  const result = await runCli(args, { cwd: REPOSITORY, env });
  expect(result).toMatchObject({ code: 0 });
  const { platform, namespace, steps } = JSON.parse(result.stdout) as LifeReport;
  const pods = steps.find(({ name }) => name === 'pods');
  expect(pods?.status).toBe('skipped');
  expect(pods?.text).toMatch(
    /^(?:the cluster has no node that pods could run on|image \S+ cannot be had: \w+)$/u,
  );
  expect(platform?.provider).toBe('existing');
  expect(namespace).not.toBe('default');
  await expect(
    client.read({ apiVersion: 'v1', kind: 'Namespace', name: namespace }),
  ).resolves.toBeUndefined();
  expect(await parameters.get(path)).toBeUndefined();

  onTestFinished(async () => void (await parameters.delete(path)));
  await parameters.put(path, new SecretValue('{"DB_PASSWORD": "of somebody"}'));
  const refused = await runCli(args, { cwd: REPOSITORY, env });
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(`parameter ${path}: there is one already, and it is not touched`);
  expect((await parameters.get(path))?.value.reveal()).toBe('{"DB_PASSWORD": "of somebody"}');
}, 120_000);
