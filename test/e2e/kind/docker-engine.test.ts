import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, type Server, Socket } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { nameCable } from '../../../harness/docker/choose-cable.js';
import type { DockerEngine, EngineRecord } from '../../../harness/docker/docker-engine.js';
import { findContainerProcess } from '../../../harness/docker/find-container-process.js';
import { openOwnDockerEngine } from '../../../harness/docker/own-engine.js';
import { removeOwnEngine } from '../../../harness/docker/remove-own-engine.js';
import { startOwnDockerEngine } from '../../../harness/docker/start-own-engine.js';
import { runCommand } from '../../../harness/exec/run-command.js';
import { waitUntil } from '../../../harness/exec/wait-until.js';
import { ensureNodeImage } from '../../../harness/toolchain/node-image/ensure-node-image.js';
import { ensurePause } from '../../../harness/toolchain/pause-program.js';
import { REPOSITORY } from '../../helpers/run-script.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';
import { readState } from '../support/own-kind.js';

/** Everything of an engine that can be seen on this machine. */
function findTraces({ id, folder, hostAddress }: EngineRecord): string[] {
  const traces: string[] = [];
  if (existsSync(folder)) traces.push(folder);
  if (existsSync(join('/sys/class/net', nameCable(hostAddress)))) traces.push(nameCable(hostAddress));
  if (readFileSync('/proc/self/mountinfo', 'utf8').includes(folder)) traces.push(`mounts of ${folder}`);
  for (const hierarchy of ['', ...readdirSync('/sys/fs/cgroup')]) {
    const cgroup = join('/sys/fs/cgroup', hierarchy, `sluice-${id}`);
    if (existsSync(cgroup)) traces.push(cgroup);
  }
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/u.test(name))) {
    const words = ['cmdline', 'cgroup'].map((file) => readText(`/proc/${pid}/${file}`)).join('\n');
    if (words.includes(folder) || words.includes(`sluice-${id}`)) traces.push(`process ${pid}: ${words}`);
  }
  return traces;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function startEngine(): Promise<DockerEngine & { record: EngineRecord }> {
  const engine = await startOwnDockerEngine();
  onTestFinished(async () => await engine.stop());
  if (engine.record === undefined) throw new Error('an engine of our own has a record');
  return Object.assign(engine, { record: engine.record });
}

async function docker(engine: DockerEngine, ...args: string[]): Promise<string> {
  const { stdout } = await runCommand(engine.docker, args, { env: { ...process.env, ...engine.env } });
  return stdout.trim();
}

/** Runs a container that does nothing, from an image made on the spot, and gives its name. */
async function runContainer(engine: DockerEngine, ...options: string[]): Promise<string> {
  const folder = await makeTempFolder();
  await mkdir(join(folder, 'root'));
  await copyFile(await ensurePause(), join(folder, 'root', 'pause'));
  const archive = join(folder, 'root.tar');
  await runCommand('tar', ['-C', join(folder, 'root'), '-cf', archive, '.']);
  await docker(engine, 'import', '--change', 'ENTRYPOINT ["/pause"]', archive, 'example.com/pause:1');
  return await docker(engine, 'run', '--detach', ...options, 'example.com/pause:1');
}

/** Runs a script of Node's with the network of a container. */
async function runInNetworkOf(container: string, script: string): Promise<string> {
  const { pid } = findContainerProcess(container) ?? { pid: 0 };
  const args = [`--net=/proc/${pid}/ns/net`, process.execPath, '--input-type=module', '-e', script];
  return (await runCommand('nsenter', args)).stdout.trim();
}

async function listen(address: string): Promise<string> {
  const server: Server = createServer((_, response) => response.end('here'));
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  onTestFinished(async () => await new Promise<void>((resolve) => server.close(() => resolve())));
  return `http://${address}:${(server.address() as AddressInfo).port}/`;
}

async function readHostChains(): Promise<string> {
  const { stdout } = await execa('iptables-save', { reject: false });
  return stdout.replaceAll(/^#.*$|\[\d+:\d+\]/gmu, '');
}

// Networks of engines are made by root, and so is the image of a node.
const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

describe.runIf(isRoot)('a Docker engine of a cluster’s own', () => {
  test('runs containers that reach servers of this machine, and is gone without a trace', async () => {
    const before = await readHostChains();
    const engine = await startEngine();
    const url = await listen(await engine.findHostAddress());
    const container = await runContainer(engine, '--privileged');
    expect(await runInNetworkOf(container, `console.log(await (await fetch('${url}')).text())`)).toBe('here');
    expect(await readHostChains()).toBe(before);
    expect(findTraces(engine.record).length).toBeGreaterThan(2);
    await engine.stop();
    expect(findTraces(engine.record)).toEqual([]);
  });

  test('lets this machine reach what containers publish, at its own address', async () => {
    const engine = await startEngine();
    const port = 8099;
    const container = await runContainer(engine, '--publish', `${engine.apiServerAddress}:${port}:${port}`);
    const script = `import { createServer } from 'node:net';
      createServer((socket) => socket.end('there')).listen(${port}, '0.0.0.0', () => console.log('listening'));`;
    const { pid } = findContainerProcess(container) ?? { pid: 0 };
    const args = [`--net=/proc/${pid}/ns/net`, process.execPath, '--input-type=module', '-e', script];
    const inside = execa('nsenter', args, { reject: false });
    onTestFinished(async () => {
      inside.kill();
      await inside;
    });
    const answer = await waitUntil(async () => await readFrom(engine.apiServerAddress, port), {
      what: 'an answer of the container',
      timeoutMs: 20_000,
    });
    expect(answer).toBe('there');
  });

  test('tells at once that names of elsewhere do not exist, and that nothing of elsewhere is reached', async () => {
    const engine = await startEngine();
    const container = await runContainer(engine);
    const script = `import { Resolver } from 'node:dns/promises';
      const resolver = new Resolver({ tries: 1 });
      resolver.setServers(['${engine.apiServerAddress}']);
      const start = performance.now();
      const name = await resolver.resolve4('www.example.com').catch(({ code }) => code);
      // Many at the same time, as the pods of a node ask.
      const all = Array.from({ length: 20 }, async () => await fetch('http://192.0.2.77/').catch(({ cause }) => cause.code));
      const reached = [...new Set(await Promise.all(all))];
      console.log(JSON.stringify({ name, reached, quick: performance.now() - start < 3000 }));`;
    expect(JSON.parse(await runInNetworkOf(container, script))).toEqual({
      name: 'ENOTFOUND',
      reached: ['ENETUNREACH'],
      quick: true,
    });
  });

  test('runs beside another, with containers and networks of the same names', async () => {
    const engines = await Promise.all([startEngine(), startEngine()]);
    for (const engine of engines) await docker(engine, 'network', 'create', '--subnet=172.30.0.0/16', 'same');
    await Promise.all(
      engines.map(async (engine) => await runContainer(engine, '--name=same', '--network=same')),
    );
    const [one, other] = engines;
    await one.stop();
    expect(findTraces(one.record)).toEqual([]);
    expect(await docker(other, 'inspect', '--format={{.State.Running}}', 'same')).toBe('true');
  });

  test('is used and removed by another process from what was written down', async () => {
    const engine = await startEngine();
    const record = JSON.parse(JSON.stringify(engine.record)) as EngineRecord;
    const opened = await openOwnDockerEngine(record);
    expect(opened).toMatchObject({ version: engine.version, owned: true, env: engine.env });
    engine.detach();
    await opened.stop();
    expect(findTraces(record)).toEqual([]);
    await expect(openOwnDockerEngine(record)).rejects.toThrow();
  });

  test('ends with everything in it where its first process is killed, and the rest is removed later', async () => {
    const engine = await startEngine();
    const { record } = engine;
    await runContainer(engine, '--privileged', '--volume=/data');
    process.kill(record.process?.pid ?? 0, 'SIGKILL');
    await waitUntil(
      () => {
        const processes = findTraces(record).filter((trace) => trace.startsWith('process'));
        if (processes.length > 0) throw new Error(processes.join('\n'));
      },
      { what: 'every process of the engine has ended', timeoutMs: 10_000 },
    );
    const died = await waitUntil(() => engine.died?.reason ?? Promise.reject(new Error('not told')), {
      what: 'the death is told',
      timeoutMs: 10_000,
    });
    expect(died).toMatchObject({ code: 'PROCESS_DIED' });
    await removeOwnEngine(record);
    expect(findTraces(record)).toEqual([]);
  });

  test.each([
    { how: 'ends', end: 'process.exit(3)', code: 3 },
    { how: 'is interrupted', end: "process.kill(process.pid, 'SIGINT')", code: undefined },
  ])('goes with a process that $how without stopping it', async ({ end, code }) => {
    const folder = await makeTempFolder();
    const module = join(REPOSITORY, 'harness/docker/start-own-engine.ts');
    const script = join(folder, 'start.mts');
    await writeFile(
      script,
      `import { startOwnDockerEngine } from ${JSON.stringify(module)};
      const { record } = await startOwnDockerEngine();
      process.stdout.write(JSON.stringify(record), () => ${end});`,
    );
    const result = await execa(process.execPath, ['--import', 'tsx', script], {
      cwd: REPOSITORY,
      reject: false,
    });
    expect(result.exitCode).toBe(code);
    const record = JSON.parse(result.stdout) as EngineRecord;
    await waitUntil(
      () => {
        if (findTraces(record).length > 0) throw new Error(findTraces(record).join('\n'));
      },
      { what: 'the engine is gone', timeoutMs: 10_000 },
    );
  });

  test('has an image of a node from its start', async ({ skip }) => {
    const isAssembled = readState(inject('clusterName')).engine !== undefined;
    skip(!isAssembled, 'this machine has Docker itself, which needs no such image');
    const { image, archive } = await ensureNodeImage();
    const engine = await startOwnDockerEngine({ image: { reference: image, archive } });
    onTestFinished(async () => await engine.stop());
    const entrypoint = await docker(engine, 'inspect', '--format={{json .Config.Entrypoint}}', image);
    expect(JSON.parse(entrypoint)).toEqual(['/usr/local/bin/entrypoint', '/sbin/init']);
    const args = ['run', '--rm', '--entrypoint=/usr/bin/kubelet', image, '--version'];
    expect(await docker(engine, ...args)).toMatch(/^Kubernetes v1\./u);
  }, 300_000);

  test('that cannot start is told with its own words, and leaves nothing', async () => {
    const folder = join(await makeTempFolder(), 'engine');
    let written: EngineRecord | undefined;
    await mkdir(join(folder, 'data'), { recursive: true });
    // A file where the engine keeps a folder.
    await writeFile(join(folder, 'data', 'containers'), '');
    const starting = startOwnDockerEngine({
      folder,
      onRecord: (record) => {
        written = record;
      },
    });
    await expect(starting).rejects.toMatchObject({
      code: 'DOCKER_ENGINE_FAILED',
      exitCode: 3,
      evidence: expect.stringContaining('containers'),
    });
    expect(written).toBeDefined();
    expect(findTraces(written as EngineRecord)).toEqual([]);
  });
});

async function readFrom(host: string, port: number): Promise<string> {
  const socket = new Socket();
  return await new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.once('error', reject);
    socket.once('close', () => (text === '' ? reject(new Error('closed')) : resolve(text)));
    socket.connect(port, host);
  });
}
