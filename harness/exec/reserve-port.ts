import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { SluiceError } from '../errors.js';

/** A port of one of this machine's addresses that is kept free until its user is started. */
export interface ReservedPort {
  port: number;
  /** The address, such as `127.0.0.1`. */
  host: string;
  /** Frees it: to be called just before the program that listens on it is started. */
  release: () => Promise<void>;
}

// Below the ports that Linux (32768) and macOS (49152) give to outgoing connections: no connection that happens to be
// made between `release` and the program's own listening can take it.
const FIRST = 20_000;
const LAST = 32_700;
const TRIES = 200;

/**
 * Finds a free port of an address of this machine and holds it. Default: of 127.0.0.1.
 *
 * @throws SluiceError `NO_FREE_PORT`, exit code 3.
 */
export async function reservePort(host = '127.0.0.1'): Promise<ReservedPort> {
  let last: unknown;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const port = randomInt(FIRST, LAST);
    try {
      const server = await listen(port, host);
      return { port, host, release: async () => await close(server) };
    } catch (error) {
      last = error;
    }
  }
  throw new SluiceError({
    code: 'NO_FREE_PORT',
    message: `no free port found on ${host} between ${FIRST} and ${LAST}`,
    evidence: last instanceof Error ? last.message : String(last),
    remedy: 'See what holds them: ss -ltn, or netstat -an on macOS.',
    exitCode: 3,
    cause: last,
  });
}

async function listen(port: number, host: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  return await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      server.unref();
      resolve(server);
    });
  });
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}
