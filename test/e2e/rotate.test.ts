import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { RESTARTED_AT_ANNOTATION } from '../../harness/secrets/rollout.js';
import { type DyingRotation, dieRotating } from '../helpers/die-rotating.js';
import { runCli } from '../helpers/run-cli.js';
import { type Fault, FaultProxy } from './support/fault-proxy.js';
import { CHART } from './support/release.js';
import { type Scenario, test } from './support/scenario.js';

const PATH = '/{system}/{environment}/app';
const BEFORE = {
  JWT_SECRET: 'old-jwt-canary-5f0c2b',
  API_TOKEN: 'old-token-canary-77ab10',
  UNTOUCHED: 'untouched-canary',
};
const CONTRACT = {
  variables: {
    JWT_SECRET: { description: 'signs tokens', required: true, generate: { type: 'hex' } },
    API_TOKEN: { description: 'of the shop', generate: { type: 'password', length: 32 } },
    SINGLE_KEY: { description: 'alone', generate: { type: 'base64' } },
  },
};

interface Report {
  id?: string;
  state: string;
  finished: string[];
  undone: string[];
  backup?: string;
  places: { place: string; versionBefore: string; versionAfter: string }[];
  refreshed: { name: string; state: string; changedKeys: string[] }[];
  restarted: { state: string; workload: { name: string } }[];
}

/** A folder with the contract, for backups too. */
async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-rotate-'));
  try {
    await writeFile(join(folder, 'contract.yaml'), JSON.stringify(CONTRACT));
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runRotate(scenario: Scenario, folder: string, args: readonly string[]) {
  const { cluster, namespace } = scenario;
  const place = ['--cluster', cluster.name, '--namespace', namespace];
  const files = ['--contract', join(folder, 'contract.yaml'), '--backup-dir', join(folder, 'kept')];
  return await runCli(['rotate', '--json', '--yes', ...place, ...files, ...args], { cwd: CHART });
}

async function install(scenario: Scenario, externalSecrets: JsonObject = { app: { path: PATH } }) {
  await scenario.put('stage/app', BEFORE);
  await scenario.install({ externalSecrets });
  await Promise.all(Object.keys(externalSecrets).map(async (key) => await scenario.synced(key)));
}

async function readStored(scenario: Scenario, rest = 'stage/app') {
  const stored = await scenario.parameters.get(scenario.path(rest));
  return { version: stored?.version, text: stored?.value.reveal() ?? '' };
}

async function readRestart({ client, namespace }: Scenario): Promise<string | undefined> {
  const place = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'shop' };
  const text = JSON.stringify(await client.read(place));
  return new RegExp(`"${RESTARTED_AT_ANNOTATION.replaceAll('.', '\\.')}":"([^"]+)"`, 'u').exec(text)?.[1];
}

describe.concurrent('sluice rotate', () => {
  test('replaces keys of a JSON parameter, carries them to the pods, and loses no other', async ({
    scenario,
  }) => {
    await install(scenario);
    await scenario.settled('app');
    await withFolder(async (folder) => {
      const { code, stdout, stderr } = await runRotate(scenario, folder, ['JWT_SECRET', 'API_TOKEN']);
      expect(code, stderr).toBe(0);
      const { text, version } = await readStored(scenario);
      const after = JSON.parse(text) as typeof BEFORE;
      expect(after.UNTOUCHED).toBe(BEFORE.UNTOUCHED);
      expect(after.JWT_SECRET).toMatch(/^[0-9a-f]{64}$/u);
      expect(after.API_TOKEN).toHaveLength(32);
      expect(version).toBe('2');
      expect(await scenario.differences('shop-app', after)).toEqual([]);
      expect(await scenario.environmentDifferences(after)).toEqual([]);
      const report = JSON.parse(stdout) as Report;
      expect(report).toMatchObject({
        places: [{ place: `parameter ${scenario.path('stage/app')}`, versionBefore: '1', versionAfter: '2' }],
        refreshed: [{ name: 'shop-app', state: 'synced', changedKeys: ['API_TOKEN', 'JWT_SECRET'] }],
        restarted: [{ state: 'rolled-out', workload: { name: 'shop' } }],
      });
      expect(await readRestart(scenario)).toBeDefined();
      expect((await stat(report.backup ?? '')).mode & 0o777).toBe(0o600);
      const log = await readFile(join(folder, 'kept/rotations.log'), 'utf8');
      for (const value of [...Object.values(BEFORE), ...Object.values(after)])
        expect(stdout + stderr + log).not.toContain(value);
    });
  });

  test('keeps the old value beside the new one for a time, of a JSON member and of a whole parameter', async ({
    scenario,
  }) => {
    await scenario.put('stage/single', 'old-single-canary');
    await scenario.put('stage/single_previous', 'x');
    await scenario.removeParameter('stage/single_previous');
    await install(scenario, {
      app: { path: PATH },
      single: { data: { SINGLE_KEY: '/{system}/{environment}/single' } },
    });
    await withFolder(async (folder) => {
      const kept = await runRotate(scenario, folder, ['JWT_SECRET', 'SINGLE_KEY', '--keep-previous']);
      expect(kept.code, kept.stderr).toBe(0);
      const during = JSON.parse((await readStored(scenario)).text) as Record<string, string>;
      expect(during['JWT_SECRET_PREVIOUS']).toBe(BEFORE.JWT_SECRET);
      expect(await scenario.differences('shop-app', during)).toEqual([]);
      expect((await readStored(scenario, 'stage/single_previous')).text).toBe('old-single-canary');
      const single = await readStored(scenario, 'stage/single');
      expect(await scenario.differences('shop-single', { SINGLE_KEY: single.text })).toEqual([]);
      expect(await runRotate(scenario, folder, ['SINGLE_KEY', '--keep-previous'])).toMatchObject({
        ...{ code: 1, stdout: expect.stringContaining('PREVIOUS_KEPT') },
      });

      const retired = await runRotate(scenario, folder, ['JWT_SECRET', 'SINGLE_KEY', '--retire']);
      expect(retired.code, retired.stderr).toBe(0);
      const { JWT_SECRET_PREVIOUS: _gone, ...rest } = during;
      expect(JSON.parse((await readStored(scenario)).text)).toEqual(rest);
      expect(await scenario.differences('shop-app', rest as Record<string, string>)).toEqual([]);
      expect((await readStored(scenario, 'stage/single_previous')).version).toBeUndefined();
    });
  });

  test('of a Secret that is read once it says that it is written and not delivered, and goes on when that is mended', async ({
    scenario,
  }) => {
    await install(scenario, {
      app: { path: PATH, refreshInterval: '0s' },
      witness: { path: PATH, envFrom: false },
    });
    // The operator sees what it has written itself only after a while; until then it takes the Secret for not created.
    await scenario.refreshed('witness');
    await withFolder(async (folder) => {
      const first = await runRotate(scenario, folder, ['JWT_SECRET']);
      expect(first.code).toBe(1);
      const { error } = JSON.parse(first.stdout) as { error: { code: string; remedy: string } };
      expect(error.code).toBe('NOT_DELIVERED');
      expect(error.remedy).toContain('kubectl annotate secret shop-app');
      const written = await readStored(scenario);
      expect(written.version).toBe('2');
      const metadata = { annotations: { 'reconcile.external-secrets.io/data-hash': null } };
      const secret = { apiVersion: 'v1', kind: 'Secret', name: 'shop-app', namespace: scenario.namespace };
      await scenario.client.patch(secret, { metadata });
      await scenario.holds('shop-app', JSON.parse(written.text) as Record<string, string>);
      const second = await runRotate(scenario, folder, ['JWT_SECRET']);
      expect(second.code, second.stderr).toBe(0);
      expect(JSON.parse(second.stdout)).toMatchObject({ finished: ['JWT_SECRET'] });
      expect(await readStored(scenario)).toEqual(written);
    });
  });

  test('a name that no ExternalSecret reads is refused with the names that they do read', async ({
    scenario,
  }) => {
    await install(scenario);
    await withFolder(async (folder) => {
      const { code, stdout } = await runRotate(scenario, folder, ['JWT_SECRETS']);
      expect(code).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({
        error: { code: 'SECRET_UNKNOWN', remedy: expect.stringContaining('Did you mean JWT_SECRET?') },
      });
      expect(await readdir(folder)).not.toContain('rotations');
    });
  });

  test.for([
    ['journal', 'end', false],
    ['write', 'end', true],
    ['deliver', 'begin', true],
    ['deliver', 'end', true],
    ['close', 'begin', true],
  ] as const)(
    'killed when %s comes to its %s: the next run brings it to its end, and nothing is written twice',
    async ([step, state, isWritten], { scenario }) => {
      await install(scenario);
      await withFolder(async (folder) => {
        const killed = await die(scenario, { folder: join(folder, 'kept'), dieAt: { step, state } });
        expect(killed.signal).toBe('SIGKILL');
        const between = await readStored(scenario);
        expect(between.version).toBe(isWritten ? '2' : '1');
        const { code, stdout, stderr } = await runRotate(scenario, folder, ['JWT_SECRET']);
        expect(code, stderr).toBe(0);
        const after = await readStored(scenario);
        expect(after.version).toBe('2');
        if (isWritten) expect(after).toEqual(between);
        expect(JSON.parse(stdout)).toMatchObject({
          ...{ finished: isWritten ? ['JWT_SECRET'] : [], state: 'done' },
        });
        const members = JSON.parse(after.text) as typeof BEFORE;
        expect(members).toMatchObject({ API_TOKEN: BEFORE.API_TOKEN, UNTOUCHED: BEFORE.UNTOUCHED });
        expect(members.JWT_SECRET).not.toBe(BEFORE.JWT_SECRET);
        expect(await scenario.differences('shop-app', members)).toEqual([]);
        expect(await readRestart(scenario)).toBeDefined();
      });
    },
  );
});

describe.concurrent('sluice rotate, on a store that misbehaves', () => {
  test.for<[string, Fault, { call?: string; times?: number }]>([
    ['takes the write and loses its answer', { type: 'lost-answer' }, { call: 'PutParameter', times: 1 }],
    ['throttles at first', { type: 'throttle' }, { times: 2 }],
  ])(
    'one that %s: the rotation ends as if nothing had been, and writes once',
    async ([, fault, scope], { scenario }) => {
      await install(scenario);
      await withProxy(scenario, async (proxy) => {
        proxy.inject(scenario.path('stage/app'), fault, scope);
        await withFolder(async (folder) => {
          const { code, stderr } = await runRotate(scenario, folder, [
            'JWT_SECRET',
            '--endpoint-url',
            proxy.url,
          ]);
          expect(code, stderr).toBe(0);
        });
        expect(proxy.countHits(scenario.path('stage/app'))).toBe(scope.times);
        const { version, text } = await readStored(scenario);
        expect(version).toBe('2');
        expect(await scenario.differences('shop-app', JSON.parse(text) as typeof BEFORE)).toEqual([]);
      });
    },
  );

  test('one that refuses the write: one error, nothing is changed, and the next run begins anew', async ({
    scenario,
  }) => {
    await install(scenario);
    const path = scenario.path('stage/app');
    await withProxy(scenario, async (proxy) => {
      proxy.inject(path, { type: 'expired' }, { call: 'PutParameter' });
      await withFolder(async (folder) => {
        const args = ['JWT_SECRET', '--endpoint-url', proxy.url];
        const refused = await runRotate(scenario, folder, args);
        expect(refused.code).toBe(3);
        expect(refused.stderr).toContain('STORE_CREDENTIALS');
        expect(await readStored(scenario)).toEqual({ version: '1', text: JSON.stringify(BEFORE) });
        proxy.heal(path);
        const { code, stdout } = await runRotate(scenario, folder, args);
        expect(code).toBe(0);
        expect(JSON.parse(stdout)).toMatchObject({ finished: [], undone: [expect.any(String)] });
        expect((await readStored(scenario)).version).toBe('2');
      });
    });
  });

  test('somebody who sets another key at the same time loses nothing', async ({ scenario }) => {
    await install(scenario);
    await withProxy(scenario, async (proxy) => {
      const happens = async (): Promise<void> => {
        await scenario.put('stage/app', { ...BEFORE, THEIRS: 'set at the same time' });
      };
      proxy.inject(
        scenario.path('stage/app'),
        { type: 'meanwhile', happens },
        { call: 'PutParameter', times: 1 },
      );
      await withFolder(async (folder) => {
        const { code, stderr } = await runRotate(scenario, folder, [
          'JWT_SECRET',
          '--endpoint-url',
          proxy.url,
        ]);
        expect(code, stderr).toBe(0);
      });
      const members = JSON.parse((await readStored(scenario)).text) as Record<string, string>;
      expect(members).toMatchObject({ THEIRS: 'set at the same time', API_TOKEN: BEFORE.API_TOKEN });
      expect(members['JWT_SECRET']).toMatch(/^[0-9a-f]{64}$/u);
      expect(await scenario.differences('shop-app', members)).toEqual([]);
    });
  });
});

/** A proxy between the command and the store; the operator asks the store itself. */
async function withProxy({ cluster }: Scenario, run: (proxy: FaultProxy) => Promise<void>): Promise<void> {
  const proxy = await FaultProxy.start();
  proxy.target = cluster.parameterStore.endpointUrl;
  try {
    await run(proxy);
  } finally {
    await proxy[Symbol.asyncDispose]();
  }
}

async function die(
  { cluster, namespace }: Scenario,
  { folder, dieAt }: Pick<DyingRotation, 'folder' | 'dieAt'>,
) {
  return await dieRotating({ names: ['JWT_SECRET'], folder, cluster: cluster.name, namespace, dieAt });
}
