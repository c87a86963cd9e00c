import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { readContract } from '../../harness/secrets/contract/read-contract.js';
import { runDoctor } from '../../harness/secrets/doctor/run-doctor.js';
import { evidenceOf, examine, findingOf, listIds } from './support/doctor.js';
import { type Scenario, test } from './support/scenario.js';

const PATH = '/{system}/{environment}/app';
const STRONG = {
  DATABASE_URL: 'postgresql://shop:vK7-mQ2x_Rt9.zB4w@db.example.com/shop',
  API_TOKEN: 'hT5!nW8q-Lc3@yD6r_Xp1',
};
const HOUR_MS = 3_600_000;

async function install(scenario: Scenario, stored: JsonObject, values: JsonObject = {}): Promise<void> {
  await scenario.put('stage/app', stored);
  await scenario.install({ externalSecrets: { app: { path: PATH } }, ...values });
  await scenario.synced('app');
}

async function withContract<T>(variables: JsonObject, run: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-doctor-'));
  try {
    const file = join(folder, 'contract.yaml');
    await writeFile(file, JSON.stringify({ variables }));
    return await run(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe.concurrent('sluice doctor, beside the chain', () => {
  test('a contract that is kept, and strong values of an environment of their own: nothing is found', async ({
    scenario,
  }) => {
    await scenario.put('prod/app', { ...STRONG, API_TOKEN: 'zQ9!another-One_7wE4r', DATABASE_URL: 'x' });
    await install(scenario, STRONG, { config: { LOG_LEVEL: 'info' } });
    const variables = {
      DATABASE_URL: { description: 'the database', required: true, format: 'url', rotateEvery: '90d' },
      API_TOKEN: { description: 'of the shop', required: true, rotateEvery: '90d' },
      LOG_LEVEL: { description: 'how much is logged', source: 'config' },
    };
    await withContract(variables, async (file) => {
      const report = await examine(scenario, ['--contract', file, '--compare', 'prod']);
      expect(report.findings).toEqual([]);
      expect(report.checks.filter(({ state }) => state !== 'fine')).toEqual([]);
    });
  });

  test('contract-missing, -empty, -format, -insecure-default, -exposed, -unknown: where contract and container differ', async ({
    scenario,
  }) => {
    const stored = {
      ...STRONG,
      PORT: 'not-a-port',
      EMPTY: '',
      SAMPLE_KEY: 'sample-key-of-the-docs-1X',
      EXTRA: 'e',
    };
    await install(scenario, stored, { config: { SIGNING_ID: 'in-the-clear' } });
    const variables = {
      DATABASE_URL: { description: 'the database', required: true },
      API_TOKEN: { description: 'of the shop' },
      GONE: { description: 'is nowhere', required: true },
      PORT: { description: 'to listen on', format: 'port' },
      EMPTY: { description: 'has to be there', required: true },
      SAMPLE_KEY: { description: 'signs', insecureDefaults: ['sample-key-of-the-docs-1X'] },
      SIGNING_ID: { description: 'is a secret' },
    };
    await withContract(variables, async (file) => {
      const report = await examine(scenario, ['--contract', file]);
      const messages = Object.fromEntries(report.findings.map(({ id, message }) => [id, message]));
      expect(messages).toMatchObject({
        'contract-missing': expect.stringContaining('GONE is missing'),
        'contract-empty': expect.stringContaining('EMPTY is empty'),
        'contract-format': expect.stringContaining('PORT is not a port'),
        'contract-insecure-default': expect.stringContaining('SAMPLE_KEY has the value of an example'),
        'contract-exposed': expect.stringContaining('SIGNING_ID is a secret'),
        'contract-unknown': 'EXTRA is not in the contract',
      });
      expect(report.code).toBe(1);
      const only = await examine(scenario, ['--contract', file, '--only', 'contract-unknown']);
      expect({ ids: listIds(only), code: only.code }).toEqual({ ids: ['contract-unknown'], code: 0 });
      for (const value of ['not-a-port', 'sample-key-of-the-docs', 'in-the-clear'])
        expect(JSON.stringify(report)).not.toContain(value);
    });
  });

  test('value-weak: short, plain and well-known secrets, by name and reason alone', async ({ scenario }) => {
    const weak = {
      DB_PASSWORD: 'password123',
      API_TOKEN: 'tooshort7X!',
      JWT_SECRET: 'onlylowercaseletters',
      DATABASE_URL: 'postgresql://shop:devpass@db.example.com/shop',
      SIGNING_KEY: 'f3'.repeat(32),
      DB_HOST: 'db',
    };
    await install(scenario, weak);
    const report = await examine(scenario);
    expect(listIds(report)).toEqual(['value-weak']);
    expect(report.findings.map(({ message }) => message).sort()).toEqual([
      'API_TOKEN is weak: 11 characters, 16 are the least',
      'DATABASE_URL is weak: it is one of those that everybody tries first',
      'DB_PASSWORD is weak: it is one of those that everybody tries first',
      'JWT_SECRET is weak: 1 of 4 kinds of characters, 3 are the least below 32 characters',
      'SIGNING_KEY is weak: it repeats a few characters',
    ]);
    for (const value of Object.values(weak))
      if (value.length > 2) expect(JSON.stringify(report)).not.toContain(value);
  });

  test('value-shared: the same secret in another environment', async ({ scenario }) => {
    await install(scenario, STRONG);
    await scenario.put('prod/app', { OTHER_NAME: STRONG.API_TOKEN, DATABASE_URL: 'another' });
    const report = await examine(scenario, ['--compare', 'prod']);
    expect(listIds(report)).toEqual(['value-shared']);
    const finding = findingOf(report, 'value-shared');
    expect(finding.message).toBe('API_TOKEN is the same secret as in prod');
    expect(evidenceOf(finding, 'store')).toBe(
      `${scenario.path('prod/app')} › OTHER_NAME holds the same value`,
    );
    expect(JSON.stringify(report)).not.toContain(STRONG.API_TOKEN);
  });

  test('rotation-overdue: a key that is as it was, though another key of the same JSON was written since', async ({
    scenario,
  }) => {
    await install(scenario, STRONG);
    const between = new Date(Date.now() + 1000);
    await scenario.put('prod/unrelated', 'passes the time');
    const stored = async () => (await scenario.parameters.get(scenario.path('stage/app')))?.modifiedAt;
    const first = await stored();
    expect(first).toBeDefined();
    let written = first;
    // The store tells times to the second or finer: the second write must be later than the first by some.
    for (let round = 0; written === undefined || written.getTime() <= between.getTime(); round += 1) {
      await scenario.put('stage/app', { ...STRONG, DATABASE_URL: `${STRONG.DATABASE_URL}${round}` });
      written = await stored();
    }
    await scenario.refreshed('app');
    const variables = {
      DATABASE_URL: { description: 'the database', rotateEvery: '1h' },
      API_TOKEN: { description: 'of the shop', rotateEvery: '1h' },
    };
    await withContract(variables, async (file) => {
      const { client, namespace, parameters } = scenario;
      const examineAt = async (now: Date) =>
        await runDoctor(client, {
          ...{ namespace, now, contract: await readContract(file), openStore: () => parameters },
          only: ['rotation-overdue'],
        });
      const inTime = await examineAt(new Date(Date.now() + HOUR_MS / 2));
      expect(inTime.findings).toEqual([]);
      const late = await examineAt(new Date(between.getTime() + HOUR_MS));
      expect(listIds(late)).toEqual(['rotation-overdue']);
      expect(late.findings.map(({ message }) => message)).toEqual([
        expect.stringMatching(/^API_TOKEN is to be rotated every 1h, and is as it was at /u),
      ]);
      expect(late.findings[0]?.remedy).toBe(`sluice rotate API_TOKEN --namespace ${namespace}`);
      const later = await examineAt(new Date(Date.now() + 2 * HOUR_MS));
      expect(later.findings).toHaveLength(2);
    });
  });

  test('refresh-cost: reading so often that others are left without', async ({ scenario }) => {
    await scenario.put('stage/app', STRONG);
    const data = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`KEY_${index}`, { path: PATH, property: 'API_TOKEN' }]),
    );
    await scenario.install({ externalSecrets: { app: { refreshInterval: '1s', data } } });
    await scenario.synced('app');
    const report = await examine(scenario, ['--only', 'refresh-cost']);
    expect(findingOf(report, 'refresh-cost').message).toBe(
      'refreshing takes 30 % of the requests that SSM allows the whole account',
    );
  });

  test('a check that does not exist, and a namespace without secrets, are wrong usage', async ({
    scenario,
  }) => {
    await expect(examine(scenario, ['--only', 'made-up'])).rejects.toThrow();
    await expect(examine(scenario)).rejects.toThrow();
  });
});
