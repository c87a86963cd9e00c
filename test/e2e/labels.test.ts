import { expect } from 'vitest';
import { refresh } from '../../harness/secrets/refresh.js';
import { test } from './support/scenario.js';

test('a refresh by label has the operator read those ExternalSecrets and no others', async ({ scenario }) => {
  const keys = ['billing', 'ledger', 'search'];
  for (const key of keys) await scenario.put(`shop/stage/${key}`, { [key.toUpperCase()]: 'before' });
  const source = (key: string, labels: Record<string, string> = {}) => ({
    path: `/{system}/{app}/{environment}/${key}`,
    labels,
  });
  await scenario.install({
    externalSecrets: {
      billing: source('billing', { 'example.com/team': 'money' }),
      ledger: source('ledger', { 'example.com/team': 'money' }),
      search: source('search', { 'example.com/team': 'find' }),
    },
  });
  await Promise.all(keys.map(async (key) => await scenario.settled(key)));
  for (const key of keys) await scenario.put(`shop/stage/${key}`, { [key.toUpperCase()]: 'after' });
  const untouched = await scenario.readSecret('shop-search');

  const { client, namespace, cluster } = scenario;
  const { signal } = cluster;
  const refreshed = await refresh(client, { namespace, selector: 'example.com/team=money', signal });
  expect(refreshed.map(({ name }) => name).sort()).toEqual(['shop-billing', 'shop-ledger']);
  expect(await scenario.differences('shop-billing', { BILLING: 'after' })).toEqual([]);
  expect(await scenario.differences('shop-ledger', { LEDGER: 'after' })).toEqual([]);
  expect(await scenario.readSecret('shop-search')).toEqual(untouched);

  expect(await refresh(client, { namespace, selector: 'example.com/team=nobody', signal })).toEqual([]);
  expect(await refresh(client, { namespace, selector: 'example.com/team', signal })).toHaveLength(3);
  expect(await scenario.differences('shop-search', { SEARCH: 'after' })).toEqual([]);
});
