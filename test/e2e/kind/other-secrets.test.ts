import { describe, expect } from 'vitest';
import { test } from './support/pods.js';

describe.concurrent('secrets that others write', () => {
  test('a Secret as CloudNativePG makes it: the pod has the parts and the URL', async ({
    scenario,
    pods,
  }) => {
    const { client, namespace } = scenario;
    const metadata = { name: 'shop-db-app', namespace };
    // The keys that its operator writes.
    const stringData = {
      ...{
        username: 'app',
        user: 'app',
        password: 'generated',
        dbname: 'app',
        host: 'shop-db-rw',
        port: '5432',
      },
      ...{
        uri: 'postgresql://app:generated@shop-db-rw:5432/app',
        pgpass: 'shop-db-rw:5432:app:app:generated\n',
      },
    };
    await client.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: 'kubernetes.io/basic-auth',
      stringData,
    });
    const url = { name: 'DATABASE_URL', scheme: 'postgresql+asyncpg', query: 'ssl=require' };
    await pods.install({ postgres: { cluster: 'shop-db', url } });
    const { environment } = await pods.report((await pods.one()).metadata.name);
    const host = `shop-db-rw.${namespace}.svc.cluster.local`;
    expect(environment).toMatchObject({
      POSTGRES__HOST: host,
      POSTGRES__PORT: '5432',
      POSTGRES__DATABASE: 'app',
      POSTGRES__USER: 'app',
      POSTGRES__PASSWORD: 'generated',
      DATABASE_URL: `postgresql+asyncpg://app:generated@${host}:5432/app?ssl=require`,
    });
  });
});
