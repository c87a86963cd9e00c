import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openStore } from '../harness/store/open-store.js';
import { READS_PER_SECOND } from '../harness/store/store-caller.js';

/** How many parameters are read. */
export const MANY_PARAMETERS = 1000;

export interface SecretsBench {
  /** From asking to the last value. */
  readMs: number;
  /** The least that so many batched calls take at the rate that Parameter Store allows. */
  leastMs: number;
  calls: number;
  leastCalls: number;
  /** Calls that were refused because there were too many in a second. */
  throttled: number;
}

const NAMES_A_CALL = 10;

/**
 * Reads many parameters from a store that allows what AWS does: 40 calls a second, ten names a call. Emulators have no
 * such limit, and none that refuses at it would be one.
 */
export async function benchSecrets(): Promise<SecretsBench> {
  const names = Array.from({ length: MANY_PARAMETERS }, (_, at) => `/shop/prod/${at}`);
  const values = new Map(names.map((name) => [name, randomBytes(200).toString('base64')]));
  const bucket = new TokenBucket(READS_PER_SECOND);
  const server = createServer(async (request, response) => {
    await answer(request, response, bucket.take() ? values : undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const store = await openStore({
    endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  try {
    // The first call sets up what all need.
    await store.getMany([names[0] ?? '']);
    bucket.taken = 0;
    const begin = performance.now();
    const found = await store.getMany(names);
    const readMs = performance.now() - begin;
    if (names.some((name) => found.get(name)?.value.reveal() !== values.get(name))) {
      throw new Error(`${found.size} of ${names.length} parameters were read as they are`);
    }
    const leastCalls = Math.ceil(names.length / NAMES_A_CALL);
    const leastMs = (leastCalls / READS_PER_SECOND) * 1000;
    const { taken, refused } = bucket;
    return { readMs, leastMs, calls: taken + refused, leastCalls, throttled: refused };
  } finally {
    store.close();
    server.closeAllConnections();
    server.close();
  }
}

/** How AWS counts: so many tokens come back a second, and no more than those of one second are kept. */
class TokenBucket {
  taken = 0;
  refused = 0;
  #tokens: number;
  #filledAt = performance.now();

  constructor(readonly perSecond: number) {
    this.#tokens = perSecond;
  }

  take(): boolean {
    const now = performance.now();
    this.#tokens = Math.min(this.perSecond, this.#tokens + ((now - this.#filledAt) / 1000) * this.perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) {
      this.refused += 1;
      return false;
    }
    this.#tokens -= 1;
    this.taken += 1;
    return true;
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  values: ReadonlyMap<string, string> | undefined,
): Promise<void> {
  const body = Buffer.concat(await request.toArray()).toString('utf8');
  const { Names } = JSON.parse(body) as { Names: string[] };
  response.writeHead(values === undefined ? 400 : 200, { 'Content-Type': 'application/x-amz-json-1.1' });
  const document =
    values === undefined
      ? { __type: 'ThrottlingException', message: 'Rate exceeded' }
      : { Parameters: Names.map((Name) => ({ Name, Value: values.get(Name), Version: 1 })) };
  response.end(JSON.stringify(document));
}
