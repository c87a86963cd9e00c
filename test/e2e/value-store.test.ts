import { randomBytes } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SecretValue } from '../../harness/manifest/secret-value.js';
import { openStore } from '../../harness/store/open-store.js';
import type { AwsStoreService, ValueStore } from '../../harness/store/value-store.js';
import { useSharedCluster } from './support/shared.js';

const SERVICES: readonly AwsStoreService[] = ['ParameterStore', 'SecretsManager'];

async function open(service: AwsStoreService): Promise<{ store: ValueStore; folder: string }> {
  const store = await openStore((await useSharedCluster()).parameterStore, service);
  const folder = `/test-${randomBytes(4).toString('hex')}`;
  onTestFinished(async () => {
    for (const { name } of await store.list(folder)) await store.delete(name);
    store.close();
  });
  return { store, folder };
}

describe.each(SERVICES)('a store of values: %s', (service) => {
  test('gives back byte for byte what was put, with a version for each', async () => {
    const { store, folder } = await open(service);
    const value = new SecretValue('{"PEM": "-----BEGIN\\n", "text": "Grüße 世界 🔑 \\u0000 $HOME \'\\""}\n ');
    const first = await store.put(`${folder}/app`, value);
    const second = await store.put(`${folder}/app`, new SecretValue('second'));
    expect(second).not.toBe(first);
    const now = await store.get(`${folder}/app`);
    expect(now).toMatchObject({ name: `${folder}/app`, version: second });
    expect(now!.value.reveal()).toBe('second');
    expect(now!.modifiedAt).toBeInstanceOf(Date);
    const before = await store.get(`${folder}/app`, { version: first });
    expect(before!.value.equals(value)).toBe(true);
  });

  test('lists what is below a path by name, and only that', async () => {
    const { store, folder } = await open(service);
    const names = [...Array(12).keys()].map((at) => `${folder}/b/${String(at).padStart(2, '0')}`);
    await Promise.all(
      [`${folder}/a`, `${folder}/bc`, `${folder}/B/x`, ...names].map(
        async (name) => await store.put(name, new SecretValue('v')),
      ),
    );
    expect((await store.list(`${folder}/b`)).map(({ name }) => name)).toEqual(names);
    expect((await store.list(folder)).length).toBe(names.length + 3);
    expect(await store.list(`${folder}/nothing`)).toEqual([]);
  });

  test('gives many at once, each under its own name, and leaves out what is not there', async () => {
    const { store, folder } = await open(service);
    const names = [...Array(25).keys()].map((at) => `${folder}/${at}`);
    await Promise.all(names.map(async (name) => await store.put(name, new SecretValue(`of ${name}`))));
    const found = await store.getMany([...names, `${folder}/none`, names[0]!]);
    expect([...found.keys()].sort()).toEqual([...names].sort());
    for (const name of names) expect(found.get(name)!.value.reveal()).toBe(`of ${name}`);
    expect(await store.getMany([])).toEqual(new Map());
  });

  test('tells the versions of a name, newest first, and gives their values', async () => {
    const { store, folder } = await open(service);
    const first = await store.put(`${folder}/app`, new SecretValue('one'));
    const second = await store.put(`${folder}/app`, new SecretValue('two'));
    const history = await store.history(`${folder}/app`);
    expect(history.map(({ version }) => version)).toEqual([second, first]);
    expect(JSON.stringify(history)).not.toMatch(/one|two/u);
    const values = await store.getVersions(`${folder}/app`, [first, second]);
    expect(values.map(({ value }) => value.reveal())).toEqual(['one', 'two']);
    expect(await store.describe(`${folder}/app`)).toMatchObject({ name: `${folder}/app` });
    expect([await store.history(`${folder}/x`), await store.describe(`${folder}/x`)]).toEqual([
      [],
      undefined,
    ]);
  });

  test('writes only what is not there yet, where it is asked to', async () => {
    const { store, folder } = await open(service);
    const options = { onlyIfAbsent: true };
    await store.put(`${folder}/app`, new SecretValue('first'), options);
    await expect(store.put(`${folder}/app`, new SecretValue('second'), options)).rejects.toMatchObject({
      code: 'STORE_EXISTS',
    });
    expect((await store.get(`${folder}/app`))!.value.reveal()).toBe('first');
  });

  test('knows nothing of what is not there, or is gone', async () => {
    const { store, folder } = await open(service);
    expect(await store.get(`${folder}/app`)).toBeUndefined();
    expect(await store.delete(`${folder}/app`)).toBe(false);
    await store.put(`${folder}/app`, new SecretValue('v'));
    expect(await store.delete(`${folder}/app`)).toBe(true);
    expect(await store.get(`${folder}/app`)).toBeUndefined();
  });

  test('an abort ends a call with its own reason', async () => {
    const { store, folder } = await open(service);
    const reason = new Error('enough');
    await expect(store.get(`${folder}/app`, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

test('Secrets Manager writes over the version that was read, and over no other', async () => {
  const { store, folder } = await open('SecretsManager');
  const name = `${folder}/app`;
  const first = await store.put(name, new SecretValue('first'));
  const second = await store.putOver!({ name, version: first }, new SecretValue('second'));
  expect(second).toBeDefined();
  expect(await store.putOver!({ name, version: first }, new SecretValue('late'))).toBeUndefined();
  expect(await store.get(name)).toMatchObject({ version: second });
  expect((await store.get(name))!.value.reveal()).toBe('second');
});

test('Parameter Store tells type and tier', async () => {
  const { store, folder } = await open('ParameterStore');
  await store.put(`${folder}/a`, new SecretValue('x'), { tier: 'Advanced' });
  await store.put(`${folder}/b`, new SecretValue('x'), { type: 'String' });
  expect(await store.describe(`${folder}/a`)).toMatchObject({ type: 'SecureString', tier: 'Advanced' });
  expect(await store.get(`${folder}/b`)).toMatchObject({ type: 'String' });
});

test('what is written as plain text can be read all the same', async () => {
  const { store, folder } = await open('ParameterStore');
  await store.put(`${folder}/plain`, new SecretValue('info'), { type: 'String', tags: { team: 'shop' } });
  expect((await store.get(`${folder}/plain`))!.value.reveal()).toBe('info');
  await store.put(`${folder}/plain`, new SecretValue('debug'), { type: 'String', tags: { team: 'shop' } });
  expect((await store.get(`${folder}/plain`))!.value.reveal()).toBe('debug');
});

test('a version that there is not is nothing', async () => {
  const { store, folder } = await open('ParameterStore');
  await store.put(`${folder}/app`, new SecretValue('v'));
  expect(await store.get(`${folder}/app`, { version: '7' })).toBeUndefined();
});
