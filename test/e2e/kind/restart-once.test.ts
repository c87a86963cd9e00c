import { randomBytes } from 'node:crypto';
import { expect, inject, onTestFinished } from 'vitest';
import { openKindCluster } from '../../../harness/cluster/kind-cluster.js';
import { waitUntil } from '../../../harness/exec/wait-until.js';
import { readObject, readStringMap } from '../../../harness/manifest/read-json.js';
import { RESTARTED_AT_ANNOTATION } from '../../../harness/secrets/rollout.js';
import { runCli } from '../../helpers/run-cli.js';
import { REPOSITORY } from '../../helpers/run-script.js';
import { POD_USER, type Pods, test } from './support/pods.js';
import { SAMPLE_APP } from './support/test-images.js';

const PATH = '/{system}/{environment}/app';

/** A Deployment that is Reloader by the name of its image alone: what Reloader does, the test does. */
async function startStandIn({ scenario: { client, namespace } }: Pods): Promise<void> {
  const cluster = await openKindCluster(inject('clusterName'));
  const image = `registry.example.com/reloader-stand-in-${randomBytes(4).toString('hex')}:1`;
  const images = async (...args: string[]) =>
    await cluster.docker(['exec', cluster.node, 'ctr', '--namespace=k8s.io', 'images', ...args]);
  await images('tag', `${SAMPLE_APP.repository}:${SAMPLE_APP.tag}`, image);
  onTestFinished(async () => void (await images('rm', image)));
  const labels = { app: 'stand-in' };
  const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'stand-in', namespace };
  await client.apply({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'stand-in', namespace } },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { securityContext: { runAsUser: POD_USER }, containers: [{ name: 'reloader', image }] },
      },
    },
  });
  // It would be Reloader for everybody in the cluster.
  onTestFinished(async () => void (await client.remove(reference)));
}

async function readData({ scenario: { client, namespace } }: Pods, secret: string): Promise<string> {
  const reference = { apiVersion: 'v1', kind: 'Secret', name: secret, namespace };
  return JSON.stringify(readObject(await client.read(reference), 'data'));
}

/** Does what Reloader does for a Deployment, once, when a Secret holds other data than before. */
async function reloadOnce(pods: Pods, secret: string, before: string): Promise<void> {
  const { scenario } = pods;
  const { client, namespace } = scenario;
  await waitUntil(
    async () => {
      if ((await readData(pods, secret)) === before) throw new Error('as before');
    },
    { what: 'another value', timeoutMs: 30_000, signal: scenario.cluster.signal },
  );
  const annotations = { 'reloader.stakater.com/last-reloaded-from': '{}' };
  const patch = { spec: { template: { metadata: { annotations } } } };
  await client.patch({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop', namespace }, patch);
}

async function readShop({ scenario: { client, namespace } }: Pods) {
  const deployment = await client.read({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop', namespace },
  });
  const template = readObject(readObject(deployment, 'spec'), 'template');
  return {
    revision: readStringMap(deployment?.metadata, 'annotations')['deployment.kubernetes.io/revision'],
    isRestarted: RESTARTED_AT_ANNOTATION in readStringMap(readObject(template, 'metadata'), 'annotations'),
  };
}

test('where Reloader replaces the pods, refresh --restart waits for its rollout and begins no other, unless Reloader has nothing to do', async ({
  scenario,
  pods,
}) => {
  await scenario.put('stage/app', { API_TOKEN: 'token-before' });
  await pods.install({ externalSecrets: { app: { path: PATH } } }, { synced: ['app'] });
  // Where Reloader itself runs, it would replace the pods beside one that stands in for it.
  const isThere = scenario.cluster.capabilities.includes('reloader');
  if (!isThere) {
    await startStandIn(pods);
    await pods.rolledOut('stand-in');
  }
  await scenario.settled('app');
  const { revision } = await readShop(pods);
  const before = await readData(pods, 'shop-app');
  const place = ['--cluster', scenario.cluster.name, '--namespace', scenario.namespace];
  const refresh = async () =>
    await runCli(['refresh', 'shop-app', '--restart', ...place], { cwd: REPOSITORY });

  await scenario.put('stage/app', { API_TOKEN: 'token-after' });
  const [reloaded] = await Promise.all([
    refresh(),
    isThere ? undefined : reloadOnce(pods, 'shop-app', before),
  ]);
  expect(reloaded).toMatchObject({ code: 0, stderr: '' });
  expect(reloaded.stdout).toMatch(/^✓ Deployment \S+\/shop rolled out by Reloader, [\d.]+ s$/mu);
  expect(await readShop(pods)).toEqual({ revision: String(Number(revision) + 1), isRestarted: false });
  const { metadata } = await pods.one();
  expect(await pods.ask(metadata.name, '/value/API_TOKEN')).toBe('token-after');

  const unchanged = await refresh();
  expect(unchanged.stdout).toMatch(/^✓ Deployment \S+\/shop rolled out, [\d.]+ s$/mu);
  expect(await readShop(pods)).toEqual({ revision: String(Number(revision) + 2), isRestarted: true });
}, 120_000);
