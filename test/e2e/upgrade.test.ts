import { expect } from 'vitest';
import { waitUntil } from '../../harness/exec/wait-until.js';
import { readReleaseHistory, rollBackRelease } from '../../harness/helm/helm-release.js';
import { RELEASE, test } from './support/scenario.js';

const APP = '/{system}/{app}/{environment}/app';
const EXTRA = '/{system}/{app}/{environment}/extra';
const VALUES = { DATABASE_URL: 'postgresql://app@db.example.com/shop', API_TOKEN: 'token-of-the-app' };

test('an upgrade adds what its values add and leaves the rest; a rollback takes it back', async ({
  scenario,
}) => {
  await scenario.put('shop/stage/app', VALUES);
  await scenario.put('shop/stage/extra', { EXTRA_KEY: 'extra-value' });
  const first = await scenario.install({
    config: { LOG_LEVEL: 'info' },
    externalSecrets: { external: { path: APP } },
  });
  await scenario.synced('external');
  const before = await scenario.readSecret('shop-external');

  const second = await scenario.install({
    config: { LOG_LEVEL: 'debug' },
    externalSecrets: { external: { path: APP }, extra: { path: EXTRA } },
  });
  await scenario.synced('extra');
  expect(second.revision).toBe(first.revision + 1);
  expect(
    await scenario.environmentDifferences({ LOG_LEVEL: 'debug', ...VALUES, EXTRA_KEY: 'extra-value' }),
  ).toEqual([]);
  expect((await scenario.readSecret('shop-external'))?.metadata['uid']).toBe(before?.metadata['uid']);

  await scenario.step(
    'rolled back',
    async () => await rollBackRelease(scenario.place(), RELEASE, first.revision),
  );
  const gone = async (): Promise<void> => {
    if ((await scenario.readSecret('shop-extra')) !== undefined) throw new Error('it is there');
  };
  await waitUntil(gone, { what: 'Secret shop-extra: gone', timeoutMs: 20_000 });
  await scenario.synced('external');
  expect(await scenario.environmentDifferences({ LOG_LEVEL: 'info', ...VALUES })).toEqual([]);
  expect(await scenario.drift()).toEqual([]);
});

test('an upgrade whose values are refused changes nothing', async ({ scenario }) => {
  await scenario.put('shop/stage/app', VALUES);
  const good = { config: { LOG_LEVEL: 'info' }, externalSecrets: { external: { path: APP } } };
  const { revision } = await scenario.install(good);
  await scenario.synced('external');
  const before = await scenario.readSecret('shop-external');

  const refused = scenario.install({ ...good, externalSecrets: { external: { pathh: APP } } });
  await expect(refused).rejects.toThrow(/pathh/u);
  expect(await readReleaseHistory(scenario.place(), RELEASE)).toEqual([{ revision, status: 'deployed' }]);
  expect(await scenario.environmentDifferences({ LOG_LEVEL: 'info', ...VALUES })).toEqual([]);
  expect(await scenario.readSecret('shop-external')).toEqual(before);
  expect(await scenario.drift()).toEqual([]);
});

test('an upgrade that the API server refuses keeps the Secret, and the next one mends the release', async ({
  scenario,
}) => {
  await scenario.put('shop/stage/app', VALUES);
  const good = { config: { LOG_LEVEL: 'info' }, externalSecrets: { external: { path: APP } } };
  await scenario.install(good);
  await scenario.synced('external');
  const before = await scenario.readSecret('shop-external');

  const broken = { apiVersion: 'batch/v1', kind: 'CronJob', spec: { schedule: '61 * * * *' } };
  const refused = scenario.install({ ...good, extraObjects: { broken } });
  await expect(refused).rejects.toThrow(/schedule/u);
  expect(await scenario.readSecret('shop-external')).toEqual(before);
  expect(await scenario.environmentDifferences({ LOG_LEVEL: 'info', ...VALUES })).toEqual([]);
  const history = await readReleaseHistory(scenario.place(), RELEASE);
  expect(history.map(({ status }) => status)).toEqual(['deployed', 'failed']);

  await scenario.install({ ...good, config: { LOG_LEVEL: 'warn' } });
  await scenario.synced('external');
  expect(await scenario.environmentDifferences({ LOG_LEVEL: 'warn', ...VALUES })).toEqual([]);
});
