import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'vitest';
import { test } from './support/scenario.js';

/** A member of the stored JSON: as it is written there, and as the environment must have it. */
interface Member {
  key: string;
  json: string;
  text: string;
}

function listMembers(): Member[] {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const texts: Record<string, string> = {
    DATABASE_URL: 'postgresql://app:p%40ss@db.example.com:5432/shop?sslmode=require',
    TLS_KEY: privateKey,
    UNICODE: 'Grüße, 世界 🔑 \u00a0\u2028\u2029',
    QUOTES: `'single' "double" \`back\` \\ \\n $HOME $(HOME) $\${HOME} %s #no {{ .no }} <&>`,
    CONTROL: 'tab\tcarriage\r\nline\nbell\u0007end',
    SPACES: '  both ends  ',
    NEWLINE: '\n',
    EMPTY: '',
    TRUE_TEXT: 'true',
    NULL_TEXT: 'null',
    LEADING_ZEROS: '007',
    JSON_TEXT: '{"a": [1, 2]}',
  };
  const nested = '{"host": "db.example.com", "ports": [5432, 5433]}';
  const others = [
    ['INTEGER', '10000000', '10000000'],
    ['BEYOND_DOUBLE', '12345678901234567890', '12345678901234567890'],
    ['DECIMAL', '1.10', '1.10'],
    ['EXPONENT', '1e3', '1e3'],
    ['BOOLEAN', 'false', 'false'],
    ['NULL', 'null', ''],
    ['NESTED', nested, nested],
    ['LIST', '["a", "b"]', '["a", "b"]'],
  ] as const;
  return [
    ...Object.entries(texts).map(([key, text]) => ({ key, text, json: JSON.stringify(text) })),
    ...others.map(([key, json, text]) => ({ key, json, text })),
  ];
}

test('every key of a JSON parameter reaches the Secret byte for byte, and nothing drifts', async ({
  scenario,
}) => {
  const members = listMembers();
  const json = `{${members.map(({ key, json }) => `${JSON.stringify(key)}: ${json}`).join(',\n')}}`;
  await scenario.put('shop/stage/app', json);
  await scenario.install({
    config: { LOG_LEVEL: 'info', LIMIT: 10000000 },
    externalSecrets: { external: { path: '/{system}/{app}/{environment}/app' } },
  });
  await scenario.synced('external');
  const expected = Object.fromEntries(members.map(({ key, text }) => [key, text]));
  expect(await scenario.differences('shop-external', expected)).toEqual([]);
  expect(await scenario.drift()).toEqual([]);
});
