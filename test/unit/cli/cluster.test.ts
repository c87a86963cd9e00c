import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type ClusterState, claimCluster } from '../../../harness/cluster/cluster-state.js';
import { identifyProcess, isRunning } from '../../../harness/exec/process-identity.js';
import { startProcess } from '../../../harness/exec/start-process.js';
import { writeFakeProgram } from '../../helpers/fake-program.js';
import { runCli } from '../../helpers/run-cli.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

async function makeCache(): Promise<string> {
  return await makeTempFolder();
}

/** A cluster as it is written down, of sleeping processes. */
async function makeCluster(cache: string, change: Partial<ClusterState> = {}) {
  const dataFolder = await makeTempFolder();
  const logFile = join(dataFolder, 'etcd.log');
  const program = await startProcess({
    name: 'etcd',
    file: process.execPath,
    args: ['-e', 'setInterval(() => {}, 1000)'],
    logFile,
  });
  onTestFinished(async () => await program.stop());
  const folder = await claimCluster(cache, {
    format: 1,
    name: 'default',
    provider: 'embedded',
    createdAt: '2026-01-01T00:00:00.000Z',
    owner: null,
    dataFolder,
    components: [{ name: 'etcd', ...program.identity, logFile, graceMs: 1000 }],
    namespace: 'default',
    capabilities: [],
    ready: {
      apiServer: 'https://127.0.0.1:20001',
      kubernetesVersion: '1.35.4',
      operatorVersion: '0.20.4',
      parameterStore: {
        name: 'moto',
        version: '5.2.5',
        reason: 'LocalStack needs Python 3.13, which is not installed',
        endpointUrl: 'http://127.0.0.1:20002',
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      },
      startedInMs: 6250,
    },
    ...change,
  });
  return { folder, program };
}

test('cluster lists its commands', async () => {
  for (const args of [['cluster', '--help'], ['cluster']]) {
    const { stdout, stderr, code } = await runCli(args);
    expect(stdout + stderr).toMatch(/up .*\n.*status .*\n.*down /u);
    expect(code).toBe(args.length === 1 ? 2 : 0);
  }
});

test('a command that is none is refused', async () => {
  const { code, stderr } = await runCli(['cluster', 'start']);
  expect(code).toBe(2);
  expect(stderr).toContain('sluice cluster start: no such command');
});

test('where there is no cluster status says so and down has nothing to do', async () => {
  const env = { SLUICE_CACHE: await makeCache() };
  expect(await runCli(['cluster', 'status'], { env })).toMatchObject({
    code: 0,
    stdout: 'no cluster. sluice cluster up starts one.\n',
  });
  expect(await runCli(['cluster', 'status', '--json'], { env })).toMatchObject({
    stdout: '{\n  "clusters": []\n}\n',
  });
  expect(await runCli(['cluster', 'down'], { env })).toMatchObject({
    code: 0,
    stderr: 'nothing to remove\n',
  });
  expect(await runCli(['cluster', 'down', '--all'], { env })).toMatchObject({ code: 0 });
});

test('a name that no cluster has is refused', async () => {
  const env = { SLUICE_CACHE: await makeCache() };
  for (const command of ['status', 'down']) {
    const { code, stderr } = await runCli(['cluster', command, 'shop'], { env });
    expect(code).toBe(1);
    expect(stderr).toContain('cluster shop: there is none of this name');
  }
});

test('up of a cluster that runs starts nothing and says how it is used', async () => {
  const cache = await makeCache();
  await makeCluster(cache);
  const { code, stdout } = await runCli(['cluster', 'up'], { env: { SLUICE_CACHE: cache } });
  expect(code).toBe(0);
  expect(stdout).toContain('cluster default ready after 6.3 s');
  expect(stdout).toContain(`export KUBECONFIG=${join(cache, 'clusters', 'default', 'kubeconfig')}`);
  expect(stdout).toContain('export AWS_ENDPOINT_URL=http://127.0.0.1:20002');
  expect(stdout).toContain('sluice cluster down default');
});

test('a parameter store that is not the preferred one is named with the reason', async () => {
  const cache = await makeCache();
  await makeCluster(cache);
  const { stdout } = await runCli(['cluster', 'status'], { env: { SLUICE_CACHE: cache } });
  expect(stdout).toContain('parameter store  moto 5.2.5 at http://127.0.0.1:20002');
  expect(stdout).toContain('(LocalStack needs Python 3.13, which is not installed)');
});

test('a component that has ended makes a cluster broken, told by status and by up', async () => {
  const cache = await makeCache();
  const { folder, program } = await makeCluster(cache);
  const state = folder.read()!;
  const ended = { ...state.components[0]!, name: 'kube-apiserver' as const, start: 'another day' };
  folder.write({ ...state, components: [...state.components, ended] });
  const env = { SLUICE_CACHE: cache };
  const status = await runCli(['cluster', 'status'], { env });
  expect(status.code).toBe(1);
  expect(status.stdout).toContain('cluster default broken');
  expect(status.stdout).toMatch(/kube-apiserver +\d+ has ended/u);
  const up = await runCli(['cluster', 'up'], { env });
  expect(up.code).toBe(1);
  expect(up.stderr).toContain('ended: kube-apiserver');
  expect(isRunning(program.identity)).toBe(true);
});

test('down stops the processes and removes the folders', async () => {
  const cache = await makeCache();
  const { folder, program } = await makeCluster(cache);
  const { code, stdout, stderr } = await runCli(['cluster', 'down', '--json'], {
    env: { SLUICE_CACHE: cache },
  });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ removed: ['default'] });
  expect(stderr).toMatch(/^cluster default removed, [\d.]+ s\n$/u);
  expect(isRunning(program.identity)).toBe(false);
  expect(folder.read()).toBeUndefined();
});

test('down --all keeps what belongs to a process that runs, and says so', async () => {
  const cache = await makeCache();
  await makeCluster(cache, { name: 'left' });
  const { program } = await makeCluster(cache, { name: 'suite', owner: identifyProcess(process.pid) });
  const env = { SLUICE_CACHE: cache };
  const { stderr } = await runCli(['cluster', 'down', '--all'], { env });
  expect(stderr).toContain(`cluster suite kept: it ends with process ${process.pid}`);
  expect(stderr).toContain('cluster left removed');
  expect(isRunning(program.identity)).toBe(true);
  expect((await runCli(['cluster', 'down', 'suite'], { env })).code).toBe(0);
  expect(isRunning(program.identity)).toBe(false);
});

test('--all and a name exclude each other', async () => {
  expect(await runCli(['cluster', 'down', '--all', 'shop'])).toMatchObject({ code: 2 });
});

test('a state that cannot be read is no cluster', async () => {
  const cache = await makeCache();
  await mkdir(join(cache, 'clusters', 'odd'), { recursive: true });
  await writeFile(join(cache, 'clusters', 'odd', 'state.json'), '{');
  const { stdout } = await runCli(['cluster', 'status'], { env: { SLUICE_CACHE: cache } });
  expect(stdout).toContain('no cluster');
});

test.each([
  [['--node-image', 'kindest/node:v1'], '--node-image'],
  [['--install-host-packages'], '--install-host-packages'],
  [['--reuse'], '--reuse'],
])('what only kind takes is refused beside another provider: %s', async (options, named) => {
  const env = { SLUICE_CACHE: await makeCache() };
  const { code, stderr } = await runCli(['cluster', 'up', '--provider', 'embedded', ...options], { env });
  expect(code).toBe(2);
  expect(stderr).toContain(`--provider embedded does not take ${named}`);
});

test('an unknown provider is refused with those that there are', async () => {
  const { code, stderr } = await runCli(['cluster', 'up', '--provider', 'minikube']);
  expect(code).toBe(2);
  expect(stderr).toContain('embedded, kind, existing');
});

test('where a Docker engine answers a cluster is one of kind, and an image that it cannot have is named', async () => {
  const folder = await makeTempFolder();
  // A Docker engine of this machine's may be there or not, and has other images.
  await writeFakeProgram(
    join(folder, 'docker'),
    `case "$1" in
       version) echo 28.2.2;;
       context) echo unix:///var/run/docker.sock;;
       info) echo engine-1;;
       *) exit 1;;
     esac`,
  );
  await writeFakeProgram(join(folder, 'kind'), 'echo 0.33.0');
  const env = { SLUICE_CACHE: await makeCache(), PATH: `${folder}:${process.env['PATH']}` };
  const { code, stderr } = await runCli(['cluster', 'up', '--node-image', 'example.com/node:v1'], { env });
  expect(code).toBe(3);
  expect(stderr).toContain(
    'node image example.com/node:v1: the Docker engine neither has it nor can pull it',
  );
  expect(stderr).toContain('docker pull example.com/node:v1');
});
