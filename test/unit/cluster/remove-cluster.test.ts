import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type ClusterState, claimCluster, listClusters } from '../../../harness/cluster/cluster-state.js';
import { removeLeftovers } from '../../../harness/cluster/remove-cluster.js';
import { identifyProcess, isRunning, type ProcessIdentity } from '../../../harness/exec/process-identity.js';
import { startProcess } from '../../../harness/exec/start-process.js';
import { writeFakeProgram } from '../../helpers/fake-program.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const ENDED: ProcessIdentity = { pid: 1, start: 'before the last boot' };

async function makeCluster(change: Partial<ClusterState> = {}) {
  const cacheFolder = await makeTempFolder();
  const dataFolder = join(await makeTempFolder(), 'data');
  await mkdir(dataFolder);
  const state: ClusterState = {
    format: 1,
    name: 'left',
    provider: 'embedded',
    createdAt: '2026-01-01T00:00:00.000Z',
    owner: ENDED,
    dataFolder,
    components: [],
    namespace: 'default',
    capabilities: [],
    ...change,
  };
  await claimCluster(cacheFolder, state);
  return { cacheFolder, dataFolder };
}

async function startSleeper(): Promise<ProcessIdentity> {
  const program = await startProcess({
    name: 'etcd',
    file: process.execPath,
    args: ['-e', 'setInterval(() => {}, 1000)'],
    logFile: join(await makeTempFolder(), 'log'),
  });
  onTestFinished(async () => await program.stop());
  return program.identity;
}

function record(identity: ProcessIdentity) {
  return { name: 'etcd' as const, ...identity, logFile: '', graceMs: 1000 };
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

test('processes and folders whose owner has ended are removed', async () => {
  const sleeper = await startSleeper();
  const { cacheFolder, dataFolder } = await makeCluster({ components: [record(sleeper)] });
  expect(await removeLeftovers(cacheFolder)).toEqual(['left']);
  expect(isRunning(sleeper)).toBe(false);
  expect(await exists(dataFolder)).toBe(false);
  expect(await readdir(join(cacheFolder, 'clusters'))).toEqual([]);
});

test('a stranger that took over the number of a component is left alone', async () => {
  const stranger = await startSleeper();
  const { cacheFolder } = await makeCluster({ components: [record({ ...stranger, start: 'another day' })] });
  expect(await removeLeftovers(cacheFolder)).toEqual(['left']);
  expect(isRunning(stranger)).toBe(true);
});

test('a stranger that took over the number of the owner does not keep a cluster', async () => {
  const { cacheFolder } = await makeCluster({ owner: { pid: process.pid, start: 'another day' } });
  expect(await removeLeftovers(cacheFolder)).toEqual(['left']);
});

test('a cluster whose owner lives is kept', async () => {
  const { cacheFolder, dataFolder } = await makeCluster({ owner: identifyProcess(process.pid) });
  expect(await removeLeftovers(cacheFolder)).toEqual([]);
  expect(await exists(dataFolder)).toBe(true);
});

test('a cluster that was left running on purpose is kept while anything of it runs', async () => {
  const components = [record(await startSleeper())];
  const { cacheFolder } = await makeCluster({ owner: null, components });
  expect(await removeLeftovers(cacheFolder)).toEqual([]);
});

test('a cluster that was left running on purpose is removed when nothing of it runs any more', async () => {
  const { cacheFolder } = await makeCluster({ owner: null, components: [record(ENDED)] });
  expect(await removeLeftovers(cacheFolder)).toEqual(['left']);
});

test('a folder that is no cluster of this version is left alone', async () => {
  const { cacheFolder } = await makeCluster({ owner: identifyProcess(process.pid) });
  await mkdir(join(cacheFolder, 'clusters', 'other'));
  await writeFile(join(cacheFolder, 'clusters', 'other', 'state.json'), '{"format": 99}');
  expect(await removeLeftovers(cacheFolder)).toEqual([]);
  expect(await exists(join(cacheFolder, 'clusters', 'other', 'state.json'))).toBe(true);
});

test('one name goes to one of those who want it at the same time', async () => {
  const { cacheFolder } = await makeCluster();
  const [cluster] = await listClusters(cacheFolder);
  const claims = await Promise.allSettled(
    Array.from(
      { length: 5 },
      async () => await claimCluster(cacheFolder, { ...cluster!.state, name: 'wanted' }),
    ),
  );
  expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const refused = claims.find(({ status }) => status === 'rejected');
  expect(refused).toMatchObject({ reason: { code: 'CLUSTER_EXISTS' } });
  expect((await readdir(join(cacheFolder, 'clusters'))).sort()).toEqual(['left', 'wanted']);
});

const ENGINE = {
  format: 1,
  id: 'unit0000',
  hostAddress: '198.51.100.1',
  engineAddress: '198.51.100.2',
} as const;

test('a cluster in a Docker engine of its own is a leftover as soon as that engine has ended, whoever it belonged to', async () => {
  const folder = await makeTempFolder({ 'docker/daemon.json': '{}' });
  const engine = { ...ENGINE, folder: join(folder, 'docker'), process: ENDED };
  const { cacheFolder } = await makeCluster({ provider: 'kind', owner: null, engine });
  expect(await removeLeftovers(cacheFolder)).toEqual(['left']);
  expect(await exists(engine.folder)).toBe(false);
});

test('a cluster in a Docker engine that runs, which nobody owns, is kept', async () => {
  const process = await startSleeper();
  const engine = { ...ENGINE, folder: await makeTempFolder(), process };
  const { cacheFolder } = await makeCluster({ provider: 'kind', owner: null, engine });
  expect(await removeLeftovers(cacheFolder)).toEqual([]);
  expect(isRunning(process)).toBe(true);
});

test('what was still making a node ends first, so that none comes after', async () => {
  const creation = await startSleeper();
  const docker = await writeFakeProgram(
    join(await makeTempFolder(), 'docker'),
    // What has ended may be there as a zombie until this process, whose child it is, comes to look.
    `! grep -qs '^State:.[^ZX]' /proc/${creation.pid}/status || { echo 'it is still being made' >&2; exit 1; }`,
  );
  const kind = {
    ...{ clusterName: 'shop', node: 'shop-control-plane', creation },
    ...{ network: 'kind', nodeImage: 'kindest/node:v1', program: 'kind', docker, engineEnv: {} },
  };
  const { cacheFolder } = await makeCluster({ provider: 'kind', kind });
  expect(await removeLeftovers(cacheFolder)).toEqual(['left']);
  expect(isRunning(creation)).toBe(false);
});

test('in the Docker engine of this machine only the containers that are written down are removed', async () => {
  const folder = await makeTempFolder();
  const log = join(folder, 'log');
  const docker = await writeFakeProgram(
    join(folder, 'docker'),
    `echo "$*" >> ${log}
     [ "$1" != ps ] || printf '%s\\n' shop-control-plane-2 shop-control-plane other`,
  );
  const kind = {
    ...{ clusterName: 'shop', node: 'shop-control-plane', storeContainer: 'shop-parameter-store' },
    ...{ network: 'kind', nodeImage: 'kindest/node:v1', program: 'kind', docker, engineEnv: {} },
  };
  const { cacheFolder } = await makeCluster({ provider: 'kind', kind });
  expect(await removeLeftovers(cacheFolder)).toEqual(['left']);
  const removed = (await readFile(log, 'utf8')).split('\n').filter((line) => line.startsWith('rm'));
  expect(removed).toEqual(['rm --force --volumes shop-control-plane']);
});
