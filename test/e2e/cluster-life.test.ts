import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { StartedCluster } from '../../harness/cluster/cluster.js';
import {
  type ClusterState,
  type EmbeddedState,
  findCluster,
  findClustersFolder,
} from '../../harness/cluster/cluster-state.js';
import { startEmbedded } from '../../harness/cluster/embedded.js';
import type { EmbeddedCluster } from '../../harness/cluster/embedded-cluster.js';
import { ensureEmbeddedPrograms } from '../../harness/cluster/embedded-programs.js';
import { openCluster } from '../../harness/cluster/opened-cluster.js';
import { removeLeftovers } from '../../harness/cluster/remove-cluster.js';
import { isRunning } from '../../harness/exec/process-identity.js';
import { waitUntil } from '../../harness/exec/wait-until.js';
import { KubeClient } from '../../harness/kube/kube-client.js';
import { findCacheFolder } from '../../harness/toolchain/cache-folder.js';
import { SLUICE } from '../helpers/compiled.js';
import { REPOSITORY } from '../helpers/run-script.js';
import { listFiles } from './support/find-text.js';
import { makeNamespace } from './support/namespace.js';
import { canConnect, listPorts, listRemains } from './support/processes.js';
import { isEmbedded, useSharedCluster } from './support/shared.js';

const cacheFolder = findCacheFolder();

function makeName(): string {
  return `life-${randomBytes(4).toString('hex')}`;
}

function readState(name: string): EmbeddedState {
  return findCluster(cacheFolder, name)!.state as EmbeddedState;
}

async function catchError(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
}

function expectGone(state: ClusterState): Promise<void> {
  return expect(listRemains(state, join(findClustersFolder(cacheFolder), state.name))).resolves.toEqual([]);
}

describe.runIf(isEmbedded)('a cluster lets in only who may', () => {
  let cluster: StartedCluster;
  let client: KubeClient;
  beforeAll(async () => {
    cluster = await useSharedCluster();
    client = new KubeClient(cluster.connection);
  });
  afterAll(() => client.close());

  test('its certificate is checked: without its own authority there is no connection', async () => {
    const stranger = new KubeClient({ ...cluster.connection, prepare: () => undefined });
    const error = await catchError(stranger.send({ method: 'GET', path: '/version' }));
    expect(error).toMatchObject({ code: 'KUBE_UNREACHABLE' });
    expect((error as Error).message).toContain('self-signed certificate');
    expect(await client.send({ method: 'GET', path: '/version' })).toContain(cluster.kubernetesVersion);
  });

  test.each([
    ['nobody in particular', undefined],
    ['somebody with a made-up token', 'Bearer made-up'],
  ])('%s is refused', async (_, authorization) => {
    const anonymous = new KubeClient({
      ...cluster.connection,
      prepare: async (options) => {
        await cluster.connection.prepare(options);
        const { Authorization: _token, ...headers } = options.headers as Record<string, string>;
        options.headers =
          authorization === undefined ? headers : { ...headers, Authorization: authorization };
      },
    });
    const request = anonymous.send({ method: 'GET', path: '/api/v1/namespaces/default/secrets' });
    await expect(request).rejects.toMatchObject({ status: 401 });
    anonymous.close();
  });

  test('a service account may do what a role allows it, and no more', async () => {
    const namespace = await makeNamespace(client);
    const subject = { kind: 'ServiceAccount', name: 'reader', namespace };
    await client.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader', namespace } });
    const answer = await client.send({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/reader/token`,
      body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
    });
    const { token } = (JSON.parse(answer) as { status: { token: string } }).status;
    const reader = new KubeClient({
      ...cluster.connection,
      prepare: async (options) => {
        await cluster.connection.prepare(options);
        options.headers = { ...options.headers, Authorization: `Bearer ${token}` };
      },
    });
    onTestFinished(() => reader.close());
    const list = { apiVersion: 'v1', kind: 'ConfigMap', namespace };
    await expect(reader.list(list)).rejects.toMatchObject({ status: 403, reason: 'Forbidden' });
    await client.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'reader', namespace },
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }],
    });
    await client.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'reader', namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subjects: [subject],
    });
    await waitUntil(async () => await reader.list(list), { what: 'the role to count', timeoutMs: 10_000 });
    await expect(reader.list({ ...list, kind: 'Secret' })).rejects.toMatchObject({ status: 403 });
  });

  test('etcd holds no Secret in plain text, and no log does', async () => {
    const namespace = await makeNamespace(client);
    const canary = `canary-${randomBytes(16).toString('hex')}`;
    const witness = `witness-${randomBytes(16).toString('hex')}`;
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'canary', namespace } };
    await client.apply({ ...secret, stringData: { password: canary } });
    await client.apply({ ...secret, kind: 'ConfigMap', data: { color: witness } });
    const stored = await client.read({ apiVersion: 'v1', kind: 'Secret', name: 'canary', namespace });
    expect(stored).toMatchObject({ data: { password: Buffer.from(canary).toString('base64') } });
    const { dataFolder } = readState(cluster.name);
    // What is not encrypted is found: the search works.
    expect(await findText(join(dataFolder, 'etcd'), witness)).not.toEqual([]);
    for (const text of [canary, Buffer.from(canary).toString('base64')]) {
      expect(await findText(dataFolder, text)).toEqual([]);
    }
  });

  test('its files are for their owner alone', async () => {
    const { dataFolder, components } = readState(cluster.name);
    const folder = join(findClustersFolder(cacheFolder), cluster.name);
    const modes = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
    expect(await Promise.all([dataFolder, folder].map(modes))).toEqual([0o700, 0o700]);
    const credentials = (await readdir(join(dataFolder, 'credentials'))).map((name) =>
      join(dataFolder, 'credentials', name),
    );
    const files = [...credentials, cluster.kubeconfig, join(folder, 'state.json')];
    for (const file of [...files, ...components.map(({ logFile }) => logFile)]) {
      expect([file, await modes(file)]).toEqual([file, 0o600]);
    }
  });

  test('it is reached on the loopback interface alone', async () => {
    const ports = listPorts(readState(cluster.name));
    expect(ports.length).toBeGreaterThanOrEqual(3);
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one !== undefined && !one.internal && one.family === 'IPv4');
    for (const port of ports) {
      expect(await canConnect(port, '127.0.0.1')).toBe(true);
      for (const one of others) expect(await canConnect(port, one!.address)).toBe(false);
    }
  });
});

describe.runIf(isEmbedded)('two clusters stand side by side', () => {
  let cluster: EmbeddedCluster;
  beforeAll(async () => {
    cluster = await startEmbedded({ name: makeName() });
  });
  afterAll(async () => await cluster.stop());

  test('neither lets in who belongs to the other, nor shares anything', async () => {
    const shared = await useSharedCluster();
    const mixed = new KubeClient({
      server: cluster.connection.server,
      prepare: async (options) => {
        await shared.connection.prepare(options);
        const { ca } = options;
        await cluster.connection.prepare(options);
        options.ca = ca;
      },
    });
    const wrongAuthority = await catchError(mixed.send({ method: 'GET', path: '/version' }));
    expect(wrongAuthority).toMatchObject({ code: 'KUBE_UNREACHABLE' });
    const visitor = new KubeClient({
      server: cluster.connection.server,
      prepare: async (options) => {
        await cluster.connection.prepare(options);
        const { headers } = options;
        await shared.connection.prepare(options);
        const { Authorization } = options.headers as Record<string, string>;
        await cluster.connection.prepare(options);
        options.headers = { ...headers, Authorization: Authorization ?? '' };
      },
    });
    onTestFinished(() => visitor.close());
    await expect(visitor.send({ method: 'GET', path: '/version' })).rejects.toMatchObject({ status: 401 });
    const here = new KubeClient(cluster.connection);
    const there = new KubeClient(shared.connection);
    onTestFinished(() => [here, there].forEach((client) => void client.close()));
    const namespace = await makeNamespace(here);
    expect(await there.read({ apiVersion: 'v1', kind: 'Namespace', name: namespace })).toBeUndefined();
    expect(cluster.parameterStore.endpointUrl).not.toBe(shared.parameterStore.endpointUrl);
  });

  test('what is stored outlives every component that loses power, and nobody takes that for a death', async () => {
    const client = new KubeClient(cluster.connection);
    onTestFinished(() => client.close());
    const namespace = await makeNamespace(client);
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'kept', namespace } };
    await client.apply({ ...secret, stringData: { password: 'kept over restarts' } });
    for (const { name } of readState(cluster.name).components) await cluster.restart(name, { kill: true });
    const stored = await client.read({ apiVersion: 'v1', kind: 'Secret', name: 'kept', namespace });
    expect(stored).toMatchObject({
      data: { password: Buffer.from('kept over restarts').toString('base64') },
    });
    expect(cluster.signal.aborted).toBe(false);
    expect(readState(cluster.name).components.every(isRunning)).toBe(true);
  });

  test('a component that dies is told at once, with its last words, to its owner and to everybody else', async () => {
    const state = readState(cluster.name);
    const visitor = await openCluster(cluster.name);
    expect(visitor.signal.aborted).toBe(false);
    // It has told of its start by the time a cluster is ready; the controller manager may not have said a word.
    const operator = state.components.find(({ name }) => name === 'external-secrets')!;
    process.kill(operator.pid, 'SIGKILL');
    await Promise.all([waitForAbort(cluster.signal), waitForAbort(visitor.signal)]);
    expect(cluster.signal.reason).toMatchObject({ code: 'PROCESS_DIED', signal: 'SIGKILL' });
    expect((cluster.signal.reason as Error).message).toMatch(
      /^external-secrets: ended by itself, by signal SIGKILL\nits last lines:\n.*\S/u,
    );
    expect(visitor.signal.reason).toMatchObject({ code: 'COMPONENT_DIED' });
    expect((visitor.signal.reason as Error).message).toContain('its last lines:');
  });

  test('stopping it leaves nothing, and the other cluster alone', async () => {
    const state = readState(cluster.name);
    await cluster.stop();
    await expectGone(state);
    const shared = await useSharedCluster();
    expect(shared.signal.aborted).toBe(false);
    expect(readState(shared.name).components.every(isRunning)).toBe(true);
  });
});

describe.runIf(isEmbedded)('a start that does not get to its end leaves nothing', () => {
  test('a component that dies while it starts is told with its last words', async () => {
    const programs = await ensureEmbeddedPrograms({});
    const name = makeName();
    const states: ClusterState[] = [];
    const starting = startEmbedded({
      name,
      programs: {
        ...programs,
        kube: { ...programs.kube, paths: { ...programs.kube.paths, etcd: '/bin/sh' } },
      },
      // The first steps may be those of what others left behind.
      onStep: () => {
        const found = findCluster(cacheFolder, name);
        if (found !== undefined) states.push(found.state);
      },
    });
    const error = await catchError(starting);
    expect(error).toMatchObject({ code: 'PROCESS_DIED' });
    expect((error as Error).message).toMatch(/^etcd: ended by itself, exit code \d+\nits last lines:\n\S/u);
    await expectGone(states.at(-1)!);
  });

  test.each([
    ['Ctrl-C', 'SIGINT'],
    ['SIGTERM', 'SIGTERM'],
  ] as const)('%s while sluice cluster up is at it', async (_, signal) => {
    const name = makeName();
    const running = runSluice(['cluster', 'up', name, '--provider', 'embedded']);
    const state = await waitForComponent(name, 'kube-apiserver');
    running.kill(signal);
    const { exitCode } = await running;
    expect(exitCode).toBe(130);
    await expectGone(state);
  });

  test('what a harness killed with -9 left is found and removed by the next, and nobody else is touched', async () => {
    const name = makeName();
    const running = runSluice(['cluster', 'up', name, '--provider', 'embedded']);
    const state = await waitForComponent(name, 'kube-apiserver');
    running.kill('SIGKILL');
    await running;
    expect(state.components.filter(isRunning)).not.toEqual([]);
    // Whoever else starts one at this moment finds it too, and may be quicker.
    await removeLeftovers(cacheFolder);
    const folder = join(findClustersFolder(cacheFolder), name);
    await expect.poll(async () => await listRemains(state, folder), { timeout: 30_000 }).toEqual([]);
    const shared = await useSharedCluster();
    expect(readState(shared.name).components.every(isRunning)).toBe(true);
  });
});

describe.runIf(isEmbedded)('sluice cluster', () => {
  test('up leaves a cluster running, status tells about it, down leaves nothing', async () => {
    const name = makeName();
    onTestFinished(async () => void (await runSluice(['cluster', 'down', name])));
    const up = await runSluice(['cluster', 'up', name, '--provider', 'embedded', '--json']);
    expect(up.exitCode).toBe(0);
    const report = JSON.parse(up.stdout) as { environment: Record<string, string>; startedInMs: number };
    const env = { ...process.env, ...report.environment };
    const state = readState(name);
    expect(state.owner).toBeNull();

    const again = await runSluice(['cluster', 'up', name, '--provider', 'embedded', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ environment: report.environment });

    const programs = await ensureEmbeddedPrograms({});
    const kubectl = await execa(programs.kube.paths.kubectl, ['get', 'namespaces', '-o', 'name'], { env });
    expect(kubectl.stdout).toContain('namespace/default');

    const status = await runSluice(['cluster', 'status', name, '--json']);
    expect(status.exitCode).toBe(0);
    const { clusters } = JSON.parse(status.stdout) as { clusters: [{ state: string; memoryBytes: number }] };
    expect(clusters).toMatchObject([{ state: 'ready' }]);
    expect(clusters[0].memoryBytes).toBeLessThan(1.5e9);

    process.kill(state.components.find((one) => one.name === 'parameter-store')!.pid, 'SIGKILL');
    await waitUntil(
      async () => {
        const broken = await runSluice(['cluster', 'status', name, '--json']);
        if (broken.exitCode !== 1) throw new Error(broken.stdout);
        expect(JSON.parse(broken.stdout)).toMatchObject({ clusters: [{ state: 'broken' }] });
      },
      { what: 'status to tell that the store has ended', timeoutMs: 20_000 },
    );
    const refused = await runSluice(['cluster', 'up', name, '--provider', 'embedded']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('ended: parameter-store');

    const down = await runSluice(['cluster', 'down', name]);
    expect(down.exitCode).toBe(0);
    await expectGone(state);
  }, 120_000);

  test('down of a name that is not there is refused and says which are', async () => {
    const shared = await useSharedCluster();
    const { exitCode, stderr } = await runSluice(['cluster', 'down', 'nowhere']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('cluster nowhere: there is none of this name');
    expect(stderr).toContain(shared.name);
  });

  test('a name that cannot be one is refused before anything starts', async () => {
    const { exitCode, stderr } = await runSluice(['cluster', 'up', '../elsewhere']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('"../elsewhere": not a name');
  });
});

function runSluice(args: readonly string[]) {
  return execa(process.execPath, [SLUICE, ...args], {
    cwd: REPOSITORY,
    // What it prints is looked at: without colours, whatever is asked for around us.
    env: { FORCE_COLOR: '0' },
    reject: false,
    forceKillAfterDelay: false,
  });
}

async function waitForComponent(name: string, component: string): Promise<ClusterState> {
  return await waitUntil(
    () => {
      const found = findCluster(cacheFolder, name);
      if (found === undefined) throw new Error('no state yet');
      const names = found.state.components.map((one) => one.name);
      if (!names.some((one) => one === component)) throw new Error(`only ${names.join(', ')} yet`);
      return found.state;
    },
    { what: `cluster ${name}: ${component} started`, timeoutMs: 30_000, intervalMs: 20 },
  );
}

async function waitForAbort(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
}

async function findText(folder: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const file of await listFiles(folder)) {
    const content = await readFile(file).catch(() => Buffer.alloc(0));
    if (content.includes(text)) found.push(file);
  }
  return found;
}
