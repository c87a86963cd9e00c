import { describe, expect } from 'vitest';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { FORCE_SYNC_ANNOTATION } from '../../harness/secrets/refresh.js';
import { referToExternalSecret } from '../../harness/secrets/wait-for-sync.js';
import { type CliResult, runCli } from '../helpers/run-cli.js';
import { CHART } from './support/release.js';
import { type Scenario, test } from './support/scenario.js';

const PATH = '/{system}/{environment}/app';
const BEFORE = { DATABASE_URL: 'postgresql://before@db.example.com/shop', API_TOKEN: 'token-before-refresh' };
const AFTER = { ...BEFORE, API_TOKEN: 'token-after-refresh' };

async function runRefresh(
  { cluster, namespace }: Scenario,
  args: readonly string[] = [],
): Promise<CliResult> {
  // A folder without sluice.yaml.
  return await runCli(['refresh', '--cluster', cluster.name, '--namespace', namespace, ...args], {
    cwd: CHART,
  });
}

async function installOne(scenario: Scenario, values: JsonObject = {}): Promise<void> {
  await scenario.put('stage/app', BEFORE);
  await scenario.install({ externalSecrets: { app: { path: PATH, ...values } } });
  await scenario.settled('app');
}

describe.concurrent('sluice refresh', () => {
  test('reads one secret again and names the keys that have changed, in one line with its time', async ({
    scenario,
  }) => {
    await installOne(scenario);
    await scenario.put('stage/app', AFTER);
    const { code, stdout, stderr } = await runRefresh(scenario, ['shop-app']);
    expect(stdout).toMatch(/^✓ \S+\/shop-app synced, changed API_TOKEN, [\d.]+ s\n$/u);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await scenario.differences('shop-app', AFTER)).toEqual([]);
    expect((await runRefresh(scenario)).stdout).toContain('shop-app synced, unchanged,');
  });

  test('touches only what carries the labels, or belongs to the release', async ({ scenario }) => {
    await scenario.put('stage/app', BEFORE);
    await scenario.install({
      externalSecrets: {
        app: { path: PATH, labels: { 'example.com/managed': 'true' } },
        other: { path: PATH, envFrom: false },
      },
    });
    await Promise.all([scenario.settled('app'), scenario.synced('other')]);
    await scenario.put('stage/app', AFTER);
    const { code, stdout } = await runRefresh(scenario, ['-l', 'example.com/managed=true', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      refreshed: [{ state: 'synced', name: 'shop-app', secret: 'shop-app', changedKeys: ['API_TOKEN'] }],
      restarted: [],
    });
    expect(code).toBe(0);
    const other = await scenario.client.read(
      referToExternalSecret({ namespace: scenario.namespace, name: 'shop-other' }),
    );
    expect(other?.metadata['annotations'] ?? {}).not.toHaveProperty([FORCE_SYNC_ANNOTATION]);
    expect((await runRefresh(scenario, ['--release', 'shop'])).stdout.split('\n')).toHaveLength(3);
    expect(await runRefresh(scenario, ['--release', 'nobody'])).toMatchObject({ code: 2 });
  });

  test.for<[string, JsonObject]>([
    ['CreatedOnce', { refreshPolicy: 'CreatedOnce' }],
    ['an interval of 0', { refreshInterval: '0s' }],
  ])(
    'with %s it says at once that the operator would not listen, and its remedy has it read',
    async ([, values], { scenario }) => {
      await scenario.put('stage/app', BEFORE);
      const witness = { path: PATH, envFrom: false };
      await scenario.install({ externalSecrets: { app: { path: PATH, ...values }, witness } });
      await Promise.all([scenario.synced('app'), scenario.synced('witness')]);
      // The operator sees what it has written itself only after a while; until then it takes the Secret for not created.
      await scenario.refreshed('witness');
      await scenario.put('stage/app', AFTER);
      const { code, stdout } = await runRefresh(scenario, ['shop-app', '--json']);
      expect(code).toBe(1);
      const { refreshed } = JSON.parse(stdout) as { refreshed: { state: string; remedy: string }[] };
      expect(refreshed[0]).toMatchObject({ state: 'ignored', name: 'shop-app' });
      expect(await scenario.differences('shop-app', BEFORE)).toEqual([]);
      expect(refreshed[0]?.remedy).toBe(
        `kubectl annotate secret shop-app --namespace ${scenario.namespace} reconcile.external-secrets.io/data-hash-`,
      );
      const metadata = { annotations: { 'reconcile.external-secrets.io/data-hash': null } };
      const secret = { apiVersion: 'v1', kind: 'Secret', name: 'shop-app', namespace: scenario.namespace };
      await scenario.client.patch(secret, { metadata });
      await scenario.holds('shop-app', AFTER);
    },
  );

  test('of one that cannot be read it tells the cause from the event, and no character of the value', async ({
    scenario,
  }) => {
    await installOne(scenario);
    await scenario.put('stage/app', '{"API_TOKEN": zzz-no-json}');
    // The command waits no longer than it is told: the event is there before it.
    await scenario.askForSync('app');
    await scenario.failed('app');
    await scenario.event('ExternalSecret shop-app', /invalid character/u);
    const { code, stdout } = await runRefresh(scenario, ['--timeout', '3']);
    expect(code).toBe(1);
    expect(stdout).toContain('✗ ');
    expect(stdout).toMatch(/event UpdateFailed: .*invalid character <hidden>/u);
    expect(stdout).toContain('sluice doctor');
    expect(stdout).not.toContain('zzz');
    expect(await scenario.differences('shop-app', BEFORE)).toEqual([]);
  });

  test('with --restart replaces the pods that read it, and no others', async ({ scenario }) => {
    await scenario.put('stage/app', BEFORE);
    await scenario.install({
      externalSecrets: { app: { path: PATH } },
      workers: {
        queue: { command: ['worker'], replicaCount: 0 },
        plain: { command: ['plain'], replicaCount: 0, inheritEnv: false },
      },
    });
    await scenario.synced('app');
    const { code, stdout } = await runRefresh(scenario, ['--restart', '--json']);
    expect(code).toBe(0);
    const { restarted } = JSON.parse(stdout) as { restarted: { workload: { name: string } }[] };
    expect(restarted.map(({ workload }) => workload.name).sort()).toEqual(['shop', 'shop-queue']);
    const restartedAt = async (name: string): Promise<unknown> => {
      const place = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: scenario.namespace, name };
      const object = (await scenario.client.read(place)) as JsonObject | undefined;
      return JSON.stringify(object?.['spec']).includes('kubectl.kubernetes.io/restartedAt');
    };
    expect(await Promise.all(['shop', 'shop-queue', 'shop-plain'].map(restartedAt))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('a name that is not there is wrong usage', async ({ scenario }) => {
    await installOne(scenario);
    const { code, stderr } = await runRefresh(scenario, ['shop-ap']);
    expect(code).toBe(2);
    expect(stderr).toContain('shop-ap: none in namespace');
  });
});
