import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import type { StartedCluster } from '../../harness/cluster/cluster.js';
import { type ClusterState, findCluster, listClusters } from '../../harness/cluster/cluster-state.js';
import { type StartExistingOptions, startExisting } from '../../harness/cluster/existing.js';
import { openCluster } from '../../harness/cluster/opened-cluster.js';
import { removeLeftovers } from '../../harness/cluster/remove-cluster.js';
import { KubeClient } from '../../harness/kube/kube-client.js';
import { SLUICE } from '../helpers/compiled.js';
import { REPOSITORY } from '../helpers/run-script.js';
import { makeTempFolder } from '../helpers/temp-folder.js';
import { makeNamespace } from './support/namespace.js';
import { useSharedCluster } from './support/shared.js';

let shared: StartedCluster;
let client: KubeClient;
beforeAll(async () => {
  shared = await useSharedCluster();
  client = new KubeClient(shared.connection);
});
afterAll(() => client.close());

async function start(options: StartExistingOptions = {}) {
  const cacheFolder = options.cacheFolder ?? (await makeTempFolder());
  const cluster = await startExisting({ kubeconfig: shared.kubeconfig, cacheFolder, ...options });
  onTestFinished(async () => await cluster.stop());
  return { cluster, cacheFolder };
}

async function readNamespace(name: string) {
  return await client.read({ apiVersion: 'v1', kind: 'Namespace', name });
}

/** The namespaces that are there to stay, and one more: those of other tests come and go meanwhile. */
async function listStanding(witness: string): Promise<string[]> {
  const found = await client.list({ apiVersion: 'v1', kind: 'Namespace' });
  const isStanding = ({ metadata }: (typeof found)[number]): boolean =>
    /^(?:default|kube-.*)$/u.test(metadata.name) || metadata.name === witness;
  return found
    .filter((one) => isStanding(one) && one.metadata['deletionTimestamp'] === undefined)
    .map(({ metadata }) => metadata.name)
    .sort();
}

interface Kubeconfig {
  clusters: { name: string }[];
  contexts: { name: string; context: { cluster: string } }[];
}

/** A kubeconfig that leads to the shared cluster under another name. */
async function renameContext(name: string): Promise<string> {
  const config = parse(await readFile(shared.kubeconfig, 'utf8')) as Kubeconfig;
  for (const one of config.clusters) one.name = name;
  for (const one of config.contexts) {
    one.name = name;
    one.context.cluster = name;
  }
  const text = JSON.stringify({ ...config, 'current-context': name });
  const folder = await makeTempFolder({ config: text });
  return join(folder, 'config');
}

test('a cluster that is there is used in a namespace of its own, which is all that is made and all that is removed', async () => {
  const witness = await makeNamespace(client);
  const before = await listStanding(witness);
  const { cluster, cacheFolder } = await start({
    name: 'guest',
    storeEndpoint: 'http://store.example.com:4566',
    storeRegion: 'eu-west-1',
    secretStore: { kind: 'ClusterSecretStore', name: 'aws-parameter-store' },
  });
  expect(cluster.parameterStore).toEqual({
    name: 'endpoint',
    endpointUrl: 'http://store.example.com:4566',
    region: 'eu-west-1',
  });
  expect(cluster.secretStore).toEqual({ kind: 'ClusterSecretStore', name: 'aws-parameter-store' });
  expect(cluster).toMatchObject({
    name: 'guest',
    provider: 'existing',
    namespace: 'guest',
    capabilities: ['pods'],
    kubernetesVersion: shared.kubernetesVersion,
  });
  expect(await readNamespace('guest')).toBeDefined();
  expect(cluster.kubeconfig).not.toBe(shared.kubeconfig);
  expect((await stat(cluster.kubeconfig)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(cluster.kubeconfig, 'utf8'))).toMatchObject({
    contexts: [{ context: { namespace: 'guest' } }],
  });
  const again = await openCluster('guest', { cacheFolder });
  expect(again).toMatchObject({ provider: 'existing', namespace: 'guest' });
  await cluster.stop();
  expect(await readNamespace('guest')).toBeUndefined();
  expect(await listClusters(cacheFolder)).toEqual([]);
  expect(before).toEqual(expect.arrayContaining([witness, 'default', 'kube-system']));
  expect(await listStanding(witness)).toEqual(before);
});

test('a context that looks like production is refused before anything is asked of it, and can be allowed by name', async () => {
  const kubeconfig = await renameContext('shop-production');
  const cacheFolder = await makeTempFolder();
  await expect(startExisting({ kubeconfig, cacheFolder })).rejects.toMatchObject({
    code: 'CONTEXT_LOOKS_LIKE_PRODUCTION',
    exitCode: 2,
  });
  expect(await listClusters(cacheFolder)).toEqual([]);
  await start({ kubeconfig, cacheFolder, allowContexts: ['shop-production'] });
});

test('a namespace that is there is neither taken over nor removed', async () => {
  const namespace = await makeNamespace(client);
  const cacheFolder = await makeTempFolder();
  await expect(
    startExisting({ kubeconfig: shared.kubeconfig, cacheFolder, namespace }),
  ).rejects.toMatchObject({ code: 'NAMESPACE_EXISTS' });
  expect(await readNamespace(namespace)).toMatchObject({ status: { phase: 'Active' } });
  expect(await listClusters(cacheFolder)).toEqual([]);
});

test('the namespace of a run that was killed is found and removed by the next', async () => {
  const { cluster, cacheFolder } = await start();
  const { folder, state } = findCluster(cacheFolder, cluster.name)!;
  const killed: ClusterState = { ...state, owner: { pid: state.owner!.pid, start: 'before the last boot' } };
  folder.write(killed);
  expect(await removeLeftovers(cacheFolder)).toEqual([cluster.name]);
  expect(await readNamespace(cluster.namespace)).toBeUndefined();
});

test('a namespace of the same name that somebody else made meanwhile is left alone', async () => {
  const { cluster } = await start();
  const reference = { apiVersion: 'v1', kind: 'Namespace', name: cluster.namespace };
  await client.patch(reference, { metadata: { labels: { 'sluice-cluster': 'another' } } });
  await cluster.stop();
  expect(await readNamespace(cluster.namespace)).toMatchObject({ status: { phase: 'Active' } });
  await client.remove(reference);
});

test('a context that does not exist, and a server that does not answer, are told', async () => {
  const cacheFolder = await makeTempFolder();
  const { kubeconfig } = shared;
  await expect(startExisting({ kubeconfig, cacheFolder, context: 'nowhere' })).rejects.toMatchObject({
    code: 'CONTEXT_UNKNOWN',
  });
  const text = await readFile(kubeconfig, 'utf8');
  const dead = join(
    await makeTempFolder({ config: text.replace(shared.connection.server, 'https://127.0.0.1:1') }),
    'config',
  );
  await expect(startExisting({ kubeconfig: dead, cacheFolder })).rejects.toMatchObject({
    code: 'KUBE_UNREACHABLE',
  });
  expect(await listClusters(cacheFolder)).toEqual([]);
});

test('sluice cluster up --provider existing and down make and remove the namespace', async () => {
  const cache = await makeTempFolder();
  const sluice = async (...args: string[]) =>
    await execa(process.execPath, [SLUICE, ...args], {
      cwd: REPOSITORY,
      env: { SLUICE_CACHE: cache, KUBECONFIG: shared.kubeconfig, FORCE_COLOR: '0' },
      reject: false,
    });
  const up = await sluice('cluster', 'up', 'visit', '--provider', 'existing', '--json');
  expect(up.stderr).not.toContain('error');
  expect(JSON.parse(up.stdout)).toMatchObject({ name: 'visit', provider: 'existing', namespace: 'visit' });
  expect(await readNamespace('visit')).toBeDefined();
  expect((await sluice('cluster', 'status')).stdout).toContain('cluster visit ready');
  expect((await sluice('cluster', 'down', 'visit')).exitCode).toBe(0);
  expect(await readNamespace('visit')).toBeUndefined();
});

test.each([
  [['--secret-store', 'aws'], 'not KIND/NAME'],
  [['--store-endpoint', 'localhost:4566'], 'not a URL'],
])('%s is refused as it is written', async (flags, message) => {
  const result = await execa(
    process.execPath,
    [SLUICE, 'cluster', 'up', '--provider', 'existing', ...flags],
    { cwd: REPOSITORY, env: { KUBECONFIG: shared.kubeconfig }, reject: false },
  );
  expect(result.exitCode).toBe(2);
  expect(result.stderr).toContain(message);
});
