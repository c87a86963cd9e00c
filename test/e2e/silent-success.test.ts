import { describe, expect } from 'vitest';
import { test } from './support/scenario.js';

const PATH = '/{system}/{environment}/app';
const STORED = { API_TOKEN: 'token-that-was-there' };

describe.concurrent('what the operator reports as synced although somebody will wonder', () => {
  for (const stored of ['{}', 'null']) {
    test(`${stored}: no Secret is made, and a container that needs it will not start`, async ({
      scenario,
    }) => {
      await scenario.put('stage/app', stored);
      const values = { externalSecrets: { app: { path: PATH } } };
      expect(await scenario.foretellProblems(values)).toEqual([
        'Secret shop-app does not exist; the container will not start',
      ]);
      await scenario.install(values);
      await scenario.synced('app');
      expect(await scenario.readSecret('shop-app')).toBeUndefined();
      expect(await scenario.environmentDifferences({})).toEqual([
        'Secret shop-app does not exist; the container will not start',
      ]);
    });

    test(`${stored} where keys were before: the Secret stays as it was`, async ({ scenario }) => {
      await scenario.put('stage/app', STORED);
      await scenario.install({ externalSecrets: { app: { path: PATH } } });
      await scenario.synced('app');
      await scenario.put('stage/app', stored);
      await scenario.refreshed('app');
      expect(await scenario.differences('shop-app', STORED)).toEqual([]);
    });
  }

  test('odd JSON: a key twice, a key that is none, a comma too many, numbers', async ({ scenario }) => {
    await scenario.put('stage/twice', '{"A": "first-of-two", "A": "last-of-two"}');
    await scenario.put('stage/key', '{"bad key!": "value-of-bad-key"}');
    await scenario.put('stage/comma', '{"A": "before-the-comma",}');
    await scenario.put('stage/numbers', '{"A": 1.10, "B": 1e3, "C": null, "D": 10000000}');
    const read = (document: string, property: string) => ({
      path: `/{system}/{environment}/${document}`,
      property,
    });
    const values = {
      externalSecrets: {
        whole: {
          dataFrom: ['twice', 'key'].map((one) => ({ extract: { key: `/{system}/{environment}/${one}` } })),
        },
        numbers: { path: '/{system}/{environment}/numbers', prefix: 'N_' },
        one: {
          data: {
            TWICE: read('twice', 'A'),
            COMMA: read('comma', 'A'),
            ...{ TENTH: read('numbers', 'A'), THOUSAND: read('numbers', 'B'), NOTHING: read('numbers', 'C') },
          },
        },
      },
    };
    await scenario.install(values);
    await Promise.all(['whole', 'numbers', 'one'].map(async (key) => await scenario.synced(key)));
    const expected = {
      A: 'last-of-two',
      bad_key_: 'value-of-bad-key',
      ...{ N_A: '1.10', N_B: '1e3', N_C: '', N_D: '10000000' },
      ...{ TWICE: 'first-of-two', COMMA: 'before-the-comma', TENTH: '1.1', THOUSAND: '1000', NOTHING: '' },
    };
    expect(await scenario.environmentDifferences(expected)).toEqual([]);
    expect(await scenario.foretell(values, expected)).toEqual([]);
  });

  test('an ExternalSecret whose keys nobody gives: it is synced, and no Secret is made', async ({
    scenario,
  }) => {
    await scenario.put('stage/app', STORED);
    const values = { externalSecrets: { app: { find: { path: PATH, name: 'nothing-of-this-name' } } } };
    expect(await scenario.foretellProblems(values)).toEqual([
      'Secret shop-app does not exist; the container will not start',
    ]);
    await scenario.install(values);
    await scenario.synced('app');
    expect(await scenario.readSecret('shop-app')).toBeUndefined();
  });
});
