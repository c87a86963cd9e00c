import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Fault, FaultProxy } from './support/fault-proxy.js';
import { SecretsCorner } from './support/secrets-corner.js';
import { useSharedCluster } from './support/shared.js';

const SECRET = 'canary-Value-that-nobody-may-see-1';

let proxy: FaultProxy;
beforeAll(async () => {
  proxy = await FaultProxy.start();
  proxy.target = (await useSharedCluster()).parameterStore.endpointUrl;
});
afterAll(async () => await proxy[Symbol.asyncDispose]());

async function open(): Promise<SecretsCorner> {
  return await SecretsCorner.open({ endpointUrl: proxy.url });
}

const BEFORE = { DB_HOST: 'db.example.com', DB_PASSWORD: 'as-it-was' };

async function setPassword(corner: SecretsCorner, env: Record<string, string> = {}) {
  return await corner.run(['set', '-f', 'stage.yaml', 'DB_PASSWORD=-', '--json'], { stdin: SECRET, env });
}

describe('setting a key while the store misbehaves', () => {
  test.for<[string, Fault, string, number]>([
    ['throttles to the end', { type: 'throttle' }, 'STORE_THROTTLED', 1],
    ['denies the write', { type: 'deny' }, 'STORE_ACCESS_DENIED', 1],
    ['says that the credentials are expired', { type: 'expired' }, 'STORE_CREDENTIALS', 3],
  ])('one that %s: one error, nothing written, and no value told', async ([, fault, code, exitCode]) => {
    const corner = await open();
    await corner.put(corner.path(), BEFORE);
    proxy.inject(corner.path(), fault, { call: 'PutParameter' });
    const { code: exit, stdout, stderr } = await setPassword(corner);
    expect(exit).toBe(exitCode);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code } });
    expect(stdout + stderr).not.toContain(SECRET);
    expect(stderr.match(/^error /gmu)).toHaveLength(1);
    expect(await corner.read()).toEqual(BEFORE);
    proxy.heal(corner.path());
    expect((await setPassword(corner)).code).toBe(0);
    expect(await corner.read()).toEqual({ ...BEFORE, DB_PASSWORD: SECRET });
  });

  test('one that throttles a few calls is not noticed', async () => {
    const corner = await open();
    await corner.put(corner.path(), BEFORE);
    proxy.inject(corner.path(), { type: 'throttle' }, 3);
    expect((await setPassword(corner)).code).toBe(0);
    expect(proxy.countHits(corner.path())).toBe(3);
    expect(await corner.read()).toEqual({ ...BEFORE, DB_PASSWORD: SECRET });
  });

  test.for<[string, Fault]>([
    ['whose answer is lost', { type: 'lost-answer' }],
    ['of whose answer only half arrives', { type: 'half-answer' }],
  ])('a write that is made and %s is found, and not made twice', async ([, fault]) => {
    const corner = await open();
    await corner.put(corner.path(), BEFORE);
    proxy.inject(corner.path(), fault, { call: 'PutParameter', times: 1 });
    const { code, stdout } = await setPassword(corner);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ written: [{ previousVersion: '1', version: '2' }] });
    expect(proxy.countHits(corner.path())).toBe(1);
    expect(await corner.store.history(corner.path())).toHaveLength(2);
  });

  test.for<[string, Fault]>([
    ['cut off', { type: 'reset' }],
    ['refused by a store that is down for a moment', { type: 'unavailable' }],
  ])('a write that is %s before the store has it is made again', async ([, fault]) => {
    const corner = await open();
    await corner.put(corner.path(), BEFORE);
    proxy.inject(corner.path(), fault, { call: 'PutParameter', times: 1 });
    expect((await setPassword(corner)).code).toBe(0);
    expect(await corner.read()).toEqual({ ...BEFORE, DB_PASSWORD: SECRET });
    expect(await corner.store.history(corner.path())).toHaveLength(2);
  });

  test('one that is gone after the write says that nobody can tell, and running it again is safe', async () => {
    const corner = await open();
    await corner.put(corner.path(), BEFORE);
    const reading = `"Name":"${corner.path()}","With`;
    const goesAway = (): void => proxy.inject(reading, { type: 'reset' });
    proxy.inject(
      corner.app,
      { type: 'lost-answer', afterwards: goesAway },
      { call: 'PutParameter', times: 1 },
    );
    const { code, stdout, stderr } = await setPassword(corner);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'STORE_WRITE_UNCERTAIN' } });
    expect(stderr).not.toContain(SECRET);
    proxy.heal(reading);
    expect((await setPassword(corner)).code).toBe(0);
    expect(await corner.store.history(corner.path())).toHaveLength(2);
  });

  test('somebody who writes between our read and our write keeps their key, and we ours', async () => {
    const corner = await open();
    await corner.put(corner.path(), BEFORE);
    const happens = async (): Promise<void> => {
      await corner.put(corner.path(), { ...BEFORE, THEIRS: 'x' });
    };
    proxy.inject(corner.path(), { type: 'meanwhile', happens }, { call: 'PutParameter', times: 1 });
    const { code, stdout } = await setPassword(corner);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ written: [{ merged: true, conflicts: [] }] });
    expect(await corner.read()).toEqual({ ...BEFORE, DB_PASSWORD: SECRET, THEIRS: 'x' });
  });

  test('somebody who sets the same key at the same time is told of, and their value is in the history', async () => {
    const corner = await open();
    await corner.put(corner.path(), BEFORE);
    const happens = async (): Promise<void> => {
      await corner.put(corner.path(), { ...BEFORE, DB_PASSWORD: 'theirs' });
    };
    proxy.inject(corner.path(), { type: 'meanwhile', happens }, { call: 'PutParameter', times: 1 });
    const { code, stdout } = await setPassword(corner);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).written[0].conflicts).toEqual([
      { key: 'DB_PASSWORD', version: '2', winner: 'ours' },
    ]);
    expect(await corner.read()).toEqual({ ...BEFORE, DB_PASSWORD: SECRET });
    expect((await corner.store.get(corner.path(), { version: '2' }))!.value.reveal()).toContain('theirs');
  });

  test('a parameter that is deleted under us is there again with all that was in it, and that is told', async () => {
    const corner = await open();
    await corner.put(corner.path(), BEFORE);
    const happens = async (): Promise<void> => {
      await corner.store.delete(corner.path());
    };
    proxy.inject(corner.path(), { type: 'meanwhile', happens }, { call: 'PutParameter', times: 1 });
    const { code, stdout } = await setPassword(corner);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ written: [{ recreated: true }] });
    expect(await corner.read()).toEqual({ ...BEFORE, DB_PASSWORD: SECRET });
  });

  test('an interruption before the write leaves everything as it was', async () => {
    const corner = await open();
    await corner.put(corner.path(), BEFORE);
    const controller = new AbortController();
    const happens = async (): Promise<void> => controller.abort(new Error('interrupted by SIGINT'));
    proxy.inject(corner.path(), { type: 'meanwhile', happens }, { call: 'GetParameter', times: 1 });
    const { code, stdout, stderr } = await corner.run(['set', '-f', 'stage.yaml', 'DB_PASSWORD=-'], {
      stdin: SECRET,
      signal: controller.signal,
    });
    expect(code).toBe(130);
    expect(stdout + stderr).toBe('');
    expect(await corner.read()).toEqual(BEFORE);
  });

  test('an interruption while it is written comes too late: what somebody else wrote is merged first', async () => {
    const corner = await open();
    await corner.put(corner.path(), BEFORE);
    const controller = new AbortController();
    const happens = async (): Promise<void> => {
      await corner.put(corner.path(), { ...BEFORE, THEIRS: 'x' });
      controller.abort(new Error('interrupted by SIGINT'));
    };
    proxy.inject(corner.path(), { type: 'meanwhile', happens }, { call: 'PutParameter', times: 1 });
    await corner.run(['set', '-f', 'stage.yaml', 'DB_PASSWORD=-'], {
      stdin: SECRET,
      signal: controller.signal,
    });
    expect(await corner.read()).toEqual({ ...BEFORE, DB_PASSWORD: SECRET, THEIRS: 'x' });
  });
});

describe('reading while the store misbehaves', () => {
  test('half an answer is asked for again, and is never taken for a value', async () => {
    const corner = await open();
    await corner.put(corner.path(), BEFORE);
    proxy.inject(corner.path(), { type: 'half-answer' }, 1);
    const { code, stdout, stderr } = await corner.run(['get', '--path', corner.path(), '--json']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).keys.map(({ key }: { key: string }) => key)).toEqual([
      'DB_HOST',
      'DB_PASSWORD',
    ]);
  });

  test('an export that can’t read everything writes no file', async () => {
    const corner = await open();
    await corner.put(corner.path(), { ...BEFORE, DB_PASSWORD: SECRET });
    proxy.inject(corner.path(), { type: 'deny' });
    const { code, stderr } = await corner.run(['export', '-f', 'stage.yaml', '--out', 'all.env']);
    proxy.heal(corner.path());
    expect(code).toBe(1);
    expect(stderr).toContain('STORE_ACCESS_DENIED');
    expect(await readdir(corner.folder)).not.toContain('all.env');
  });

  test('a diff before an import that somebody outdates ends it, with nothing written', async () => {
    const corner = await SecretsCorner.open({
      endpointUrl: proxy.url,
      files: { '.env': `DB_PASSWORD=${SECRET}\n` },
    });
    await corner.put(corner.path(), BEFORE);
    let readings = 0;
    const happens = async (): Promise<void> => {
      readings += 1;
      // The first reading is for the diff.
      if (readings === 2) await corner.put(corner.path(), { ...BEFORE, DB_PASSWORD: 'theirs' });
    };
    proxy.inject(corner.path(), { type: 'meanwhile', happens }, { call: '.GetParameter' });
    const { code, stderr } = await corner.run(['import', '-f', 'stage.yaml', '.env']);
    expect(code).toBe(1);
    expect(stderr).toContain('STORE_CHANGED');
    expect(await corner.read()).toEqual({ ...BEFORE, DB_PASSWORD: 'theirs' });
    expect(stderr).not.toContain(SECRET);
  });
});
