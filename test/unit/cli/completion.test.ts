import { beforeAll, describe, expect, it, test } from 'vitest';
import { commandEntries } from '../../../harness/cli/command-entries.js';
import type { DescribedCommand } from '../../../harness/cli/completion/describe-commands.js';
import { runCommand } from '../../../harness/exec/run-command.js';
import { findProgram } from '../../../harness/toolchain/find-program.js';
import { runCli } from '../../helpers/run-cli.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

let commands: readonly DescribedCommand[];
const scripts = new Map<string, string>();
beforeAll(async () => {
  const { stdout } = await runCli(['completion', '--json']);
  ({ commands } = JSON.parse(stdout) as { commands: DescribedCommand[] });
  for (const shell of ['bash', 'zsh', 'fish'])
    scripts.set(shell, (await runCli(['completion', shell])).stdout);
});

const find = (...path: string[]) => commands.find((one) => one.path.join(' ') === path.join(' '))!;

test('every command is there, those of groups too, with the options that its help has', async () => {
  for (const { name } of commandEntries) expect(find().commands.map((one) => one.name)).toContain(name);
  for (const path of [
    ['secrets', 'set'],
    ['contract', 'docs'],
    ['iam', 'policy'],
    ['env', 'check'],
    ['cluster', 'up'],
  ]) {
    expect(find(...path)).toBeDefined();
  }
  const { stdout } = await runCli(['run', '--help']);
  const written = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gmu)].map(([, name]) => name);
  expect(find('run').options.map(({ names }) => names.at(-1))).toEqual(written);
  expect(
    commands.filter(
      ({ path, options }) => path.length > 0 && find(...path).commands.length === 0 && options.length < 3,
    ),
  ).toEqual([]);
});

test('an option knows whether it takes a value, and which values there are', () => {
  const option = (name: string) => find('iam', 'policy').options.find(({ names }) => names.includes(name));
  expect(option('--for')).toMatchObject({ takesValue: true, choices: ['operator', 'developer', 'writer'] });
  expect(option('--file')).toMatchObject({ names: ['-f', '--file'], takesValue: true, choices: [] });
  expect(option('--look-up')).toMatchObject({ takesValue: false });
});

/** What bash offers for the last of these words. */
async function offer(...words: string[]): Promise<string[]> {
  const script = `${scripts.get('bash')}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sluice; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await runCommand('bash', ['--norc', '-c', script, 'bash', 'sluice', ...words]);
  return stdout.split('\n').filter((line) => line !== '');
}

describe('bash', () => {
  it.each([
    { words: ['che'], offered: ['check'] },
    { words: ['contract', ''], offered: ['check', 'docs', 'env-example', 'schema'] },
    { words: ['contract', 'check', '--contr'], offered: ['--contract'] },
    { words: ['iam', 'policy', '--for', 'w'], offered: ['writer'] },
    { words: ['iam', 'policy', '--format', ''], offered: ['json', 'terraform'] },
    { words: ['-f', 'values/prod.yaml', 'iam', 'policy', '--look'], offered: ['--look-up'] },
    { words: ['run', '--dry'], offered: ['--dry-run'] },
    // Nothing of its own: files then.
    { words: ['check', '-f', ''], offered: [] },
    { words: ['check', 'values/'], offered: [] },
  ])('offers $offered after sluice $words', async ({ words, offered }) => {
    expect(await offer(...words)).toEqual(offered);
  });

  it('offers programs after two dashes, and then what those take', async () => {
    expect(await offer('run', '--', 'tru')).toContain('true');
    expect(await offer('run', '--', 'true', '--dry')).toEqual([]);
  });
});

test.each(['zsh', 'fish'])('the script of %s has every option', (shell) => {
  const script = scripts.get(shell)!;
  for (const { path, options } of commands) {
    for (const { names } of options)
      expect(script, path.join(' ')).toContain(names.at(-1)!.replace(/^--/u, ''));
  }
});

test.for(['bash', 'zsh', 'fish'])('the script of %s is one that it takes', async (shell, { skip }) => {
  skip((await findProgram(shell)) === undefined, `${shell} is not installed`);
  const folder = await makeTempFolder({ script: scripts.get(shell)! });
  // Of a locale that the machine names and does not have every shell complains.
  const env = { ...process.env, LC_ALL: 'C' };
  expect((await runCommand(shell, ['-n', `${folder}/script`], { env })).stderr).toBe('');
});

test.each([
  { args: [], said: 'no shell is named' },
  { args: ['tcsh'], said: 'Name one of bash, zsh, fish' },
])('$said is wrong usage', async ({ args, said }) => {
  const { code, stdout, stderr } = await runCli(['completion', ...args]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(said);
});
