import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { SecretValue } from '../../harness/manifest/secret-value.js';
import { updateJson } from '../../harness/secrets/update-json.js';
import { SLUICE } from '../helpers/compiled.js';
import { SecretsCorner } from './support/secrets-corner.js';

const WRITERS = 20;

test(`${WRITERS} processes that set a key each lose none`, { timeout: 180_000 }, async () => {
  const corner = await SecretsCorner.open();
  const name = corner.path();
  await corner.put(name, { STAYS: 'as it is', PORT: 5432 });
  const keys = Array.from({ length: WRITERS }, (_, at) => `KEY_${at}`);
  const processes = keys.map(async (key) => {
    const args = ['secrets', 'set', '--path', name, `${key}=-`, '--json'];
    return await execa(process.execPath, [SLUICE, ...args], {
      env: corner.env,
      input: `value of ${key}`,
    });
  });
  const done = await Promise.all(processes);
  const expected = Object.fromEntries(keys.map((key) => [key, `value of ${key}`]));
  expect(await corner.read(name)).toEqual({ STAYS: 'as it is', PORT: 5432, ...expected });
  for (const { stdout } of done) {
    expect(JSON.parse(stdout)).toMatchObject({ written: [{ keys: [expect.any(String)], conflicts: [] }] });
  }
});

describe.each(['ParameterStore', 'SecretsManager'] as const)('writers at the same time: %s', (service) => {
  test(`${WRITERS} writers in one process, all at the same moment, lose none`, {
    timeout: 120_000,
  }, async () => {
    const corner = await SecretsCorner.open({ service });
    const name = corner.path();
    const keys = Array.from({ length: WRITERS }, (_, at) => `KEY_${at}`);
    await corner.put(name, Object.fromEntries(keys.map((key) => [key, 'old'])));
    const { store } = corner;
    await Promise.all(
      keys.map(
        async (key) => await updateJson({ store, name }, new Map([[key, new SecretValue(`new ${key}`)]])),
      ),
    );
    expect(await corner.read(name)).toEqual(Object.fromEntries(keys.map((key) => [key, `new ${key}`])));
  });

  test('two that make the same parameter at once both have their key in it', async () => {
    const corner = await SecretsCorner.open({ service });
    const place = { store: corner.store, name: corner.path() };
    await Promise.all(
      ['A', 'B'].map(
        async (key) => await updateJson(place, new Map([[key, new SecretValue(key)]]), { create: true }),
      ),
    );
    expect(await corner.read()).toEqual({ A: 'A', B: 'B' });
  });

  test('of two values for the same key at once one is current, the other in the history, and it is told', async () => {
    const corner = await SecretsCorner.open({ service });
    const place = { store: corner.store, name: corner.path() };
    await corner.put(place.name, { KEY: 'old', OTHER: 'x' });
    const updates = await Promise.all(
      ['one', 'two'].map(
        async (value) => await updateJson(place, new Map([['KEY', new SecretValue(value)]])),
      ),
    );
    const current = await corner.read();
    expect(current).toEqual({ KEY: expect.stringMatching(/^(?:one|two)$/u), OTHER: 'x' });
    const isOneAfterTheOther = updates.every(({ merged }) => !merged);
    expect(isOneAfterTheOther || updates.some(({ conflicts }) => conflicts.length > 0)).toBe(true);
    const versions = (await corner.store.history(place.name)).flatMap(({ version }) => version ?? []);
    const values = await corner.store.getVersions(place.name, versions);
    const seen = values.map(({ value }) => JSON.parse(value.reveal()).KEY);
    expect(seen).toEqual(expect.arrayContaining(['one', 'two']));
  });
});
