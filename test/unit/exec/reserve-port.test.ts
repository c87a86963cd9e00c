import { createConnection, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type ReservedPort, reservePort } from '../../../harness/exec/reserve-port.js';

async function reserve(): Promise<ReservedPort> {
  const reserved = await reservePort();
  onTestFinished(reserved.release);
  return reserved;
}

async function listen(port: number): Promise<void> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ port, host: '127.0.0.1' }, resolve);
  });
}

test('ports reserved side by side are all different', async () => {
  const reserved = await Promise.all(Array.from({ length: 40 }, reserve));
  expect(new Set(reserved.map(({ port }) => port)).size).toBe(40);
});

test('nobody can take a port while it is reserved, and its user can once it is released', async () => {
  const { port, release } = await reserve();
  await expect(listen(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await release();
  await listen(port);
});

test('a reserved port answers nobody', async () => {
  const { port } = await reserve();
  const ended = new Promise((resolve) => {
    createConnection({ port, host: '127.0.0.1' })
      .on('close', () => resolve('closed'))
      .on('error', () => undefined)
      .on('data', () => resolve('data'));
  });
  await expect(ended).resolves.toBe('closed');
});
