import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SecretsCorner } from './support/secrets-corner.js';

const CANARY = 'canary-Value-that-nobody-may-see-1';
const STRONG = 'aB3$-kfjD82.lq0Zmwx';

describe('the life of a release’s secrets', () => {
  test('init makes what is read and is missing, once, and touches nothing that is there', async () => {
    const corner = await SecretsCorner.open();
    const [app, stripe, smtp] = [
      corner.path(),
      `/platform/${corner.app}/stage/stripe`,
      `/platform/${corner.app}/stage/smtp`,
    ];
    await corner.put(app, { KEPT: 'x' });
    expect((await corner.run(['list', '-f', 'stage.yaml'])).code).toBe(1);
    const first = await corner.run(['init', '-f', 'stage.yaml', '--json']);
    expect(JSON.parse(first.stdout)).toEqual({
      made: [
        { name: smtp, placeholders: ['token'] },
        { name: stripe, placeholders: ['STRIPE_API_KEY'] },
      ],
      kept: [app],
    });
    await corner.put(stripe, STRONG);
    const second = await corner.run(['init', '-f', 'stage.yaml', '--json']);
    expect(JSON.parse(second.stdout)).toEqual({ made: [], kept: [app, smtp, stripe] });
    expect([await corner.read(app), await corner.readText(stripe)]).toEqual([{ KEPT: 'x' }, STRONG]);
    const listed = JSON.parse((await corner.run(['list', '-f', 'stage.yaml', '--json'])).stdout).parameters;
    expect(listed.map((one: { name: string; type: string }) => `${one.name} ${one.type}`)).toEqual(
      [app, smtp, stripe].map((name) => `${name} SecureString`),
    );
  });

  test('set finds the parameter of each key by the chart: a member, a property, a parameter of its own', async () => {
    const corner = await SecretsCorner.open({ files: { 'key.txt': STRONG } });
    await corner.put(corner.path(), { DB_HOST: 'db', PORT: 5432 });
    const { code } = await corner.run(
      [
        'set',
        '-f',
        'stage.yaml',
        'DB_PASSWORD=-',
        '--from-file',
        'STRIPE_API_KEY=key.txt',
        '--from-file',
        'SMTP_TOKEN=key.txt',
      ],
      { stdin: 'Grüße 🔑 "quoted"\n' },
    );
    expect(code).toBe(0);
    expect(await corner.readText(corner.path())).toBe(
      '{"DB_HOST":"db","PORT":5432,"DB_PASSWORD":"Grüße 🔑 \\"quoted\\""}',
    );
    expect(await corner.readText(`/platform/${corner.app}/stage/stripe`)).toBe(STRONG);
    expect(await corner.read(`/platform/${corner.app}/stage/smtp`)).toEqual({ token: STRONG });
    const get = await corner.run(['get', '-f', 'stage.yaml', 'STRIPE_API_KEY', '--reveal']);
    expect(get.stdout).toBe(STRONG);
  });

  test('a value in an argument is refused, and shown nowhere', async () => {
    const corner = await SecretsCorner.open();
    for (const args of [[`DB_PASSWORD=${CANARY}`], ['DB_PASSWORD', `--value=${CANARY}`]]) {
      const { code, stdout, stderr } = await corner.run(['set', '-f', 'stage.yaml', ...args, '--json']);
      expect(code).toBe(2);
      expect(stdout + stderr).not.toContain(CANARY);
    }
    expect(await corner.readText(corner.path())).toBeUndefined();
  });

  test('on a protected environment nothing is written without --yes; an import is a dry run', async () => {
    const corner = await SecretsCorner.open({ files: { '.env': `DB_PASSWORD=${STRONG}\n` } });
    await corner.put(corner.path('prod'), { DB_HOST: 'db' });
    await corner.put(corner.path('prod'), { DB_HOST: 'db', OTHER: 'x' });
    const path = ['--path', corner.path('prod')];
    const calls = [
      ['init', '-f', 'prod.yaml'],
      ['set', '-f', 'prod.yaml', 'DB_HOST=-'],
      ['set', ...path, 'DB_HOST=-'],
      ['unset', '-f', 'prod.yaml', 'DB_HOST'],
      ['rollback', ...path, '1'],
    ];
    for (const args of calls) {
      const { code, stderr } = await corner.run(args, { stdin: 'x' });
      expect([args[0], code, stderr]).toEqual([args[0], 2, expect.stringContaining('PROTECTED_ENVIRONMENT')]);
    }
    await corner.put(corner.path('prod'), { DB_HOST: 'db' });
    const dry = await corner.run(['import', '-f', 'prod.yaml', '.env']);
    expect([dry.code, dry.stderr]).toEqual([0, expect.stringContaining('dry run, nothing was written')]);
    expect(await corner.read(corner.path('prod'))).toEqual({ DB_HOST: 'db' });
    expect((await corner.run(['import', '-f', 'prod.yaml', '.env', '--yes'])).code).toBe(0);
    expect(await corner.read(corner.path('prod'))).toEqual({ DB_HOST: 'db', DB_PASSWORD: STRONG });
  });

  test('import, history, diff and rollback tell keys, lengths and fingerprints, and values come back to the byte', async () => {
    const pem = `-----BEGIN ${'PRIVATE'} KEY-----\nMIIE+/=\n-----END ${'PRIVATE'} KEY-----\n`;
    const file = `\uFEFF# head\r\nexport DB_PASSWORD='${STRONG}'\r\nTLS_KEY="${pem.replaceAll('\n', '\r\n')}" # why\r\nEMPTY=\r\n`;
    const corner = await SecretsCorner.open({ files: { '.env': file, 'pem.txt': pem } });
    await corner.put(corner.path(), { DB_HOST: 'db', DB_PASSWORD: 'before' });
    const done = await corner.run(['import', '-f', 'stage.yaml', '.env', '--json']);
    expect(JSON.parse(done.stdout)).toMatchObject({
      parameters: [
        {
          differences: [
            { key: 'DB_PASSWORD', kind: 'changed' },
            { key: 'EMPTY', kind: 'added' },
            { key: 'TLS_KEY' },
          ],
        },
      ],
      written: [{ previousVersion: '1', version: '2' }],
      dryRun: false,
    });
    expect(await corner.read()).toEqual({ DB_HOST: 'db', DB_PASSWORD: STRONG, TLS_KEY: pem, EMPTY: '' });
    expect((await corner.run(['diff', '--path', corner.path(), '--since', '1'])).code).toBe(1);
    const history = JSON.parse((await corner.run(['history', '--path', corner.path(), '--json'])).stdout);
    expect(
      history.versions.map(({ version, changed }: { version: string; changed: string[] }) => [
        version,
        changed,
      ]),
    ).toEqual([
      ['2', ['DB_PASSWORD', 'EMPTY', 'TLS_KEY']],
      ['1', ['DB_HOST', 'DB_PASSWORD']],
    ]);
    expect((await corner.run(['rollback', '--path', corner.path(), '1', '--key', 'DB_PASSWORD'])).code).toBe(
      0,
    );
    expect(await corner.read()).toEqual({ DB_HOST: 'db', DB_PASSWORD: 'before', TLS_KEY: pem, EMPTY: '' });
    expect((await corner.run(['rollback', '--path', corner.path(), '1'])).code).toBe(0);
    expect(await corner.read()).toEqual({ DB_HOST: 'db', DB_PASSWORD: 'before' });
  });

  test('one parameter a key: names become lower_underscore; what can’t, or would collide, is refused with its names', async () => {
    const corner = await SecretsCorner.open({
      files: {
        'good.env': `DB_PASSWORD=${STRONG}\nJwt_Key=${STRONG}2\n`,
        'odd.env': 'A-B=1\nC.D=2\n',
        'twice.env': 'Db_Url=1\nDB_URL=2\n',
      },
    });
    const path = `/platform/${corner.app}/dev`;
    const odd = await corner.run(['import', '--path', path, '--per-key', 'odd.env']);
    expect([odd.code, odd.stderr]).toEqual([2, expect.stringContaining('A-B, C.D')]);
    const twice = await corner.run(['import', '--path', path, '--per-key', 'twice.env']);
    expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('Db_Url and DB_URL → db_url')]);
    expect((await corner.run(['import', '--path', path, '--per-key', 'good.env'])).code).toBe(0);
    expect((await corner.store.list(path)).map(({ name }) => name)).toEqual([
      `${path}/db_password`,
      `${path}/jwt_key`,
    ]);
  });

  test('what AWS would refuse is refused before anything is written', async () => {
    const corner = await SecretsCorner.open({
      files: { 'large.txt': 'x'.repeat(5000), 'nested.txt': '{{ssm:other}}' },
    });
    await corner.put(corner.path(), { A: '1' });
    const plain = `/platform/${corner.app}/stage/plain`;
    await corner.put(plain, 'info', { type: 'String' });
    const codes = await Promise.all(
      [
        ['set', '--path', corner.path(), '--from-file', 'A=large.txt'],
        ['set', '--path', corner.path(), '--from-file', 'A=nested.txt'],
        ['set', '--path', plain, '--type', 'SecureString'],
        ['set', '--path', '/aws/own', '--create', 'A=-'],
        ['set', '--path', `/${'a/'.repeat(16)}b`, '--create', 'A=-'],
        ['set', '--path', corner.path(), 'bad key!=-'],
        ['unset', '--path', corner.path(), 'A'],
      ].map(async (args) => /\[(\w+)\]/u.exec((await corner.run(args, { stdin: 'debug' })).stderr)?.[1]),
    );
    expect(codes).toEqual([
      'STORE_VALUE_TOO_LARGE',
      'STORE_VALUE_INVALID',
      'STORE_TYPE_CHANGE',
      'STORE_NAME_INVALID',
      'STORE_NAME_INVALID',
      'STORE_KEY_INVALID',
      'LAST_KEY',
    ]);
    expect(await corner.store.history(corner.path())).toHaveLength(1);
    const large = await corner.run([
      'set',
      '--path',
      corner.path(),
      '--from-file',
      'A=large.txt',
      '--tier',
      'Advanced',
    ]);
    expect(large.code).toBe(0);
  });

  test('weak values and secrets that are kept as plain text are written with a warning', async () => {
    const corner = await SecretsCorner.open();
    await corner.put(corner.path(), { A: '1' }, { type: 'String' });
    const args = ['set', '--path', corner.path(), 'DB_PASSWORD=-'];
    const { code, stdout, stderr } = await corner.run(args, { stdin: 'password123' });
    expect(code).toBe(0);
    expect(stderr).toContain('warning: DB_PASSWORD is weak: it is one of those that everybody tries first');
    expect(stdout).toContain('a secret belongs into a SecureString');
    const strong = await corner.run(args, { stdin: STRONG });
    expect(strong.stderr).toBe('');
  });

  test('Secrets Manager answers the same commands', async () => {
    const corner = await SecretsCorner.open({ service: 'SecretsManager', files: { '.env': 'B=2\n' } });
    const args = ['--store', 'secrets-manager', '--path', corner.path()];
    expect((await corner.run(['set', ...args, '--create', 'A=-'], { stdin: STRONG })).code).toBe(0);
    expect((await corner.run(['import', ...args, '.env'])).code).toBe(0);
    expect(await corner.read()).toEqual({ A: STRONG, B: '2' });
    const { versions } = JSON.parse((await corner.run(['history', ...args, '--json'])).stdout);
    expect(versions).toHaveLength(2);
    expect((await corner.run(['rollback', ...args, versions[1].version])).code).toBe(0);
    expect(await corner.read()).toEqual({ A: STRONG });
    expect((await corner.run(['get', ...args, 'A', '--reveal'])).stdout).toBe(STRONG);
  });
});

describe('files', () => {
  test('an export is for its owner alone, writes over nothing, and follows no link', async () => {
    const corner = await SecretsCorner.open({ files: { 'there.env': 'MINE=1\n', 'victim.txt': 'mine' } });
    await corner.put(corner.path(), { DB_PASSWORD: STRONG });
    const run = async (...more: string[]) => await corner.run(['export', '--path', corner.path(), ...more]);
    expect((await run('--out', 'new.env')).code).toBe(0);
    const path = join(corner.folder, 'new.env');
    expect((await lstat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).toBe(`DB_PASSWORD='${STRONG}'\n`);
    expect((await run('--out', 'there.env')).stderr).toContain('FILE_EXISTS');
    await symlink(join(corner.folder, 'victim.txt'), join(corner.folder, 'link.env'));
    for (const more of [[], ['--replace']]) {
      expect((await run('--out', 'link.env', ...more)).stderr).toContain('FILE_NOT_ORDINARY');
    }
    expect(await readFile(join(corner.folder, 'victim.txt'), 'utf8')).toBe('mine');
    expect((await run()).code).toBe(2);
    expect((await run('--format', 'json', '--reveal')).stdout).toBe(
      `{\n  "DB_PASSWORD": ${JSON.stringify(STRONG)}\n}\n`,
    );
  });

  test('a swarm export gives docker the values to the byte, by standard input; a compose export holds none', async () => {
    const corner = await SecretsCorner.open();
    const odd = `it's "odd" $HOME \\n\nand long`;
    await corner.put(corner.path(), { DB_PASSWORD: odd, TOKEN: CANARY });
    await corner.run(['export', '--path', corner.path(), '--format', 'swarm', '--out', 'make.sh']);
    // What docker would be given.
    await mkdir(join(corner.folder, 'bin'));
    await writeFile(join(corner.folder, 'bin/docker'), '#!/bin/sh\ncat > "$SECRETS/$3"\n');
    await chmod(join(corner.folder, 'bin/docker'), 0o755);
    execFileSync('sh', ['make.sh'], {
      cwd: corner.folder,
      env: { PATH: `${join(corner.folder, 'bin')}:${process.env['PATH']}`, SECRETS: corner.folder },
    });
    expect(await readFile(join(corner.folder, 'db_password'), 'utf8')).toBe(odd);
    const compose = await corner.run(['export', '--path', corner.path(), '--format', 'compose']);
    expect(compose.code).toBe(0);
    expect(compose.stdout).toContain('DB_PASSWORD_FILE: /run/secrets/db_password');
    expect(compose.stdout).not.toContain(CANARY);
  });

  test('a dotenv file is a store, too: its earlier states are kept, out of git, and never written over', async () => {
    const corner = await SecretsCorner.open({ files: { '.env': '# mine\nA=1\nB=2 # two\n' } });
    const args = ['--store', 'dotenv'];
    expect((await corner.run(['set', ...args, 'B=-'], { stdin: 'x y' })).code).toBe(0);
    expect(await readFile(join(corner.folder, '.env'), 'utf8')).toBe("# mine\nA=1\nB='x y' # two\n");
    expect((await lstat(join(corner.folder, '.env'))).mode & 0o777).toBe(0o600);
    expect((await corner.run(['set', ...args, 'C=-'], { stdin: 'z' })).code).toBe(0);
    const { versions } = JSON.parse((await corner.run(['history', ...args, '--json'])).stdout);
    expect(versions.map(({ changed }: { changed: string[] }) => changed)).toEqual([['C'], ['B'], ['A', 'B']]);
    expect((await corner.run(['rollback', ...args, versions[2].version])).code).toBe(0);
    expect(await readFile(join(corner.folder, '.env'), 'utf8')).toBe('# mine\nA=1\nB=2 # two\n');
    const kept = await readdir(join(corner.folder, '.env.history'));
    expect(kept.filter((name) => name.endsWith('.env'))).toHaveLength(3);
    expect(await readFile(join(corner.folder, '.env.history/.gitignore'), 'utf8')).toBe('*\n');
    for (const name of kept) {
      expect((await lstat(join(corner.folder, '.env.history', name))).mode & 0o777).toBe(0o600);
    }
  });
});

describe('no value is shown', () => {
  const COMMANDS: readonly (readonly string[])[] = [
    ['list'],
    ['list', '--path', '/platform'],
    ['get'],
    ['get', 'DB_PASSWORD'],
    ['get', 'NOT_THERE'],
    ['get', '--at', '1', '--path', 'PATH'],
    ['get', '--at', '99', '--path', 'PATH'],
    ['set', 'DB_PASSWORD=-'],
    ['set', 'STRIPE_API_KEY=-'],
    ['set', 'DB_PASSWORD', 'TOKEN=-', 'TOKEN=-'],
    ['set', '--from-file', 'DB_PASSWORD=canary.env'],
    ['set', '--from-file', 'DB_PASSWORD=missing.txt'],
    ['set', '--path', 'BROKEN', 'A=-'],
    ['set', '--path', 'PATH', '--type', 'String', 'A=-'],
    ['unset', 'DB_PASSWORD'],
    ['unset', 'NOT_THERE'],
    ['unset', 'STRIPE_API_KEY'],
    ['import', 'canary.env'],
    ['import', 'canary.env', '--dry-run'],
    ['import', 'canary.env', '--prune', '--yes'],
    ['import', 'broken.env'],
    ['import', 'twice.env'],
    ['import', '-'],
    ['import', 'canary.env', '--path', 'BROKEN'],
    ['import', 'canary.env', '--path', '/platform/APP/dev', '--per-key'],
    ['export', '--format', 'compose'],
    ['export'],
    ['export', '--out', 'canary.env'],
    ['export', '--path', 'BROKEN', '--out', 'out.env'],
    ['diff', 'canary.env'],
    ['diff', '--with', 'prod.yaml'],
    ['diff', '--since', '1', '--path', 'PATH'],
    ['history', '--path', 'PATH'],
    ['history', '--path', 'BROKEN'],
    ['rollback', '1', '--path', 'PATH', '--dry-run'],
    ['rollback', '1', '--path', 'PATH'],
    ['rollback', '9', '--path', 'PATH'],
    ['rollback', '1', '--path', 'BROKEN'],
    ['init'],
  ];

  test.for(COMMANDS.map((args) => [args.join(' '), args] as const))(
    'sluice secrets %s, whatever its flags, and whether it succeeds or not',
    async ([, args]) => {
      const line = `DB_PASSWORD=${CANARY}-file\nTOKEN='${CANARY}-token'\n`;
      const corner = await SecretsCorner.open({
        files: { 'canary.env': line, 'broken.env': `A=1\n${CANARY} B\n`, 'twice.env': line + line },
      });
      const names = { PATH: corner.path(), BROKEN: `/platform/${corner.app}/stage/broken` };
      await corner.put(names.PATH, { DB_PASSWORD: `${CANARY}-1`, OTHER: `${CANARY}-o` });
      await corner.put(names.PATH, { DB_PASSWORD: `${CANARY}-2`, OTHER: `${CANARY}-o` });
      await corner.put(corner.path('prod'), { DB_PASSWORD: `${CANARY}-2` });
      await corner.put(names.BROKEN, `{"A": "${CANARY}", }`);
      await corner.put(names.BROKEN, `${CANARY}, and no JSON`);
      const given = args.map((arg) => names[arg as keyof typeof names] ?? arg.replace('APP', corner.app));
      const target = args.includes('--path') ? [] : ['-f', 'stage.yaml'];
      for (const flags of [[], ['--json'], ['--quiet', '--no-color'], ['--verbose', '--yes']]) {
        const { stdout, stderr } = await corner.run([...given, ...target, ...flags], {
          stdin: `${CANARY}-stdin`,
          env: { DEBUG: '*', AWS_SDK_JS_LOG: 'all', NODE_DEBUG: 'http' },
        });
        expect(stdout + stderr).not.toContain('canary-Value');
        if (flags.includes('--json') && stdout !== '') expect(() => JSON.parse(stdout)).not.toThrow();
      }
    },
  );
});
