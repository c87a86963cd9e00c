import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SecretValue } from '../../../harness/manifest/secret-value.js';
import { openStore } from '../../../harness/store/open-store.js';
import type { AwsStoreService, ValueStore } from '../../../harness/store/value-store.js';

const SECRET = 'hunter2-which-nobody-may-see';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

async function openAt(
  answer: (response: ServerResponse) => void,
  service: AwsStoreService,
): Promise<ValueStore> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => answer(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const endpointUrl = `http://127.0.0.1:${port}`;
  const store = await openStore({ endpointUrl, region: 'eu-west-1', credentials }, service);
  onTestFinished(() => {
    store.close();
    server.closeAllConnections();
    server.close();
  });
  return store;
}

function refuse(type: string, message: string, status = 400) {
  return (response: ServerResponse): void => {
    response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ __type: type, message }));
  };
}

async function failureOf(run: Promise<unknown>): Promise<Error & { code?: string; exitCode?: number }> {
  return await run.then(
    () => {
      throw new Error('it succeeded');
    },
    (error: Error) => error,
  );
}

describe.each(['ParameterStore', 'SecretsManager'] as const)('a store that refuses: %s', (service) => {
  test('the value that was to be written is in no part of the error, even where AWS quotes it', async () => {
    const quoted = `1 validation error detected: Value '${SECRET}' at 'value' failed to satisfy constraint`;
    const store = await openAt(refuse('ValidationException', `${quoted}; also ${SECRET}`), service);
    const error = await failureOf(store.put('/shop/prod/db', new SecretValue(SECRET)));
    expect(error).toMatchObject({ code: 'STORE_REFUSED' });
    expect(error.message).toContain('/shop/prod/db');
    expect(error.message).toContain("Value '<hidden>' at 'value'");
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(SECRET);
  });

  test('who may not is told which call on which name', async () => {
    const denied = 'User: arn:aws:iam::000000000000:user/dev is not authorized to perform this';
    const store = await openAt(refuse('AccessDeniedException', denied), service);
    const error = await failureOf(store.get('/shop/prod/db'));
    expect(error).toMatchObject({ code: 'STORE_ACCESS_DENIED', exitCode: 1 });
    expect(error.message).toMatch(/\/shop\/prod\/db: not allowed\nAccessDeniedException: User: arn:aws/u);
  });

  test('being throttled to the end is told as that', async () => {
    const store = await openAt(refuse('ThrottlingException', 'Rate exceeded'), service);
    expect(await failureOf(store.get('/shop/prod/db'))).toMatchObject({ code: 'STORE_THROTTLED' });
  });

  test('no answer is told as that, with exit code 3', async () => {
    const store = await openAt((response) => response.destroy(), service);
    expect(await failureOf(store.get('/shop/prod/db'))).toMatchObject({
      code: 'STORE_UNREACHABLE',
      exitCode: 3,
    });
  });
});
