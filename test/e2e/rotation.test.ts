import { describe, expect } from 'vitest';
import { test } from './support/scenario.js';

const PATH = '/{system}/{app}/{environment}/app';
const BEFORE = { DATABASE_URL: 'postgresql://old@db.example.com/shop', API_TOKEN: 'token-before-rotation' };
const AFTER = { ...BEFORE, API_TOKEN: 'token-after-rotation' };

describe.concurrent('rotation', () => {
  test('one key is changed and the operator asked to read: the Secret follows, everything else stays', async ({
    scenario,
  }) => {
    await scenario.put('shop/stage/app', BEFORE);
    await scenario.put('shop/stage/other', { OTHER: 'other-value' });
    await scenario.install({
      externalSecrets: { external: { path: PATH }, other: { path: '/{system}/{app}/{environment}/other' } },
    });
    await Promise.all([scenario.synced('external'), scenario.synced('other')]);
    expect(await scenario.differences('shop-external', BEFORE)).toEqual([]);
    const other = await scenario.readSecret('shop-other');

    await scenario.put('shop/stage/app', AFTER);
    await scenario.refreshed('external');
    expect(await scenario.differences('shop-external', AFTER)).toEqual([]);
    expect(await scenario.environmentDifferences({ ...AFTER, OTHER: 'other-value' })).toEqual([]);
    expect((await scenario.readSecret('shop-other'))?.metadata['resourceVersion']).toBe(
      other?.metadata['resourceVersion'],
    );
    expect(await scenario.drift()).toEqual([]);
  });

  test('without being asked the operator reads again after the refresh interval', async ({ scenario }) => {
    await scenario.put('shop/stage/app', BEFORE);
    await scenario.install({ externalSecrets: { external: { path: PATH, refreshInterval: '5s' } } });
    await scenario.synced('external');
    await scenario.put('shop/stage/app', AFTER);
    await scenario.holds('shop-external', AFTER, 15_000);
  });

  test('a Secret that is read once, when it is created, stays as it is, even when asked', async ({
    scenario,
  }) => {
    await scenario.put('shop/stage/app', BEFORE);
    await scenario.install({
      externalSecrets: {
        external: { path: PATH, refreshPolicy: 'CreatedOnce' },
        witness: { path: PATH, envFrom: false },
      },
    });
    await Promise.all([scenario.synced('external'), scenario.synced('witness')]);
    // The operator reads what it has written itself only after a while; until then it takes the Secret for not created.
    await scenario.refreshed('witness');
    await scenario.put('shop/stage/app', AFTER);
    await scenario.askForSync('external');
    await scenario.refreshed('witness');
    expect(await scenario.differences('shop-witness', AFTER)).toEqual([]);
    expect(await scenario.differences('shop-external', BEFORE)).toEqual([]);
    expect(await scenario.drift()).toEqual([]);
  });

  test('a Secret that is read on a change only is not read again as time goes by, and is when asked', async ({
    scenario,
  }) => {
    await scenario.put('shop/stage/app', BEFORE);
    await scenario.install({
      refreshInterval: '1s',
      externalSecrets: {
        external: { path: PATH, refreshPolicy: 'OnChange' },
        witness: { path: PATH, envFrom: false },
      },
    });
    await Promise.all([scenario.synced('external'), scenario.synced('witness')]);
    await scenario.refreshed('witness');
    await scenario.put('shop/stage/app', AFTER);
    await scenario.holds('shop-witness', AFTER);
    expect(await scenario.differences('shop-external', BEFORE)).toEqual([]);
    await scenario.refreshed('external');
    expect(await scenario.differences('shop-external', AFTER)).toEqual([]);
    expect(await scenario.drift()).toEqual([]);
  });

  test('what somebody changes in the Secret by hand is put right without being asked', async ({
    scenario,
  }) => {
    await scenario.put('shop/stage/app', BEFORE);
    await scenario.install({ externalSecrets: { external: { path: PATH } } });
    await scenario.synced('external');
    const reference = {
      apiVersion: 'v1',
      kind: 'Secret',
      name: 'shop-external',
      namespace: scenario.namespace,
    };
    const data = { API_TOKEN: Buffer.from('by hand').toString('base64') };
    await scenario.client.patch(reference, { data });
    await scenario.holds('shop-external', BEFORE);
    await scenario.client.remove(reference);
    await scenario.holds('shop-external', BEFORE);
  });
});
