import { describe, expect } from 'vitest';
import { test } from './support/scenario.js';

describe.concurrent('what an ExternalSecret can read', () => {
  test('single keys: a whole parameter, a property, a nested property, a version that stays', async ({
    scenario,
  }) => {
    await scenario.put('stage/stripe/key', 'first-stripe-key');
    await scenario.put('stage/stripe/key', 'second-stripe-key');
    await scenario.put('stage/twilio', {
      auth_token: 'twilio-auth-token',
      webhook: { signing: { secret: 'twilio-signing-secret' } },
    });
    await scenario.install({
      externalSecrets: {
        keys: {
          data: {
            STRIPE_KEY: '/{system}/_ENV_/stripe/key',
            STRIPE_KEY_BEFORE: { path: '/{system}/{environment}/stripe/key', version: '1' },
            TWILIO_TOKEN: { path: '/{system}/{environment}/twilio', property: 'auth_token' },
            TWILIO_SIGNING: { path: '/{system}/{environment}/twilio', property: 'webhook.signing.secret' },
          },
        },
      },
    });
    await scenario.synced('keys');
    const expected = {
      STRIPE_KEY: 'second-stripe-key',
      STRIPE_KEY_BEFORE: 'first-stripe-key',
      TWILIO_TOKEN: 'twilio-auth-token',
      TWILIO_SIGNING: 'twilio-signing-secret',
    };
    expect(await scenario.differences('shop-keys', expected)).toEqual([]);

    await scenario.put('stage/stripe/key', 'third-stripe-key');
    await scenario.refreshed('keys');
    const rotated = { ...expected, STRIPE_KEY: 'third-stripe-key' };
    expect(await scenario.environmentDifferences(rotated)).toEqual([]);
    expect(await scenario.drift()).toEqual([]);
  });

  test('plain parameters as configuration, and those that carry a tag', async ({ scenario }) => {
    const tag = { team: scenario.namespace };
    await scenario.putPlain('stage/config/LOG_LEVEL', 'debug');
    await scenario.putPlain('stage/config/TIMEOUT', '30', tag);
    await scenario.putPlain('stage/elsewhere/REGION', 'eu-west-1', tag);
    await scenario.install({
      externalSecrets: {
        config: { find: { path: '/{system}/{environment}/config' } },
        tagged: {
          find: { tags: tag },
          rewrite: [{ regexp: { source: '.*/', target: '' } }],
          prefix: 'TAGGED_',
        },
      },
    });
    await Promise.all([scenario.synced('config'), scenario.synced('tagged')]);
    expect(
      await scenario.environmentDifferences({
        ...{ LOG_LEVEL: 'debug', TIMEOUT: '30' },
        ...{ TAGGED_TIMEOUT: '30', TAGGED_REGION: 'eu-west-1' },
      }),
    ).toEqual([]);
    expect(await scenario.drift()).toEqual([]);
  });

  test('what is stored as Base64 is decoded', async ({ scenario }) => {
    const pem = '-----BEGIN CERTIFICATE-----\nGrüße\n-----END CERTIFICATE-----\n';
    await scenario.put('stage/pem', Buffer.from(pem).toString('base64'));
    await scenario.put('stage/app', { PEM: Buffer.from(pem).toString('base64'), PLAIN: 'no base64!' });
    const path = '/{system}/{environment}/pem';
    await scenario.install({
      externalSecrets: {
        keys: { data: { PEM: { path, decodingStrategy: 'Base64' } } },
        app: { path: '/{system}/{environment}/app', decodingStrategy: 'Auto', prefix: 'APP_' },
      },
    });
    await Promise.all([scenario.synced('keys'), scenario.synced('app')]);
    expect(
      await scenario.environmentDifferences({ PEM: pem, APP_PEM: pem, APP_PLAIN: 'no base64!' }),
    ).toEqual([]);
    expect(await scenario.drift()).toEqual([]);
  });

  test('everything below a path, at any depth, under names without the path', async ({ scenario }) => {
    await scenario.put('stage/shop/db_host', 'db.example.com');
    await scenario.put('stage/shop/db_port', '5432');
    await scenario.put('stage/shop/feature/new-checkout', 'true');
    await scenario.put('stage/shopping/db_host', 'not-this-one.example.com');
    await scenario.put('prod/shop/db_host', 'nor-this.example.com');
    await scenario.install({
      externalSecrets: {
        below: { find: { path: '/{system}/{environment}/shop', upperCase: true } },
        some: { find: { path: '/{system}/{environment}/shop', name: 'db_' }, prefix: 'SOME_' },
      },
    });
    await Promise.all([scenario.synced('below'), scenario.synced('some')]);
    const below = { DB_HOST: 'db.example.com', DB_PORT: '5432', 'FEATURE_NEW-CHECKOUT': 'true' };
    expect(await scenario.differences('shop-below', below)).toEqual([]);
    expect(
      await scenario.environmentDifferences({
        ...below,
        SOME_db_host: 'db.example.com',
        SOME_db_port: '5432',
      }),
    ).toEqual([]);

    await scenario.put('stage/shop/late', 'found later');
    await scenario.refreshed('below');
    expect(await scenario.differences('shop-below', { ...below, LATE: 'found later' })).toEqual([]);
    expect(await scenario.drift()).toEqual([]);
  });

  test('presets: database, API key and TLS certificate, each Secret with its keys and its type', async ({
    scenario,
  }) => {
    const database = {
      host: 'db.example.com',
      port: 5432,
      username: 'shop',
      password: 'p@ss "word"',
      database: 'shop',
    };
    await scenario.put('stage/db', database);
    await scenario.put('stage/stripe', 'preset-api-key');
    const tls = { 'tls.crt': 'certificate\n', 'tls.key': 'private key\n', 'ca.crt': 'authority\n' };
    await scenario.put('stage/tls', tls);
    await scenario.install({
      externalSecrets: {
        db: { preset: 'database', path: '/{system}/_ENV_/db', keys: { password: 'DB_PASSWORD' } },
        stripe: {
          preset: 'apiKey',
          path: '/{system}/_ENV_/stripe',
          keys: { apiKey: 'STRIPE_API_KEY' },
        },
        tls: { preset: 'tls', path: '/{system}/_ENV_/tls' },
      },
    });
    await Promise.all(['db', 'stripe', 'tls'].map(async (key) => await scenario.synced(key)));
    const { password, ...others } = { ...database, port: '5432' };
    const db = { ...others, DB_PASSWORD: password };
    expect(await scenario.differences('shop-db', db)).toEqual([]);
    expect(await scenario.differences('shop-tls', tls)).toEqual([]);
    expect(await scenario.readSecret('shop-tls')).toMatchObject({ type: 'kubernetes.io/tls' });
    expect(await scenario.environmentDifferences({ ...db, STRIPE_API_KEY: 'preset-api-key' })).toEqual([]);
    expect(await scenario.drift()).toEqual([]);
  });

  test('three secrets, a prefix, and Secrets and ConfigMaps that were there: the later one wins', async ({
    scenario,
  }) => {
    const { client, namespace } = scenario;
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'platform', namespace } };
    await client.apply({ ...secret, stringData: { REGION: 'from-platform', SHARED: 'existing-wins' } });
    await client.apply({
      ...secret,
      kind: 'ConfigMap',
      data: { TIMEZONE: 'Europe/Berlin', LOG_LEVEL: 'lost' },
    });
    await scenario.put('stage/a', { SHARED: 'from-a', FROM_A: 'a-value', LOG_LEVEL: 'from-a' });
    await scenario.put('stage/b', { SHARED: 'from-b', FROM_B: 'b-value' });
    await scenario.put('stage/c', { SHARED: 'from-c' });
    await scenario.install({
      config: { LOG_LEVEL: 'info', LIMIT: 10_000_000, REGION: 'from-config' },
      externalSecrets: {
        a: { path: '/{system}/_ENV_/a' },
        b: { path: '/{system}/_ENV_/b' },
        c: { path: '/{system}/_ENV_/c', prefix: 'PAYMENT_' },
      },
      existingConfigMaps: ['platform'],
      existingSecrets: [{ name: 'platform' }, { name: 'not-there', optional: true }],
      env: {
        LIMIT: 5,
        COPY: { externalSecret: { name: 'a', key: 'FROM_A' } },
        URL: 'https://$(REGION)/$(COPY)',
      },
    });
    await Promise.all(['a', 'b', 'c'].map(async (key) => await scenario.synced(key)));
    expect(
      await scenario.environmentDifferences({
        LOG_LEVEL: 'from-a',
        LIMIT: '5',
        TIMEZONE: 'Europe/Berlin',
        FROM_A: 'a-value',
        FROM_B: 'b-value',
        SHARED: 'existing-wins',
        PAYMENT_SHARED: 'from-c',
        REGION: 'from-platform',
        COPY: 'a-value',
        URL: 'https://from-platform/a-value',
      }),
    ).toEqual([]);
    expect(await scenario.drift()).toEqual([]);
  });
});
