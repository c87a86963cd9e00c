import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ClusterStep } from '../../../harness/cluster/cluster.js';
import { type ClusterState, claimCluster, findCluster } from '../../../harness/cluster/cluster-state.js';
import { findReusable } from '../../../harness/cluster/reuse-kind.js';
import { identifyProcess, isRunning, type ProcessIdentity } from '../../../harness/exec/process-identity.js';
import { startProcess } from '../../../harness/exec/start-process.js';
import { writeFakeProgram } from '../../helpers/fake-program.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const KUBECONFIG = JSON.stringify({
  clusters: [{ cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': '' } }],
  users: [{ user: { 'client-certificate-data': '', 'client-key-data': '' } }],
});

async function startStore(): Promise<ProcessIdentity> {
  const store = await startProcess({
    name: 'parameter-store',
    file: process.execPath,
    args: ['-e', 'setInterval(() => {}, 1000)'],
    logFile: join(await makeTempFolder(), 'log'),
  });
  onTestFinished(async () => await store.stop());
  return store.identity;
}

async function makeCluster(store: ProcessIdentity, change: Partial<ClusterState> = {}) {
  const cacheFolder = await makeTempFolder();
  const docker = await writeFakeProgram(join(await makeTempFolder(), 'docker'), 'exit 0');
  const component = { name: 'parameter-store' as const, logFile: '', graceMs: 1000 };
  const folder = await claimCluster(cacheFolder, {
    format: 1,
    name: 'shop',
    provider: 'kind',
    createdAt: '2026-01-01T00:00:00.000Z',
    owner: null,
    components: [{ ...component, ...store }],
    namespace: 'default',
    capabilities: ['pods'],
    kind: {
      ...{ clusterName: 'sluice-shop', node: 'sluice-shop-control-plane', network: 'kind' },
      ...{ nodeImage: 'kindest/node:v1', program: 'kind', docker, engineEnv: {} },
    },
    ready: {
      apiServer: 'https://127.0.0.1:6443',
      kubernetesVersion: '1.35.4',
      parameterStore: { name: 'localstack', region: 'us-east-1' },
      startedInMs: 1,
    },
    ...change,
  });
  await writeFile(folder.kubeconfig, KUBECONFIG);
  return cacheFolder;
}

test('a cluster that is whole is taken, and is there still when its user is done', async () => {
  const store = await startStore();
  const cacheFolder = await makeCluster(store);
  const cluster = await findReusable(cacheFolder, 'shop', undefined);
  expect(cluster).toMatchObject({ name: 'shop', provider: 'kind', kubernetesVersion: '1.35.4' });
  await cluster!.stop();
  expect(isRunning(store)).toBe(true);
  expect(findCluster(cacheFolder, 'shop')).toBeDefined();
});

test('one whose store has ended is removed, which is told', async () => {
  const store = await startStore();
  const cacheFolder = await makeCluster({ ...store, start: 'another day' });
  const steps: ClusterStep[] = [];
  expect(await findReusable(cacheFolder, 'shop', (step) => steps.push(step))).toBeUndefined();
  expect(steps).toEqual([{ subject: 'shop', state: 'note', text: 'was there, but not whole: removed' }]);
  expect(findCluster(cacheFolder, 'shop')).toBeUndefined();
  // The number belongs to somebody else by now.
  expect(isRunning(store)).toBe(true);
});

test('one that belongs to a process that runs is nobody else’s', async () => {
  const cacheFolder = await makeCluster(await startStore(), { owner: identifyProcess(process.pid) });
  expect(await findReusable(cacheFolder, 'shop', undefined)).toBeUndefined();
  expect(findCluster(cacheFolder, 'shop')).toBeDefined();
});

test('one of another provider is refused', async () => {
  const cacheFolder = await makeCluster(await startStore(), { provider: 'embedded' });
  const token = {
    clusters: [{ cluster: { server: 'https://127.0.0.1:1', 'certificate-authority-data': '' } }],
    users: [{ user: { token: '' } }],
  };
  await writeFile(findCluster(cacheFolder, 'shop')!.folder.kubeconfig, JSON.stringify(token));
  await expect(findReusable(cacheFolder, 'shop', undefined)).rejects.toMatchObject({
    code: 'CLUSTER_NOT_KIND',
  });
});
