import { describe, expect } from 'vitest';
import { test } from './support/scenario.js';

describe.concurrent('a parameter that is written after the release', () => {
  test('a whole JSON: the Secret is missing and that is said, then it comes without help', async ({
    scenario,
  }) => {
    await scenario.install({ externalSecrets: { app: { path: '/{system}/{environment}/app' } } });
    await scenario.failed('app');
    await scenario.event('ExternalSecret shop-app', /Secret does not exist/u);
    expect(await scenario.differences('shop-app', {})).toEqual(['Secret shop-app: there is none']);
    expect(await scenario.environmentDifferences({})).toEqual([
      'Secret shop-app does not exist; the container will not start',
    ]);
    const stored = { DATABASE_URL: 'postgresql://late@db.example.com/shop' };
    await scenario.put('stage/app', stored);
    await scenario.holds('shop-app', stored);
    await scenario.synced('app');
    expect(await scenario.environmentDifferences(stored)).toEqual([]);
  });

  test('one of two keys: neither is there before the other', async ({ scenario }) => {
    await scenario.put('stage/first', 'first-value');
    await scenario.install({
      externalSecrets: {
        keys: { data: { FIRST: '/{system}/_ENV_/first', SECOND: '/{system}/_ENV_/second' } },
      },
    });
    await scenario.event('ExternalSecret shop-keys', /second\), err: Secret does not exist/u);
    expect(await scenario.readSecret('shop-keys')).toBeUndefined();
    await scenario.put('stage/second', 'second-value');
    await scenario.holds('shop-keys', { FIRST: 'first-value', SECOND: 'second-value' });
    await scenario.synced('keys');
  });

  test('a version that is not there yet', async ({ scenario }) => {
    await scenario.put('stage/key', 'first-version-value');
    await scenario.install({
      externalSecrets: { keys: { data: { KEY: { path: '/{system}/_ENV_/key', version: '2' } } } },
    });
    await scenario.event('ExternalSecret shop-keys', /ParameterVersionNotFound/u);
    expect(await scenario.readSecret('shop-keys')).toBeUndefined();
    await scenario.put('stage/key', 'second-version-value');
    await scenario.holds('shop-keys', { KEY: 'second-version-value' });
  });

  test('a store whose credentials come later', async ({ scenario }) => {
    const { client, namespace } = scenario;
    const credentials = { apiVersion: 'v1', kind: 'Secret', name: 'store-credentials', namespace };
    await client.remove(credentials);
    await scenario.put('stage/app', { API_TOKEN: 'token-behind-late-credentials' });
    await scenario.install({ externalSecrets: { app: { path: '/{system}/{environment}/app' } } });
    await scenario.failed('app');
    await scenario.provideStaticKeys();
    await scenario.holds('shop-app', { API_TOKEN: 'token-behind-late-credentials' }, 40_000);
  });
});
