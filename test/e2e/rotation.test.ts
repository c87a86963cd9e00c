import { describe, expect } from 'vitest';
import { test } from './support/scenario.js';

describe('rotation', () => {
  test('one key is changed and the operator asked to read: the Secret follows, the other keys stay', async ({
    scenario,
  }) => {
    const before = {
      DATABASE_URL: 'postgresql://old@db.example.com/shop',
      API_TOKEN: 'token-before-rotation',
    };
    await scenario.put('shop/stage/app', before);
    await scenario.install({ externalSecrets: { external: { path: '/{system}/{app}/{environment}/app' } } });
    await scenario.synced('external');
    expect(await scenario.differences('shop-external', before)).toEqual([]);

    const after = { ...before, API_TOKEN: 'token-after-rotation' };
    await scenario.put('shop/stage/app', after);
    expect((await scenario.refreshed('external')).durationMs).toBeLessThan(5000);
    expect(await scenario.differences('shop-external', after)).toEqual([]);
    expect(await scenario.environmentDifferences(after)).toEqual([]);
  });
});
