import { networkInterfaces } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { findDockerEngine } from '../../../harness/docker/find-docker-engine.js';
import { writeFakeProgram } from '../../helpers/fake-program.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

interface FakeDocker {
  version?: string;
  endpoint?: string;
  gateways?: readonly string[];
}

/** Stands in for the docker client of machines that have an engine, or one elsewhere. */
async function makeDocker({ version, endpoint = 'unix:///var/run/docker.sock', gateways }: FakeDocker) {
  const folder = await makeTempFolder();
  const lines =
    gateways?.map((gateway) => `echo '${gateway}'`).join('\n') ?? 'echo no such network >&2; exit 1';
  await writeFakeProgram(
    join(folder, 'docker'),
    `case "$1" in
version) ${version === undefined ? 'echo "Cannot connect to the Docker daemon" >&2; exit 1' : `echo ${version}`} ;;
context) echo '${endpoint}' ;;
network) ${lines} ;;
esac`,
  );
  return { PATH: [folder, '/usr/bin', '/bin'].join(delimiter) };
}

test('the engine that answers is found, and left as it is', async () => {
  const env = await makeDocker({ version: '28.2.2' });
  const engine = await findDockerEngine({ env });
  expect(engine).toMatchObject({
    version: '28.2.2',
    owned: false,
    // Whatever the client's settings lead to next time.
    env: { DOCKER_HOST: 'unix:///var/run/docker.sock' },
    apiServerAddress: '127.0.0.1',
    record: undefined,
  });
  await engine?.stop();
});

test('the engine that DOCKER_HOST leads to is led to by it', async () => {
  const DOCKER_HOST = 'unix:///run/user/1000/docker.sock';
  const env = { ...(await makeDocker({ version: '28.2.2', endpoint: DOCKER_HOST })), DOCKER_HOST };
  expect((await findDockerEngine({ env }))?.env).toEqual({ DOCKER_HOST: env.DOCKER_HOST });
});

test('none is found where the client is there and nobody answers', async () => {
  expect(await findDockerEngine({ env: await makeDocker({}) })).toBeUndefined();
});

test('none is found where the socket is dead, with the real client as with any', async () => {
  const folder = await makeTempFolder();
  const env = { ...process.env, DOCKER_HOST: `unix://${folder}/docker.sock` };
  expect(await findDockerEngine({ env })).toBeUndefined();
});

test('none is found where there is no client', async () => {
  expect(await findDockerEngine({ env: { PATH: await makeTempFolder() } })).toBeUndefined();
});

test('one on another machine is passed over, and that is said', async () => {
  const told: string[] = [];
  const env = await makeDocker({ version: '28.2.2', endpoint: 'tcp://build.example.com:2375' });
  expect(await findDockerEngine({ env, onProgress: (text) => told.push(text) })).toBeUndefined();
  expect(told).toEqual([
    'the Docker engine at tcp://build.example.com:2375 is on another machine, and not used',
  ]);
});

test('containers reach this machine at the gateway of their network that is an address of this machine', async () => {
  const own = Object.values(networkInterfaces()).flatMap((list = []) => list);
  const address = own.find(({ family }) => family === 'IPv4')?.address ?? '127.0.0.1';
  const env = await makeDocker({ version: '28.2.2', gateways: ['fc00:f853:ccd:e793::1', address] });
  expect(await (await findDockerEngine({ env }))?.findHostAddress()).toBe(address);
});

test.each([
  { where: 'in a virtual machine', gateways: ['203.0.113.77'], evidence: 'no address of this machine' },
  { where: 'without IPv4', gateways: ['fc00:f853:ccd:e793::1'], evidence: 'no IPv4 gateway' },
])('an engine $where is refused as a way to this machine', async ({ gateways, evidence }) => {
  const engine = await findDockerEngine({ env: await makeDocker({ version: '28.2.2', gateways }) });
  await expect(engine?.findHostAddress()).rejects.toMatchObject({
    code: 'DOCKER_HOST_ADDRESS',
    evidence: expect.stringContaining(evidence),
  });
});

test('before the first cluster there is no network, and that is told', async () => {
  const engine = await findDockerEngine({ env: await makeDocker({ version: '28.2.2' }) });
  await expect(engine?.findHostAddress()).rejects.toMatchObject({ code: 'DOCKER_HOST_ADDRESS' });
});
