import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseDotenv } from '../../../harness/secrets/dotenv.js';
import { ROTATION_STEPS } from '../../../harness/secrets/rotate/rotate-options.js';
import { type DyingRotation, dieRotating } from '../../helpers/die-rotating.js';
import { runCli } from '../../helpers/run-cli.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const OLD = { JWT_SECRET_KEY: 'old-jwt-canary', DB_PASSWORD: 'old-database-canary', LOG_LEVEL: 'info' };
const ENV = ['# of the shop', ...Object.entries(OLD).map(([name, value]) => `${name}=${value}`), ''].join(
  '\n',
);
const CONTRACT = `variables:
  JWT_SECRET_KEY: {description: signs tokens, required: true, generate: {type: hex}}
  DB_PASSWORD: {description: of the database, generate: {type: password, length: 30}}
  SIGNING_KEY: {description: signs files, generate: {type: keypair, algorithm: ed25519, publicKey: SIGNING_PUBLIC}}
  MAPBOX_TOKEN: {description: of Mapbox}
`;

async function makeProject(): Promise<string> {
  return await makeTempFolder({ '.env': ENV, 'contract.yaml': CONTRACT });
}

async function rotateFile(cwd: string, args: readonly string[]) {
  return await runCli(['rotate', '--store', 'dotenv', '--yes', ...args], { cwd });
}

async function readValues(cwd: string): Promise<Record<string, string>> {
  const entries = parseDotenv(await readFile(join(cwd, '.env'), 'utf8'), '.env');
  return Object.fromEntries(entries.map(({ name, value }) => [name, value.reveal()]));
}

async function readLog(cwd: string): Promise<{ event: string; names: string[]; who: string }[]> {
  const text = await readFile(join(cwd, '.sluice/rotations.log'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; names: string[]; who: string });
}

/** Everything below `.sluice` but the backups, as one text. */
async function readNotes(cwd: string): Promise<string> {
  const entries = await readdir(join(cwd, '.sluice'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== 'backup.json');
  return (
    await Promise.all(files.map(async (one) => await readFile(join(one.parentPath, one.name), 'utf8')))
  ).join('\n');
}

describe('sluice rotate of a .env file', () => {
  test('replaces what is named as the contract says, keeps the rest, and notes who, what and when', async () => {
    const cwd = await makeProject();
    const { code, stdout, stderr } = await rotateFile(cwd, ['JWT_SECRET_KEY', 'DB_PASSWORD']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const values = await readValues(cwd);
    expect(values['JWT_SECRET_KEY']).toMatch(/^[0-9a-f]{64}$/u);
    expect(values['DB_PASSWORD']).toHaveLength(30);
    expect(values['LOG_LEVEL']).toBe('info');
    expect(await readFile(join(cwd, '.env'), 'utf8')).toMatch(/^# of the shop\n/u);
    expect(stdout).toContain('JWT_SECRET_KEY: 32 random bytes as hex');
    const log = await readLog(cwd);
    expect(log.map(({ event }) => event)).toEqual(['started', 'written', 'finished']);
    expect(log[0]).toMatchObject({
      names: ['JWT_SECRET_KEY', 'DB_PASSWORD'],
      who: expect.stringContaining('@'),
    });
    const [id = ''] = await readdir(join(cwd, '.sluice/rotations'));
    const backup = join(cwd, '.sluice/rotations', id, 'backup.json');
    expect((await stat(backup)).mode & 0o777).toBe(0o600);
    const kept = JSON.parse(await readFile(backup, 'utf8')) as { places: { values: object }[] };
    expect(kept.places[0]?.values).toEqual({
      JWT_SECRET_KEY: OLD.JWT_SECRET_KEY,
      DB_PASSWORD: OLD.DB_PASSWORD,
    });
    const seen = stdout + stderr + (await readNotes(cwd));
    for (const value of [...Object.values(OLD).slice(0, 2), values['JWT_SECRET_KEY'], values['DB_PASSWORD']])
      expect(seen).not.toContain(value);
    expect(await readFile(join(cwd, '.sluice/.gitignore'), 'utf8')).toBe('*\n');
  });

  test('a key pair brings its public key along', async () => {
    const cwd = await makeProject();
    expect((await rotateFile(cwd, ['SIGNING_KEY'])).code).toBe(0);
    const values = await readValues(cwd);
    expect(values['SIGNING_KEY']).toContain(`-----BEGIN ${'PRIVATE'} KEY-----`);
    expect(values['SIGNING_PUBLIC']).toContain('-----BEGIN PUBLIC KEY-----');
  });

  test('--keep-previous keeps the old value beside the new one until --retire', async () => {
    const cwd = await makeProject();
    await rotateFile(cwd, ['JWT_SECRET_KEY', '--keep-previous']);
    const during = await readValues(cwd);
    expect(during['JWT_SECRET_KEY_PREVIOUS']).toBe(OLD.JWT_SECRET_KEY);
    expect(during['JWT_SECRET_KEY']).not.toBe(OLD.JWT_SECRET_KEY);
    const again = await rotateFile(cwd, ['JWT_SECRET_KEY', '--keep-previous']);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('PREVIOUS_KEPT') });
    expect(await readValues(cwd)).toEqual(during);
    expect(await rotateFile(cwd, ['JWT_SECRET_KEY', '--retire'])).toMatchObject({ code: 0 });
    const { JWT_SECRET_KEY_PREVIOUS: _gone, ...after } = during;
    expect(await readValues(cwd)).toEqual(after);
    expect(await rotateFile(cwd, ['JWT_SECRET_KEY', '--retire'])).toMatchObject({
      ...{ code: 1, stderr: expect.stringContaining('NOTHING_TO_RETIRE') },
    });
  });

  test('asks before it writes: without --yes and nobody there it writes nothing, --dry-run says what it would do', async () => {
    const cwd = await makeProject();
    const asked = await runCli(['rotate', '--store', 'dotenv', 'DB_PASSWORD'], { cwd });
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('nobody is there to be asked') });
    const dry = await runCli(['rotate', '--store', 'dotenv', 'DB_PASSWORD', '--dry-run'], { cwd });
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining('a password of 30 characters') });
    expect(await readFile(join(cwd, '.env'), 'utf8')).toBe(ENV);
  });

  test.each([
    ['MAPBOX_TOKEN', 'GENERATE_UNKNOWN'],
    ['NOT_IN_THE_CONTRACT', 'GENERATE_UNKNOWN'],
  ])('%s, which nothing says how to make, is refused: %s', async (name, code) => {
    const cwd = await makeProject();
    const refused = await rotateFile(cwd, [name]);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(code) });
    expect(await readFile(join(cwd, '.env'), 'utf8')).toBe(ENV);
  });

  test('a symbolic link in place of the folder or the log is not followed, and nothing is written', async () => {
    for (const linked of ['.sluice', '.sluice/rotations.log']) {
      const cwd = await makeProject();
      const elsewhere = await makeTempFolder({ victim: 'untouched' });
      if (linked !== '.sluice') await mkdir(join(cwd, '.sluice'));
      await symlink(linked === '.sluice' ? elsewhere : join(elsewhere, 'victim'), join(cwd, linked));
      const { code, stderr } = await rotateFile(cwd, ['DB_PASSWORD']);
      expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('ROTATION_FOLDER') });
      expect(await readFile(join(cwd, '.env'), 'utf8')).toBe(ENV);
      expect(await readFile(join(elsewhere, 'victim'), 'utf8')).toBe('untouched');
      expect((await lstat(join(cwd, linked))).isSymbolicLink()).toBe(true);
    }
  });

  test('two at once: one rotates, the other is told to wait or comes after it, and nothing is lost', async () => {
    const cwd = await makeProject();
    const ends = await Promise.all([rotateFile(cwd, ['DB_PASSWORD']), rotateFile(cwd, ['JWT_SECRET_KEY'])]);
    const done = ends.filter(({ code }) => code === 0).length;
    expect(done).toBeGreaterThan(0);
    for (const { code, stderr } of ends) if (code !== 0) expect(stderr).toContain('ROTATION_RUNNING');
    const values = await readValues(cwd);
    const changed = (['DB_PASSWORD', 'JWT_SECRET_KEY'] as const).filter((name) => values[name] !== OLD[name]);
    expect(changed).toHaveLength(done);
  });

  test('a folder that cannot be written to leaves everything as it was', async () => {
    const cwd = await makeProject();
    await writeFile(join(cwd, '.sluice'), 'a file');
    const { code } = await rotateFile(cwd, ['DB_PASSWORD']);
    expect(code).toBe(1);
    expect(await readFile(join(cwd, '.env'), 'utf8')).toBe(ENV);
  });
});

const POINTS = ROTATION_STEPS.flatMap((step) =>
  (['begin', 'end'] as const).map((state) => ({ step, state })),
);
const WRITES_FROM = POINTS.findIndex(({ step, state }) => step === 'write' && state === 'end');

describe.concurrent('sluice rotate, killed', () => {
  test.for(POINTS)(
    'when $step comes to its $state: the next run finishes or undoes, and never writes twice',
    async ({ step, state }, { expect: expectHere, onTestFinished }) => {
      const cwd = await mkdtemp(join(tmpdir(), 'sluice-rotate-'));
      onTestFinished(async () => await rm(cwd, { recursive: true, force: true }));
      await writeFile(join(cwd, '.env'), ENV);
      await writeFile(join(cwd, 'contract.yaml'), CONTRACT);
      const killed = await die(cwd, { step, state });
      expectHere(killed.signal).toBe('SIGKILL');
      const between = await readValues(cwd);
      const isWritten = POINTS.findIndex((one) => one.step === step && one.state === state) >= WRITES_FROM;
      expectHere(between['JWT_SECRET_KEY'] !== OLD.JWT_SECRET_KEY).toBe(isWritten);

      const { code, stdout } = await rotateFile(cwd, ['JWT_SECRET_KEY', '--json']);
      expectHere(code).toBe(0);
      const after = await readValues(cwd);
      expectHere(after).toMatchObject({ DB_PASSWORD: OLD.DB_PASSWORD, LOG_LEVEL: 'info' });
      const report = JSON.parse(stdout) as { finished: string[]; undone: string[]; places: unknown[] };
      const isClosed = step === 'close' && state === 'end';
      if (isWritten && !isClosed) {
        expectHere(after).toEqual(between);
        expectHere(report).toMatchObject({ finished: ['JWT_SECRET_KEY'], undone: [] });
      } else {
        expectHere(after['JWT_SECRET_KEY']).toMatch(/^[0-9a-f]{64}$/u);
        expectHere(report.finished).toEqual([]);
        if (!isClosed) expectHere(after['JWT_SECRET_KEY']).not.toBe(OLD.JWT_SECRET_KEY);
      }
      expectHere(report.places).toHaveLength(1);
      const finished = (await readLog(cwd)).filter(({ event }) => event === 'finished');
      expectHere(finished).toHaveLength(isClosed ? 2 : 1);
      // Nothing is left open: a further run has nothing to see to.
      const further = await rotateFile(cwd, ['DB_PASSWORD', '--json']);
      expectHere(JSON.parse(further.stdout)).toMatchObject({ finished: [], undone: [] });
    },
  );
});

async function die(cwd: string, dieAt: DyingRotation['dieAt']) {
  const file = join(cwd, '.env');
  return await dieRotating({ names: ['JWT_SECRET_KEY'], folder: join(cwd, '.sluice'), file, dieAt });
}
