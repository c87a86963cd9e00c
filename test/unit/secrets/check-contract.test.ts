import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SecretValue } from '../../../harness/manifest/secret-value.js';
import { checkContract, type GivenVariable } from '../../../harness/secrets/contract/check-contract.js';
import { checkFormat } from '../../../harness/secrets/contract/check-format.js';
import type { ContractFormat } from '../../../harness/secrets/contract/contract.js';
import { parseContract } from '../../../harness/secrets/contract/read-contract.js';

const contract = await parseContract(
  `variables:
  JWT_SECRET_KEY:
    description: signs tokens
    required: true
    format: {minLength: 8}
    generate: {type: hex, bytes: 32}
    insecureDefaults: [dev-secret-key]
  REDIS_URL: {description: the cache, required: true, format: {schemes: [redis, rediss]}, default: "redis://localhost:6379"}
  LOG_LEVEL: {description: how much is said, source: config, format: {oneOf: [debug, info]}, default: info}
  ROOT_PASSWORD: {description: of the server, required: true, workloads: [StatefulSet/db]}
`,
  'contract.yaml',
);

const fine = {
  JWT_SECRET_KEY: 'canary-0123456789',
  REDIS_URL: 'rediss://cache:6379/0',
  ROOT_PASSWORD: 'canary-root',
};

function give(values: Readonly<Record<string, string>>): GivenVariable[] {
  return Object.entries(values).map(([name, value], index) => ({
    name,
    value: new SecretValue(value),
    line: index + 1,
  }));
}

function tell(given: readonly GivenVariable[], options?: Parameters<typeof checkContract>[2]): string[] {
  return checkContract(contract, given, options).map(
    ({ severity, rule, line, message }) => `${severity} ${rule} ${line ?? '-'} ${message}`,
  );
}

test('variables that are as agreed have no findings', () => {
  expect(tell(give({ ...fine, LOG_LEVEL: 'debug' }))).toEqual([]);
});

test.each([
  {
    what: 'a required variable that is not there',
    values: { ...fine, JWT_SECRET_KEY: undefined },
    said: 'error contract-missing - JWT_SECRET_KEY is missing, but required: signs tokens',
  },
  {
    what: 'a required variable that is empty',
    values: { ...fine, JWT_SECRET_KEY: '' },
    said: 'error contract-empty 1 JWT_SECRET_KEY is empty, but required: signs tokens',
  },
  {
    what: 'a secret of an example',
    values: { ...fine, JWT_SECRET_KEY: 'dev-secret-key' },
    said: 'error contract-insecure-default 1 JWT_SECRET_KEY has the value of an example, which everybody knows',
  },
  {
    what: 'a secret that is the default of the application',
    values: { ...fine, REDIS_URL: 'redis://localhost:6379' },
    said: 'error contract-insecure-default 2 REDIS_URL has the value of an example, which everybody knows',
  },
  {
    what: 'a secret that is yet to be filled in',
    values: { ...fine, ROOT_PASSWORD: 'changeme' },
    said: 'error contract-insecure-default 3 ROOT_PASSWORD is a word that stands for a secret',
  },
  {
    what: 'a secret of a wrong format',
    values: { ...fine, JWT_SECRET_KEY: 'canary' },
    said: 'error contract-format 1 JWT_SECRET_KEY is 6 characters long, at least 8 are asked for',
  },
  {
    what: 'a URL of another kind',
    values: { ...fine, REDIS_URL: 'http://canary' },
    said: 'error contract-format 2 REDIS_URL is not a URL of redis or rediss',
  },
  {
    what: 'a setting that is none of the possible ones',
    values: { ...fine, LOG_LEVEL: 'canary' },
    said: 'error contract-format 4 LOG_LEVEL is none of debug, info',
  },
  {
    what: 'a variable that nobody agreed on',
    values: { ...fine, JWT_SECRET_KEI: 'canary' },
    said: 'warning contract-unknown 4 JWT_SECRET_KEI is not in the contract',
  },
])('$what is found, with its line and without its value', ({ values, said }) => {
  const found = tell(give(JSON.parse(JSON.stringify(values)) as Record<string, string>));
  expect(found).toEqual([said]);
  expect(
    JSON.stringify(
      checkContract(contract, give(JSON.parse(JSON.stringify(values)) as Record<string, string>)),
    ),
  ).not.toContain('canary');
});

test('a mistyped name is told the one that it most likely meant', () => {
  const [finding] = checkContract(contract, give({ ...fine, JWT_SECRET_KEI: 'x' }));
  expect(finding?.remedy).toBe('Did you mean JWT_SECRET_KEY?');
});

test('a missing secret that can be generated comes with the line that makes one', () => {
  const [finding] = checkContract(contract, give({ ...fine, JWT_SECRET_KEY: 'changeme' }));
  expect(finding?.remedy).toBe('Give JWT_SECRET_KEY a new value: openssl rand -hex 32');
});

test('a variable that comes twice is told with the earlier line', () => {
  const given = [...give(fine), { name: 'REDIS_URL', value: new SecretValue('redis://b'), line: 9 }];
  expect(tell(given)).toEqual([
    'warning contract-duplicate 9 REDIS_URL is there twice (line 2): the last one wins',
  ]);
});

test('on a developer’s machine the value of an example is a warning', () => {
  expect(tell(give({ ...fine, JWT_SECRET_KEY: 'dev-secret-key' }), { local: true })).toEqual([
    expect.stringMatching(/^warning contract-insecure-default/u),
  ]);
});

test('a variable with _FILE at its end counts for the one without', () => {
  expect(tell(give({ ...fine, JWT_SECRET_KEY_FILE: '/run/secrets/jwt' }).slice(1))).toEqual([]);
});

test('where more variables may come nothing is said to be missing', () => {
  expect(tell([], { mayHoldMore: true })).toEqual([]);
});

test('a workload is not asked for what only another one needs', () => {
  const given = give({ JWT_SECRET_KEY: 'canary-0123456789', REDIS_URL: 'redis://cache' });
  expect(tell(given, { workload: 'Deployment/web' })).toEqual([]);
  expect(tell(given, { workload: 'StatefulSet/db' })).toEqual([
    expect.stringContaining('ROOT_PASSWORD is missing'),
  ]);
});

test('a secret in the clear is found though its value is fine', () => {
  const [first, ...others] = give(fine);
  expect(tell([{ ...first!, exposed: true }, ...others])).toEqual([
    'error contract-exposed 1 JWT_SECRET_KEY is a secret, but stands where everybody can read it',
  ]);
});

test.each<{ format: ContractFormat; fine: string[]; wrong: string[] }>([
  { format: { type: 'integer' }, fine: ['0', '-7', '30'], wrong: ['1.5', 'ten', '', '1e3', ' 1'] },
  { format: { type: 'number' }, fine: ['1.5', '.5', '1e3', '-2'], wrong: ['1,5', 'NaN', ''] },
  { format: { type: 'boolean' }, fine: ['true', 'False', '1', 'off'], wrong: ['maybe', '2'] },
  {
    format: { type: 'url' },
    fine: ['https://a.example.com/x', 'redis://h:6379/0'],
    wrong: ['a.example.com', 'http://', '//x'],
  },
  { format: { type: 'email' }, fine: ['a@example.com'], wrong: ['a@b', 'a b@example.com'] },
  {
    format: { type: 'hostname' },
    fine: ['db', 'db.example.com'],
    wrong: ['db_1', '-a', 'https://db', 'a..b'],
  },
  { format: { type: 'port' }, fine: ['1', '65535'], wrong: ['0', '65536', '-1', '80a'] },
  { format: { type: 'hex' }, fine: ['00ff'], wrong: ['0f0', 'xy', ''] },
  { format: { type: 'base64' }, fine: ['YWJj', 'YWI=', '_-8', 'YWJj\nYWJj'], wrong: ['a b!', '', 'YWJ%'] },
  { format: { type: 'json' }, fine: ['{}', '[1]'], wrong: ['{a: 1}', ''] },
  {
    format: { type: 'pem' },
    fine: ['-----BEGIN CERTIFICATE-----\nMC4C\n-----END CERTIFICATE-----\n'],
    wrong: ['-----BEGIN CERTIFICATE----- MC4C -----END CERTIFICATE-----', 'MC4C'],
  },
  { format: { type: 'uuid' }, fine: ['123e4567-e89b-12d3-a456-426614174000'], wrong: ['123e4567'] },
  { format: { type: 'duration' }, fine: ['30s', '1h30m'], wrong: ['30', '1 day'] },
  { format: { pattern: '^sk-' }, fine: ['sk-1'], wrong: ['pk-1'] },
  { format: { minLength: 2, maxLength: 3 }, fine: ['ab', 'äöü'], wrong: ['a', 'abcd'] },
  { format: { minimum: 1, maximum: 3 }, fine: ['1', '3'], wrong: ['0', '4', 'x'] },
])('$format takes what it should and nothing else', ({ format, fine: taken, wrong }) => {
  expect(taken.filter((text) => checkFormat(format, text).length > 0)).toEqual([]);
  expect(wrong.filter((text) => checkFormat(format, text).length === 0)).toEqual([]);
});

test('no finding holds a value, whatever it is', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^canary[\x20-\x7e]{0,30}$/u),
      fc.constantFrom(...contract.entries),
      (value, { name }) => {
        expect(JSON.stringify(checkContract(contract, give({ [name]: value })))).not.toContain('canary');
      },
    ),
  );
});
