import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { runCommand } from '../../../harness/exec/run-command.js';
import { findHelm } from '../../../harness/toolchain/find-helm.js';
import { SLUICE } from '../../helpers/compiled.js';
import { runCli } from '../../helpers/run-cli.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const sluice = [process.execPath, SLUICE] as const;
const chart = resolve('chart');

const values = `nameOverride: web
environment: prod
image: {repository: registry.example.com/shop/web, tag: "1"}
config: {LOG_LEVEL: info, TEN: 10000000, EMPTY: ""}
externalSecrets:
  external: {path: "/{system}/{app}/{environment}/app"}
  keys: {data: {STRIPE_KEY: "/{system}/{environment}/stripe"}}
env: {DSN: "redis://:$(STRIPE_KEY)@cache"}
`;
const secrets = `DB_PASSWORD='canary p@ss/$(w:rd "#1"'
PEM="-----BEGIN X-----\\nYWJj\\n-----END X-----\\n"
STRIPE_KEY=canary-stripe
`;

interface RunFiles {
  values?: string;
  secrets?: string;
}

async function makeFolder({
  values: text = values,
  secrets: dotenv = secrets,
}: RunFiles = {}): Promise<string> {
  return await makeTempFolder({ 'prod.yaml': text, '.env': dotenv });
}

const flags = ['--chart', chart, '--release', 'web', '-f', 'prod.yaml', '--store', 'dotenv'];

/** Runs the command line as a process: what it starts has its terminal and its signals. */
async function runSluice(
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: NodeJS.ProcessEnv },
) {
  return await runCommand(sluice[0], [sluice[1], 'run', ...flags, ...args], {
    cwd,
    env: { ...process.env, ...env },
    acceptedExitCodes: Array.from({ length: 256 }, (_, code) => code),
  });
}

const PRINT = 'process.stdout.write(JSON.stringify(process.env))';

test('a program gets the variables that the pod would have, and nothing of the shell but what it cannot do without', async () => {
  const cwd = await makeFolder();
  const { stdout, stderr, exitCode } = await runSluice(['--', process.execPath, '-e', PRINT], {
    cwd,
    env: { DB_PASSWORD: 'of-the-shell', LOCAL_ONLY: 'x', AWS_PROFILE: 'someone', LANG: 'C.UTF-8' },
  });
  expect([exitCode, stderr]).toEqual([0, '']);
  const env = JSON.parse(stdout) as Record<string, string>;
  expect(env).toMatchObject({
    LOG_LEVEL: 'info',
    TEN: '10000000',
    EMPTY: '',
    DB_PASSWORD: 'canary p@ss/$(w:rd "#1"',
    PEM: '-----BEGIN X-----\nYWJj\n-----END X-----\n',
    STRIPE_KEY: 'canary-stripe',
    DSN: 'redis://:canary-stripe@cache',
    PATH: process.env['PATH'],
    LANG: 'C.UTF-8',
  });
  for (const name of ['LOCAL_ONLY', 'AWS_PROFILE', 'NODE_ENV', 'VITEST'])
    expect(env).not.toHaveProperty(name);
});

test('a variable of the shell is passed on where that is asked for, and the pod’s own wins', async () => {
  const cwd = await makeFolder();
  const { stdout } = await runSluice(
    ['--pass', 'LOCAL_ONLY', '--pass', 'LOG_LEVEL', '--', process.execPath, '-e', PRINT],
    {
      cwd,
      env: { LOCAL_ONLY: 'x', LOG_LEVEL: 'of-the-shell' },
    },
  );
  expect(JSON.parse(stdout)).toMatchObject({ LOCAL_ONLY: 'x', LOG_LEVEL: 'info' });
});

test.each([0, 1, 7, 255])('the exit code %i of the program is that of sluice run', async (code) => {
  const cwd = await makeFolder();
  expect((await runSluice(['--', 'sh', '-c', `exit ${code}`], { cwd })).exitCode).toBe(code);
});

test('what the program reads and prints is its own', async () => {
  const cwd = await makeFolder();
  const { stdout, stderr } = await runCommand(
    'sh',
    [
      '-c',
      `echo asked | "$0" "$1" run ${flags.map((flag) => `'${flag}'`).join(' ')} -- sh -c 'cat; echo told >&2'`,
      ...sluice,
    ],
    { cwd },
  );
  expect([stdout, stderr]).toEqual(['asked\n', 'told\n']);
});

describe('signals', () => {
  const TRAP = `for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'])
    process.on(name, () => { console.log(name); if (name === 'SIGTERM') process.exit(42); });
  setInterval(() => undefined, 1000); console.log('ready');`;

  async function start(args: readonly string[]) {
    const cwd = await makeFolder();
    const child = spawn(sluice[0], [sluice[1], 'run', ...flags, '--', ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString('utf8');
    });
    const ended = new Promise<[number | null, NodeJS.Signals | null]>((done) =>
      child.once('close', (code, signal) => done([code, signal])),
    );
    const seen = async (text: string): Promise<void> =>
      await expect.poll(() => printed, { timeout: 20_000 }).toContain(text);
    return { child, ended, seen };
  }

  it('reach the program, each of them, and it decides when to end', async () => {
    const { child, ended, seen } = await start([process.execPath, '-e', TRAP]);
    await seen('ready');
    for (const signal of ['SIGINT', 'SIGHUP', 'SIGUSR2', 'SIGINT', 'SIGTERM'] as const) {
      child.kill(signal);
      await seen(signal);
    }
    expect(await ended).toEqual([42, null]);
  });

  it('that end the program end sluice run as a shell tells it', async () => {
    const { ended } = await start(['sh', '-c', 'kill -KILL $$']);
    expect(await ended).toEqual([137, null]);
  });
});

test('Ctrl-C in a terminal reaches the program once, and what it then does is the end of sluice run', async ({
  skip,
}) => {
  skip(process.platform !== 'linux', 'only the script of Linux takes a command');
  const cwd = await makeFolder();
  const program = `let seen = 0; process.on('SIGINT', () => { seen += 1; setTimeout(() => { console.log('seen ' + seen); process.exit(9); }, 300); });
    setInterval(() => undefined, 1000); console.log('ready');`;
  await writeFile(join(cwd, 'program.mjs'), program);
  const line = [...sluice, 'run', ...flags];
  const words = [...line, '--', process.execPath, 'program.mjs'].map((word) => `'${word}'`);
  // In the shell's place: one that stays, as dash does, ends by the Ctrl-C too, and tells that.
  const child = spawn('script', ['-qec', `exec ${words.join(' ')}`, '/dev/null'], {
    cwd,
    // The shell that it starts: that of whoever runs the tests may take no commands, or others.
    env: { ...process.env, SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString('utf8');
  });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  await expect.poll(() => printed, { timeout: 30_000 }).toContain('ready');
  child.stdin.write('\u0003');
  expect(await ended).toBe(9);
  expect(printed).toContain('seen 1');
});

test('nothing is written to disk but what rendering keeps, and that holds no secret', async () => {
  const cwd = await makeFolder();
  const cache = await makeTempFolder();
  const temp = await makeTempFolder();
  // One that is there: into an empty cache it would be fetched over the network first.
  const env = { TMPDIR: temp, SLUICE_CACHE: cache, SLUICE_HELM: (await findHelm()).path };
  const { exitCode } = await runSluice(['--', 'true'], { cwd, env });
  expect(exitCode).toBe(0);
  expect(await readdir(temp)).toEqual([]);
  for (const entry of await readdir(cache, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'helm') continue;
    expect(await readFile(join(entry.parentPath, entry.name), 'utf8')).not.toContain('canary');
  }
  expect((await readdir(cwd)).sort()).toEqual(['.env', 'prod.yaml']);
});

const run = async (args: readonly string[], files: RunFiles = {}) =>
  await runCli(['run', ...flags, ...args], { cwd: await makeFolder(files) });

test('a dry run names every variable with where it comes from, and no value', async () => {
  const { code, stdout, stderr } = await run(['--dry-run']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Deployment\/web › app\n/u);
  expect(stdout).toMatch(/STRIPE_KEY +store aws-parameter-store \/platform\/prod\/stripe\n/u);
  const json = await run(['--dry-run', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    container: 'app',
    missing: [],
    variables: expect.arrayContaining([{ name: 'LOG_LEVEL', secret: false, from: 'ConfigMap web-config' }]),
  });
  expect(stdout + json.stdout).not.toContain('canary');
});

test('without a secret that the pod would have nothing is run, and what is missing is named', async () => {
  const { code, stdout, stderr } = await run(['--', 'echo', 'ran'], { secrets: 'DB_PASSWORD=canary\n' });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('[ENV_INCOMPLETE]');
  expect(stderr).toContain('STRIPE_KEY: store aws-parameter-store /platform/prod/stripe is not in the store');
  expect(stderr).not.toContain('canary');
});

test('what is missing is taken from a file, or done without, where that is asked for', async () => {
  const cwd = await makeFolder({ secrets: 'DB_PASSWORD=canary\n' });
  const local = await makeTempFolder({ 'local.env': 'STRIPE_KEY=mine\nDSN=mine too\n' });
  const print = [process.execPath, '-e', PRINT];
  const filled = await runSluice(['--missing-from', `${local}/local.env`, '--', ...print], { cwd });
  expect(JSON.parse(filled.stdout)).toMatchObject({ DB_PASSWORD: 'canary', STRIPE_KEY: 'mine' });
  const without = await runSluice(['--allow-missing', '--', ...print], { cwd });
  expect(JSON.parse(without.stdout)).not.toHaveProperty('STRIPE_KEY');
  expect(without.stderr).toContain('note: without STRIPE_KEY:');
});

test('a release of several workloads asks which one is meant', async () => {
  const several = `${values}workers: {celery: {command: [worker]}}\n`;
  const unclear = await run(['--dry-run'], { values: several });
  expect(unclear).toMatchObject({ code: 2, stderr: expect.stringContaining('--workload Deployment/web') });
  const clear = await run(['--dry-run', '--workload', 'Deployment/web-celery'], { values: several });
  expect(clear).toMatchObject({ code: 0, stdout: expect.stringContaining('Deployment/web-celery') });
});

test('a JSON secret that the operator could not read is told before anything runs', async () => {
  const text = `${values}env2: 1\n`
    .replace('env2: 1\n', '')
    .replace(
      '"/{system}/{environment}/stripe"',
      '{path: "/{system}/{environment}/stripe", property: absent}',
    );
  const { code, stderr } = await run(['--', 'echo', 'ran'], { values: text });
  expect(code).toBe(1);
  expect(stderr).toContain('has no property absent');
  expect(stderr).not.toContain('canary');
});

test.each([
  { what: 'no command', args: [], code: 2, said: '[USAGE]' },
  { what: 'dashes without a command', args: ['--'], code: 2, said: 'after two dashes' },
  {
    what: 'a program that is not there',
    args: ['--', 'no-such-program-here'],
    code: 3,
    said: 'no such program',
  },
  { what: 'a file that may not be run', args: ['--', './prod.yaml'], code: 3, said: 'it may not be run' },
  {
    what: 'a container that is not there',
    args: ['--container', 'nope', '--', 'true'],
    code: 2,
    said: '[NOTHING_FOUND]',
  },
  {
    what: 'a file of values that is not there',
    args: ['--missing-from', 'nope.env', '--', 'true'],
    code: 2,
    said: 'nope.env: cannot be read',
  },
])('$what is one clear error without a value in it', async ({ args, code, said }) => {
  const result = await run(args);
  expect([result.code, result.stdout]).toEqual([code, '']);
  expect(result.stderr).toContain(said);
  expect(result.stderr).not.toContain('canary');
});

test('a value that no process can have is refused by its name', async () => {
  const { runForeground } = await import('../../../harness/exec/run-foreground.js');
  for (const env of [{ KEY: 'canary\0' }, { 'A=B': 'canary' }]) {
    const error: unknown = await runForeground({ file: 'true', args: [], env, cwd: '.' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'ENV_NOT_PASSABLE' });
    expect(String(error)).not.toContain('canary');
  }
});

test('an environment that is longer than the system allows is one clear error', async () => {
  const { runForeground } = await import('../../../harness/exec/run-foreground.js');
  const env = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`K${index}`, 'canary'.repeat(50_000)]),
  );
  const error: unknown = await runForeground({ file: '/bin/true', args: [], env, cwd: '.' }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    code: 'PROCESS_NOT_STARTED',
    evidence: expect.stringContaining('longer than this system allows'),
  });
  expect(String(error)).not.toContain('canary');
});
