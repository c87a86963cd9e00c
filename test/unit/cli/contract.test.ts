import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { contractSchema } from '../../../harness/secrets/contract/contract-schema.js';
import { readContract } from '../../../harness/secrets/contract/read-contract.js';
import { parseDotenv } from '../../../harness/secrets/dotenv.js';
import { runCli } from '../../helpers/run-cli.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const SAMPLES = ['docs/samples/fastapi/contract.yaml', 'docs/samples/devplatform/contract.yaml'];
const [FASTAPI = '', DEVPLATFORM = ''] = SAMPLES;
const chart = resolve('chart');

const contract = `variables:
  DB_PASSWORD: {description: of the database | the main one, required: true, category: Database, rotateEvery: 90d,
    format: {minLength: 16}, generate: {type: password}, insecureDefaults: [devpass]}
  LOG_LEVEL: {description: how much is said, category: Config, source: config, format: {oneOf: [debug, info]}, default: info}
`;

describe('the published schema', () => {
  it('is the one that contracts are read by', async () => {
    expect(JSON.parse(await readFile('docs/contract.schema.json', 'utf8'))).toEqual(contractSchema);
    expect(JSON.parse((await runCli(['contract', 'schema'])).stdout)).toEqual(contractSchema);
  });

  it.each(SAMPLES)('is a schema of its draft, and takes %s', async (path) => {
    const validate = new Ajv({ strict: false, discriminator: true }).compile(contractSchema);
    expect(validate(parse(await readFile(path, 'utf8')))).toBe(true);
    expect(validate({ variables: { A: { descripton: 'mistyped' } } })).toBe(false);
  });
});

test('the inventory of a platform is there with every variable, its category and its rotation', async () => {
  const { entries } = await readContract(DEVPLATFORM);
  expect(entries).toHaveLength(25);
  expect(entries.filter(({ required }) => required)).toHaveLength(11);
  expect(entries.find(({ name }) => name === 'JWT_SECRET_KEY')).toMatchObject({
    category: 'Security',
    rotateEvery: '90d',
    generate: { type: 'hex', bytes: 32 },
  });
});

test('the table has one line a variable, and nothing in a description breaks it', async () => {
  const cwd = await makeTempFolder({ 'contract.yaml': contract });
  const { code, stdout } = await runCli(['contract', 'docs'], { cwd });
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual([
    '| Variable | Description | Required | Category | Rotation | Format | Default |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    '| `DB_PASSWORD` | of the database \\| the main one | Yes | Database | every 90 days | at least 16 characters |  |',
    '| `LOG_LEVEL` | how much is said | No | Config | N/A | `debug`, `info` | `info` |',
    '',
  ]);
});

test('the table is written into a page between two marks, and found there up to date', async () => {
  const page = '# Variables\n\n<!-- contract:begin -->\nold\n<!-- contract:end -->\n\nMore.\n';
  const cwd = await makeTempFolder({ 'contract.yaml': contract, 'page.md': page, 'bare.md': '# Nothing\n' });
  const run = async (...flags: string[]) => await runCli(['contract', 'docs', ...flags], { cwd });
  expect(await run('--check', 'page.md')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('--into page.md'),
  });
  expect((await run('--into', 'page.md')).code).toBe(0);
  expect(await run('--check', 'page.md')).toMatchObject({ code: 0, stdout: 'page.md: up to date\n' });
  const written = await readFile(`${cwd}/page.md`, 'utf8');
  expect(written).toMatch(/^# Variables\n\n<!-- contract:begin -->\n\n\| Variable/u);
  expect(written).toMatch(/<!-- contract:end -->\n\nMore\.\n$/u);
  expect(await run('--into', 'bare.md')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('MARKS_MISSING'),
  });
});

test.each(SAMPLES)('the .env.example of %s names every variable and holds no secret', async (path) => {
  const { stdout } = await runCli(['contract', 'env-example', '--contract', path]);
  const { entries } = await readContract(path);
  const given = parseDotenv(stdout);
  expect(given.map(({ name }) => name)).toEqual(
    entries.filter(({ required }) => required).map(({ name }) => name),
  );
  for (const { name, required } of entries)
    if (!required) expect(stdout).toMatch(new RegExp(`^# ${name}=`, 'mu'));
  for (const word of entries.flatMap(({ insecureDefaults }) => insecureDefaults))
    expect(stdout).not.toContain(`=${word}\n`);
});

test('what a chart gives is as agreed, and what only the store can tell is named', async () => {
  const { code, stdout } = await runCli([
    'contract',
    'check',
    '--contract',
    FASTAPI,
    '-f',
    'values/prod.yaml',
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain('only the store can tell of DB_HOST, DB_USER, DB_PASSWORD');
  expect(stdout).toContain('9 variables: nothing wrong');
});

test('a secret in the configuration and a setting of a wrong format are found in what is rendered', async () => {
  const values = `nameOverride: web
environment: prod
image: {repository: registry.example.com/shop/web, tag: "1"}
config: {LOG_LEVEL: canary-verbose, DB_PASSWORD: canary-0123456789abcdef, COLOUR: canary-blue}
`;
  const cwd = await makeTempFolder({ 'contract.yaml': contract, 'prod.yaml': values });
  const run = async (...flags: string[]) =>
    await runCli(['contract', 'check', '--chart', chart, '--release', 'web', '-f', 'prod.yaml', ...flags], {
      cwd,
    });
  const { code, stdout, stderr } = await run();
  expect(code).toBe(1);
  expect(stdout).toContain(
    'error DB_PASSWORD is a secret, but stands where everybody can read it [contract-exposed]',
  );
  expect(stdout).toContain('error LOG_LEVEL is none of debug, info [contract-format]');
  expect(stdout).toContain('warning COLOUR is not in the contract [contract-unknown]');
  const json = await run('--json');
  expect(JSON.parse(json.stdout)).toMatchObject({
    contract: 'contract.yaml',
    cases: [{ name: 'prod.yaml', workloads: [{ workload: 'Deployment/web', findings: { length: 3 } }] }],
  });
  expect(stdout + stderr + json.stdout).not.toContain('canary');
});

describe('sluice env check', () => {
  const run = async (text: string, ...flags: string[]) => {
    const cwd = await makeTempFolder({ 'contract.yaml': contract, '.env': text });
    return await runCli(['env', 'check', ...flags], { cwd });
  };

  it('finds nothing wrong with a file that is as agreed', async () => {
    expect(await run('DB_PASSWORD="canary 0123456789"\nLOG_LEVEL=info\n')).toEqual({
      code: 0,
      stdout: '.env: 2 variables: nothing wrong\n',
      stderr: '',
    });
  });

  it('tells each problem with its line, its remedy and no value', async () => {
    const { code, stdout, stderr } = await run(
      '# ours\nLOG_LEVEL=canary\n\nDB_PASSWORD=devpass\nDB_PASWORD=canary\n',
    );
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout.split('\n').filter((line) => !line.startsWith(' '))).toEqual([
      '.env:4 error DB_PASSWORD has the value of an example, which everybody knows [contract-insecure-default]',
      '.env:2 error LOG_LEVEL is none of debug, info [contract-format]',
      '.env:5 warning DB_PASWORD is not in the contract [contract-unknown]',
      '.env: 3 variables: 2 errors, 1 warning',
      '',
    ]);
    expect(stdout).toContain('→ Did you mean DB_PASSWORD?');
    expect(stdout).not.toContain('canary');
  });

  it('lets a developer keep the values of examples, with a warning', async () => {
    expect(await run('DB_PASSWORD=devpass\n', '--local')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('warning'),
    });
  });

  it('gives one JSON document without values', async () => {
    const { code, stdout } = await run('LOG_LEVEL=canary\n', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      file: '.env',
      findings: [
        { rule: 'contract-missing', name: 'DB_PASSWORD' },
        { rule: 'contract-format', line: 1 },
      ],
    });
    expect(stdout).not.toContain('canary');
  });

  it('names the line of what is no assignment, and the file that is not there', async () => {
    expect(await run('LOG_LEVEL=info\nwhat is this\n')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('.env:2'),
    });
    expect(await run('', 'other.env')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('env-example'),
    });
  });
});

test('a group of commands lists them, and refuses one that it does not have', async () => {
  expect((await runCli(['contract', '--help'])).stdout).toMatch(/check\|docs\|env-example\|schema/u);
  expect(await runCli(['contract', 'chekc'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no such command'),
  });
  expect((await runCli(['contract'])).code).toBe(2);
});
