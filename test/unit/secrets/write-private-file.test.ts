import { chmod, lstat, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { SecretValue } from '../../../harness/manifest/secret-value.js';
import { DotenvStore } from '../../../harness/secrets/dotenv-store.js';
import { updateJson } from '../../../harness/secrets/update-json.js';
import { writePrivateFile } from '../../../harness/secrets/write-private-file.js';
import { COMPILED } from '../../helpers/compiled.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

async function failureOf(run: Promise<unknown>): Promise<string> {
  return await run.then(
    () => 'none',
    (error: { code: string }) => error.code,
  );
}

test('a file is readable for its owner alone, whatever the umask is', async () => {
  const folder = await makeTempFolder();
  const before = process.umask(0);
  await writePrivateFile(join(folder, 'a'), 'x').finally(() => process.umask(before));
  expect((await lstat(join(folder, 'a'))).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['a']);
});

test('what is there stays: a file, a link, a link to nothing, a folder', async () => {
  const folder = await makeTempFolder({ file: 'mine', 'inside/x': '' });
  await symlink(join(folder, 'file'), join(folder, 'link'));
  await symlink(join(folder, 'nowhere'), join(folder, 'dangling'));
  const write = async (name: string, replace = false) =>
    await failureOf(writePrivateFile(join(folder, name), 'theirs', { replace }));
  expect(await write('file')).toBe('FILE_EXISTS');
  for (const name of ['link', 'dangling', 'inside']) {
    expect([name, await write(name), await write(name, true)]).toEqual([
      name,
      'FILE_NOT_ORDINARY',
      'FILE_NOT_ORDINARY',
    ]);
  }
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('mine');
  expect(await readdir(folder)).toEqual(['dangling', 'file', 'inside', 'link']);
  expect(await write('file', true)).toBe('none');
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('theirs');
});

test('of two that write the same new file at once one wins, and the other is told', async () => {
  const folder = await makeTempFolder();
  const path = join(folder, 'backup');
  const outcomes = await Promise.all(
    ['one', 'two', 'three'].map(async (text) => await failureOf(writePrivateFile(path, text))),
  );
  expect(outcomes.sort()).toEqual(['FILE_EXISTS', 'FILE_EXISTS', 'none']);
  expect(await readdir(folder)).toEqual(['backup']);
});

test('on a full disk nothing is kept of a file that does not fit, and what it was to replace is as it was', async () => {
  const folder = await makeTempFolder({ '.env': 'A=1\n' });
  const script = [
    `import { writePrivateFile } from '${join(COMPILED, 'secrets/write-private-file.js')}';`,
    `await writePrivateFile('${join(folder, '.env')}', 'canary'.repeat(50_000), { replace: true });`,
  ].join('\n');
  // A process that may write no file above 64 kB: the system answers as for a full disk.
  const limited = `trap '' XFSZ; ulimit -f 64; exec "$0" --input-type=module -e "$1"`;
  const { stderr, exitCode } = await execa('bash', ['-c', limited, process.execPath, script], {
    reject: false,
  });
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain('NO_SPACE');
  expect(stderr).not.toContain('canarycanary');
  expect(await readdir(folder)).toEqual(['.env']);
  expect(await readFile(join(folder, '.env'), 'utf8')).toBe('A=1\n');
});

test('a dotenv file that can’t be kept first is not changed', async () => {
  const folder = await makeTempFolder({ '.env': 'A=1\n', '.env.history': 'in the way' });
  const store = new DotenvStore(join(folder, '.env'));
  const change = new Map([['A', new SecretValue('2')]]);
  expect(await failureOf(updateJson({ store, name: '.env' }, change))).not.toBe('none');
  expect(await readFile(join(folder, '.env'), 'utf8')).toBe('A=1\n');
});

test('writers of one dotenv file take turns, and none loses a variable', async () => {
  const folder = await makeTempFolder({ '.env': '# mine\nSTAYS=1\n' });
  await chmod(join(folder, '.env'), 0o644);
  const keys = Array.from({ length: 10 }, (_, at) => `KEY_${at}`);
  await Promise.all(
    keys.map(async (key) => {
      const store = new DotenvStore(join(folder, '.env'));
      await updateJson({ store, name: '.env' }, new Map([[key, new SecretValue(`value of ${key}`)]]));
    }),
  );
  const text = await readFile(join(folder, '.env'), 'utf8');
  expect(text.split('\n').sort()).toEqual(
    ['', '# mine', 'STAYS=1', ...keys.map((key) => `${key}='value of ${key}'`)].sort(),
  );
  expect((await lstat(join(folder, '.env'))).mode & 0o777).toBe(0o600);
  expect((await readdir(folder)).sort()).toEqual(['.env', '.env.history']);
});
