import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { KubeClient } from '../../../harness/kube/kube-client.js';
import { waitForCondition } from '../../../harness/kube/wait-for-condition.js';
import { serveKube } from '../../helpers/serve-kube.js';

const REFERENCE = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'ExternalSecret',
  name: 'shop-db',
  namespace: 'shop',
};
const PATH = '/apis/external-secrets.io/v1/namespaces/shop/externalsecrets/shop-db';
const DISCOVERY = {
  resources: [
    { name: 'externalsecrets/status', kind: 'ExternalSecret', namespaced: true },
    { name: 'externalsecrets', kind: 'ExternalSecret', namespaced: true },
    { name: 'clustersecretstores', kind: 'ClusterSecretStore', namespaced: false },
  ],
};

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => unknown;

async function serve(answer: Answer): Promise<{ client: KubeClient; requests: string[] }> {
  const requests: string[] = [];
  const client = await serveKube(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    requests.push(`${request.method} ${request.url}`);
    const value = request.url?.endsWith('/v1') ? DISCOVERY : answer(request, response, body);
    response.end(JSON.stringify(value));
  });
  return { client, requests };
}

function refuse(response: ServerResponse, code: number, words: { reason?: string; message: string }): object {
  response.statusCode = code;
  return { kind: 'Status', ...words, code };
}

test('an object is read where its kind is served, and its kind is asked for once', async () => {
  const { client, requests } = await serve(() => ({ kind: 'ExternalSecret', metadata: { name: 'shop-db' } }));
  await client.read(REFERENCE);
  await client.read(REFERENCE);
  expect(requests).toEqual(['GET /apis/external-secrets.io/v1', `GET ${PATH}`, `GET ${PATH}`]);
});

test('an object that is not there is nothing, any other refusal is an error with the words of the server', async () => {
  let status = 404;
  const { client } = await serve((_, response) =>
    refuse(response, status, { reason: 'Forbidden', message: 'user "x" cannot get it' }),
  );
  expect(await client.read(REFERENCE)).toBeUndefined();
  status = 403;
  await expect(client.read(REFERENCE)).rejects.toMatchObject({
    code: 'KUBE_API',
    status: 403,
    reason: 'Forbidden',
    evidence: 'user "x" cannot get it',
  });
});

test('apply sends the object as it is, under our name', async () => {
  const bodies: unknown[] = [];
  const { client, requests } = await serve((request, _, body) => {
    bodies.push([request.headers['content-type'], JSON.parse(body)]);
    return {};
  });
  const object = {
    apiVersion: REFERENCE.apiVersion,
    kind: REFERENCE.kind,
    metadata: { name: 'shop-db', namespace: 'shop' },
  };
  await client.apply(object);
  expect(requests.at(-1)).toBe(`PATCH ${PATH}?fieldManager=sluice&force=true`);
  expect(bodies).toEqual([['application/apply-patch+yaml', object]]);
});

test('a kind that is not served is told, and asked for again the next time', async () => {
  const { client, requests } = await serve(() => ({}));
  const unknown = { ...REFERENCE, kind: 'PushSecret' };
  await expect(client.read(unknown)).rejects.toMatchObject({ code: 'KIND_UNKNOWN' });
  await expect(client.read(unknown)).rejects.toMatchObject({ code: 'KIND_UNKNOWN' });
  expect(requests).toHaveLength(2);
});

test('one object of a namespaced kind needs its namespace', async () => {
  const { client } = await serve(() => ({}));
  const { namespace: _, ...rest } = REFERENCE;
  await expect(client.read(rest)).rejects.toMatchObject({ code: 'NAMESPACE_MISSING' });
});

test('a server that is not there is told as that', async () => {
  const client = new KubeClient({ server: 'https://127.0.0.1:1', prepare: () => undefined });
  await expect(client.read(REFERENCE)).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE', exitCode: 3 });
});

test('a condition that is not reached is told with what was seen last', async () => {
  const { client, requests } = await serve(() => ({
    ...REFERENCE,
    metadata: { name: 'shop-db' },
    status: {
      conditions: [
        { type: 'Ready', status: 'False', reason: 'SecretSyncedError', message: 'could not get secret data' },
      ],
    },
  }));
  // Its time is over when it has looked once, however long that takes here.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const waiting = waitForCondition(client, REFERENCE, { type: 'Ready', timeoutMs: 300, intervalMs: 10 });
  const ended = expect(waiting).rejects.toMatchObject({
    code: 'NOT_IN_TIME',
    message: expect.stringContaining('ExternalSecret shop/shop-db: Ready=True: not reached within 0.3 s'),
    evidence: 'last seen: Ready=False SecretSyncedError: could not get secret data',
  });
  // One asks for the kind, the next is the first look; a second look means that the first is over.
  await expect.poll(() => requests.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(3);
  vi.advanceTimersByTime(300);
  await ended;
});

test('a wait goes on over refusals and ends when the condition is there', async () => {
  let looks = 0;
  const { client } = await serve((_, response) => {
    looks += 1;
    if (looks < 3) return refuse(response, 503, { message: 'starting' });
    return { ...REFERENCE, status: { conditions: [{ type: 'Ready', status: 'True' }] } };
  });
  await waitForCondition(client, REFERENCE, { type: 'Ready', timeoutMs: 5000, intervalMs: 10 });
  expect(looks).toBe(3);
});
