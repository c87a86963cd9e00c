import { describe, expect } from 'vitest';
import { countRestarts, POD_VALUES, type Pods, test } from './support/pods.js';

const PATH = '/{system}/{environment}/app';
const GOOD = { DB_PASSWORD: 'last-good-password', API_TOKEN: 'last-good-token' };
const VALUES = { externalSecrets: { app: { path: PATH } } };

async function readOwn(pods: Pods): Promise<Record<string, string>> {
  const { environment } = await pods.report((await pods.one()).metadata.name);
  return Object.fromEntries(Object.keys(GOOD).map((name) => [name, environment[name] ?? '']));
}

describe.concurrent('a secret that is not there, or is broken', () => {
  test('a parameter that is written after the first deploy: the pod waits for it, and starts by itself', async ({
    scenario,
    pods,
  }) => {
    await scenario.install({ ...POD_VALUES, ...VALUES });
    const reason = await pods.stuck(/CreateContainerConfigError/u);
    expect(reason).toContain('secret "shop-app" not found');
    const waiting = await pods.one();

    await scenario.put('stage/app', GOOD);
    await pods.rolledOut();
    const started = await pods.one();
    expect(started.metadata.name).toBe(waiting.metadata.name);
    expect(countRestarts(started)).toBe(0);
    expect(await readOwn(pods)).toEqual(GOOD);
  }, 120_000);

  test('a comma too many while pods run: they keep the last good values, and so does one that is started anew', async ({
    scenario,
    pods,
  }) => {
    await scenario.put('stage/app', GOOD);
    await pods.install(VALUES, { synced: ['app'] });
    const before = await pods.one();
    await scenario.put('stage/app', '{"DB_PASSWORD": "broken",}');
    await scenario.askForSync('app');
    await scenario.failed('app');
    const same = await pods.one();
    expect([same.metadata.name, countRestarts(same)]).toEqual([before.metadata.name, 0]);
    expect(JSON.parse(await pods.ask(same.metadata.name, '/report'))).toMatchObject({ environment: GOOD });

    await pods.replace();
    expect((await pods.one()).metadata.name).not.toBe(before.metadata.name);
    expect(await readOwn(pods)).toEqual(GOOD);
  }, 120_000);
});
