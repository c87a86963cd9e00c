import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  restartStoreContainer,
  startStoreContainer,
  waitForStore,
} from '../../../harness/platform/store-container.js';
import { writeFakeProgram } from '../../helpers/fake-program.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const signal = new AbortController().signal;

// The image can be pulled on few of the machines that run the tests.
async function makeContainer(ports: readonly string[], ended = 'exec sleep 600') {
  const folder = await makeTempFolder({ ports: ports.map((port) => `172.18.0.3 ${port}\n`).join('') });
  const log = join(folder, 'log');
  const docker = await writeFakeProgram(
    join(folder, 'docker'),
    `echo "$*" >> ${log}
     case "$1" in
       inspect) head -n 1 ${folder}/ports;;
       restart) sed -i 1d ${folder}/ports;;
       wait) ${ended};;
       logs) echo 'out of memory' >&2;;
     esac`,
  );
  const options = { engine: { docker, env: {} }, name: 'shop-parameter-store', network: 'kind', signal };
  return { options, readLog: async () => await readFile(log, 'utf8') };
}

test('the store runs beside the nodes: pods reach it there, this machine by a port of its own', async () => {
  const { options, readLog } = await makeContainer(['32768']);
  expect(await startStoreContainer(options)).toMatchObject({
    name: 'localstack',
    endpointUrl: 'http://127.0.0.1:32768',
    podUrl: 'http://172.18.0.3:4566',
  });
  const [run] = (await readLog()).split('\n');
  expect(run).toMatch(/ --name=shop-parameter-store --network=kind --publish=127\.0\.0\.1:\d{5}:4566 /u);
});

test('after a restart it is found where Docker says that it is', async () => {
  const { options, readLog } = await makeContainer(['32768', '32999']);
  await startStoreContainer(options);
  const { endpointUrl } = await restartStoreContainer(options, { kill: true });
  expect(endpointUrl).toBe('http://127.0.0.1:32999');
  expect(await readLog()).toContain('restart --time=0 shop-parameter-store');
});

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { name: 'localstack' as const, region: 'us-east-1', endpointUrl: `http://127.0.0.1:${port}` };
}

test('it is waited for until it answers, not only until it listens', async () => {
  const answers = [500, 500, 200];
  const asked: (string | undefined)[] = [];
  const store = await listen((request, response) => {
    asked.push(request.headers['x-amz-target'] as string | undefined);
    response.writeHead(answers.shift() ?? 200).end('{}');
  });
  await waitForStore((await makeContainer([])).options, store);
  expect(asked).toEqual(Array(3).fill('AmazonSSM.DescribeParameters'));
});

test('one that ends instead is told at once with its last words, also where its port answers nothing', async () => {
  const store = await listen(() => undefined);
  const { options } = await makeContainer([], 'echo 137');
  await expect(waitForStore(options, store)).rejects.toMatchObject({
    code: 'COMPONENT_DIED',
    message: expect.stringMatching(
      /container shop-parameter-store\): has ended, exit code 137.*out of memory/su,
    ),
  });
});
