import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandEntries } from '../../../harness/cli/command-entries.js';
import { runCli } from '../../helpers/run-cli.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

test('--version prints the version and nothing else', async () => {
  expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('--help lists every command with what it does, on stdout', async () => {
  const { code, stdout, stderr } = await runCli(['--help']);
  expect([code, stderr]).toEqual([0, '']);
  for (const { name, summary } of commandEntries)
    expect(stdout).toMatch(new RegExp(`^ {2}${name} +${summary}$`, 'mu'));
});

test('no command at all is wrong usage and shows the help on stderr', async () => {
  const { code, stdout, stderr } = await runCli([]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('Usage: sluice COMMAND');
});

test('a mistyped command is answered with the nearest one', async () => {
  expect(await runCli(['chekc'])).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'error sluice chekc: no such command [USAGE]\n  → Did you mean check? sluice --help lists them.\n',
  });
});

test('a word that is near to no command is answered without a guess', async () => {
  const { code, stderr } = await runCli(['deploy-everything']);
  expect(code).toBe(2);
  expect(stderr).not.toContain('Did you mean');
});

test.each(commandEntries.map(({ name }) => name))(
  'sluice %s --help has an example and ends well',
  async (name) => {
    const { code, stdout, stderr } = await runCli([name, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Example:\n  sluice ');
    expect(await runCli(['help', name])).toEqual({ code, stdout, stderr });
  },
);

test('an unknown option is wrong usage, with the nearest one', async () => {
  expect(await runCli(['render', '--chrat', 'x'])).toEqual({
    code: 2,
    stdout: '',
    stderr:
      "error unknown option '--chrat' (Did you mean --chart?) [USAGE]\n  → sluice render --help tells what it takes.\n",
  });
});

test('a word too many is wrong usage', async () => {
  expect((await runCli(['render', 'values.yaml'])).code).toBe(2);
});

test('with --json a failure is one JSON document on stdout', async () => {
  const { code, stdout } = await runCli(['render', '--json', '--chart', '/nowhere']);
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toEqual({
    error: {
      code: 'CHART_MISSING',
      message: 'chart /nowhere: not a chart',
      evidence: 'no such folder or archive',
      remedy: 'Name the folder that holds Chart.yaml, or a packed chart, with --chart.',
    },
  });
});

test('colour is used on a terminal only, and not where NO_COLOR is set', async () => {
  const colorCode = '\u001b[';
  expect((await runCli(['nope'])).stderr).not.toContain(colorCode);
  expect((await runCli(['nope'], { columns: 80 })).stderr).toContain(colorCode);
  expect((await runCli(['nope'], { columns: 80, env: { NO_COLOR: '1' } })).stderr).not.toContain(colorCode);
});

test('a command that is interrupted ends with 130 and prints no error', async () => {
  const signal = AbortSignal.abort(new Error('interrupted by SIGINT'));
  expect(await runCli(['render', '--chart', 'chart'], { signal })).toEqual({
    code: 130,
    stdout: '',
    stderr: '',
  });
});
