import { describe, expect } from 'vitest';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { type Scenario, test } from './support/scenario.js';
import { staticAuth } from './support/static-store.js';

const STAGE = { DATABASE_URL: 'postgresql://stage@db.example.com/shop', ONLY_STAGE: 'stage-only-value' };
const PROD = { DATABASE_URL: 'postgresql://prod@db.example.com/shop', ONLY_PROD: 'prod-only-value' };

describe.concurrent('two environments, each in its namespace, in one store', () => {
  async function installBoth(scenario: Scenario): Promise<string> {
    const prod = `${scenario.namespace}-prod`;
    await scenario.makeNamespace(prod);
    await scenario.put('shop/stage/app', STAGE);
    await scenario.put('shop/prod/app', PROD);
    const values = (environment: string): JsonObject => ({
      environment,
      config: { ENVIRONMENT: environment },
      externalSecrets: { external: { path: '/{system}/{app}/{environment}/app' } },
    });
    await scenario.install(values('stage'));
    await scenario.install(values('prod'), { namespace: prod });
    await Promise.all([scenario.synced('external'), scenario.synced('external', { namespace: prod })]);
    return prod;
  }

  test('no key of one is in the other, before and after a rotation', async ({ scenario }) => {
    const prod = await installBoth(scenario);
    const stageEnvironment = { ENVIRONMENT: 'stage', ...STAGE };
    const prodEnvironment = { ENVIRONMENT: 'prod', ...PROD };
    expect(await scenario.environmentDifferences(stageEnvironment)).toEqual([]);
    expect(await scenario.environmentDifferences(prodEnvironment, { namespace: prod })).toEqual([]);

    const before = await scenario.readSecret('shop-external', prod);
    const rotated = { ...STAGE, DATABASE_URL: 'postgresql://rotated-stage@db.example.com/shop' };
    await scenario.put('shop/stage/app', rotated);
    await scenario.refreshed('external');
    expect(await scenario.environmentDifferences({ ...stageEnvironment, ...rotated })).toEqual([]);
    expect((await scenario.readSecret('shop-external', prod))?.metadata['resourceVersion']).toBe(
      before?.metadata['resourceVersion'],
    );
  });

  test('taking one away leaves the other', async ({ scenario }) => {
    const prod = await installBoth(scenario);
    await scenario.uninstall();
    expect(await scenario.differences('shop-external', PROD, prod)).toEqual([]);
    const prodEnvironment = { ENVIRONMENT: 'prod', ...PROD };
    expect(await scenario.environmentDifferences(prodEnvironment, { namespace: prod })).toEqual([]);
  });

  test('a path that names the other environment is refused before anything is installed', async ({
    scenario,
  }) => {
    const externalSecrets = { external: { path: `/${scenario.namespace}/shop/prod/app` } };
    const installing = scenario.install({ environment: 'stage', externalSecrets });
    await expect(installing).rejects.toMatchObject({ code: 'TEMPLATE_FAILED' });
    await expect(installing).rejects.toThrow(/prod/u);
    const reference = { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret' };
    expect(await scenario.client.list({ ...reference, namespace: scenario.namespace })).toEqual([]);
  });

  test('a store that is for the other namespace gives nothing', async ({ scenario }) => {
    const other = `${scenario.namespace}-other`;
    await scenario.makeNamespace(other);
    await scenario.put('shop/stage/app', STAGE);
    const name = `${scenario.namespace}-closed`;
    await scenario.install({
      secretStores: {
        closed: {
          name,
          cluster: true,
          aws: { region: scenario.region, auth: staticAuth(scenario.namespace) },
          conditions: [{ namespaces: [other] }],
        },
      },
      secretStoreRef: { name, kind: 'ClusterSecretStore' },
      externalSecrets: { external: { path: '/{system}/{app}/{environment}/app' } },
    });
    await scenario.failed('external');
    await scenario.event('ExternalSecret shop-external', /is not allowed from namespace/u);
    expect(await scenario.readSecret('shop-external')).toBeUndefined();
  });
});
