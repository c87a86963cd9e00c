import { describe, expect } from 'vitest';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { type Scenario, test } from './support/scenario.js';

const GOOD = { DB_PASSWORD: 'last-good-password', API_TOKEN: 'last-good-token' };
const MENDED = { DB_PASSWORD: 'mended-password', API_TOKEN: 'mended-token' };
const EXTRACT = { path: '/{system}/{environment}/app' };
const PROPERTY = {
  data: {
    DB_PASSWORD: { path: '/{system}/{environment}/app', property: 'DB_PASSWORD' },
    API_TOKEN: { path: '/{system}/{environment}/app', property: 'API_TOKEN' },
  },
};

interface Breakage {
  what: string;
  entry: JsonObject;
  /** Undefined: the parameter is deleted. */
  stored?: string;
  /** What the operator says in its event. */
  event: RegExp;
}

const REPORTED: Breakage[] = [
  {
    what: 'a comma too many',
    entry: EXTRACT,
    stored: '{"DB_PASSWORD": "a",}',
    event: /unable to unmarshal secret/u,
  },
  { what: 'plain text', entry: EXTRACT, stored: 'not json', event: /unable to unmarshal secret/u },
  { what: 'an array', entry: EXTRACT, stored: '["a"]', event: /unable to unmarshal secret/u },
  { what: 'a text in quotes', entry: EXTRACT, stored: '"text"', event: /unable to unmarshal secret/u },
  { what: 'a parameter that is gone', entry: EXTRACT, event: /Secret does not exist/u },
  {
    what: 'a property that is gone',
    entry: PROPERTY,
    stored: '{"API_TOKEN": "x"}',
    event: /key DB_PASSWORD does not exist/u,
  },
  {
    what: 'a property of plain text',
    entry: PROPERTY,
    stored: 'not json',
    event: /key API_TOKEN does not exist/u,
  },
  { what: 'a parameter that is gone, read by key', entry: PROPERTY, event: /Secret does not exist/u },
];

describe.concurrent('a source that breaks while it is in use', () => {
  for (const { what, entry, stored, event } of REPORTED) {
    test(`${what}: reported, the last good Secret stays, and mending it is enough`, async ({ scenario }) => {
      await startGood(scenario, entry);
      if (stored === undefined) await scenario.removeParameter('stage/app');
      else await scenario.put('stage/app', stored);
      await scenario.askForSync('app');
      await scenario.failed('app');
      const { message } = await scenario.event('ExternalSecret shop-app', event);
      scenario.tell(message);
      expect(await scenario.environmentDifferences(GOOD)).toEqual([]);

      await scenario.put('stage/app', MENDED);
      await scenario.holds('shop-app', MENDED);
      await scenario.synced('app');
      expect(await scenario.environmentDifferences(MENDED)).toEqual([]);
      expect(await scenario.drift()).toEqual([]);
    });
  }
});

async function startGood(scenario: Scenario, entry: JsonObject): Promise<void> {
  await scenario.put('stage/app', GOOD);
  await scenario.install({ externalSecrets: { app: entry } });
  await scenario.synced('app');
  expect(await scenario.differences('shop-app', GOOD)).toEqual([]);
}
