import { describe, expect } from 'vitest';
import { runCli } from '../../helpers/run-cli.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';
import { type Pods, test } from './support/pods.js';
import { seal } from './support/seal.js';

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

  test('a sealed Secret is opened for the pod, and one that was sealed for another name is not', async ({
    scenario,
    pods,
  }) => {
    const { client, namespace } = scenario;
    const certificate = await client.send({
      method: 'GET',
      path: '/api/v1/namespaces/kube-system/services/sealed-secrets-controller:8080/proxy/v1/cert.pem',
    });
    const sealFor = (name: string) => seal('opened "value"', { certificate, namespace, name });
    const right = { encryptedData: { SMTP_PASSWORD: sealFor('shop-mail') } };
    const wrong = { encryptedData: { OTHER: sealFor('shop-mail') }, optional: true };
    await pods.install({ sealedSecrets: { mail: right, wrong } });
    const { environment } = await pods.report((await pods.one()).metadata.name);
    expect(environment).toMatchObject({ SMTP_PASSWORD: 'opened "value"' });
    expect(environment).not.toHaveProperty('OTHER');
    await scenario.event('SealedSecret shop-wrong', /no key could decrypt secret \(OTHER\)/u);
    expect(await scenario.readSecret('shop-wrong')).toBeUndefined();
  });
});

describe('a key that is rotated with a time of grace', () => {
  test('pods hold the new one and the one before it, until that is retired', async ({ scenario, pods }) => {
    const before = 'the-key-that-signed-what-is-out-there';
    await scenario.put('stage/app', { JWT_SECRET_KEY: before, OTHER: 'stays' });
    await pods.install(
      {
        externalSecrets: { app: { path: '/{system}/{environment}/app' } },
        rollout: { onSecretChange: 'none' },
      },
      { synced: ['app'] },
    );
    await rotate(pods, ['--keep-previous', '--generate', 'hex']);
    const graced = await readKeys(pods);
    expect(graced).toMatchObject({ previous: before, other: 'stays' });
    expect(graced.current).toMatch(/^[0-9a-f]{32,}$/u);

    await rotate(pods, ['--retire']);
    expect(await readKeys(pods)).toEqual({ ...graced, previous: undefined });
  }, 120_000);
});

async function rotate({ scenario }: Pods, args: readonly string[]): Promise<void> {
  const { cluster, namespace } = scenario;
  const cwd = await makeTempFolder();
  const place = ['--path', scenario.path('stage/app'), '--cluster', cluster.name, '--namespace', namespace];
  const result = await runCli(['rotate', 'JWT_SECRET_KEY', ...place, ...args, '--yes'], { cwd });
  expect({ code: result.code, stderr: result.code === 0 ? '' : result.stderr }).toEqual({
    code: 0,
    stderr: '',
  });
}

async function readKeys(pods: Pods) {
  const { environment } = await pods.report((await pods.one()).metadata.name);
  const { JWT_SECRET_KEY: current, JWT_SECRET_KEY_PREVIOUS: previous, OTHER: other } = environment;
  return { current, previous, other };
}
