import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { SLUICE } from '../../helpers/compiled.js';
import { coverageObstacle } from '../../helpers/coverage-obstacle.js';
import { runCli } from '../../helpers/run-cli.js';
import { makeTempFolder, writeFiles } from '../../helpers/temp-folder.js';

const FILES = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'chart/values.yaml': 'color: red\ndebug: false\ndead: 1\n',
  'chart/templates/config.yaml':
    'color: {{ .Values.color }}\n{{- if .Values.debug }}\ndebug: true\n{{- end }}\n',
  'values/one.yaml': 'colr: blue\n',
};

async function makeProject(files: Record<string, string> = {}): Promise<string> {
  return await makeTempFolder({ ...FILES, ...files });
}

const coverage = async (cwd: string, ...args: string[]) =>
  await runCli(['coverage', '--no-cache', ...args], { cwd, env: { SLUICE_COVERAGE: undefined } });

describe.skipIf(coverageObstacle !== undefined)(`sluice coverage${coverageObstacle ?? ''}`, () => {
  test('renders the values files and shows what they never touched', async () => {
    const cwd = await makeProject();
    const { code, stdout } = await coverage(cwd);
    expect(code).toBe(0);
    expect(stdout).toMatch(/config\.yaml +\| +75 \| +50 \| +100 \| +66\.66 \| 3/u);
    expect(stdout).toContain('templates/config.yaml:2  if .Values.debug: never true');
    expect(stdout).toContain('Dead values: no template names them (1)\n  values.yaml:3  dead');
    expect(stdout).toMatch(/one\.yaml:1:1 {2}colr \(did you mean color\?\)/u);
    expect(stdout).toContain('1 renders: branches 1/2 (50 %), values 2/3 (66.66 %), values varied 0/3 (0 %)');
  });

  test('takes the values that the chart brings for its own tests', async () => {
    const cwd = await makeProject({
      'chart/ci/debug-values.yaml': 'debug: true\n',
      'chart/ci/notes.yaml': 'a: b\n',
    });
    const { stdout } = await coverage(cwd);
    expect(stdout).toContain('2 renders: branches 2/2 (100 %)');
  });

  test('fails below a threshold and says which, and takes no threshold that it does not know', async () => {
    const cwd = await makeProject();
    expect(await coverage(cwd, '--min', 'branches=50')).toMatchObject({ code: 0, stderr: '' });
    expect(await coverage(cwd, '--quiet', '--min', 'branches=51', '--min', 'values=60')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'branches: 50 % is below 51 %\n',
    });
    for (const wrong of ['branch=5', 'branches', 'branches=', 'branches=x', 'branches=101']) {
      const { code, stderr } = await coverage(cwd, '--min', wrong);
      expect([code, stderr]).toEqual([2, expect.stringContaining(`--min ${wrong}: not a threshold`)]);
    }
  });

  test('writes LCOV, HTML, Cobertura and JSON', async () => {
    const cwd = await makeProject();
    const kinds = ['lcov', 'html', 'cobertura', 'json'].flatMap((kind) => ['--report', kind]);
    expect((await coverage(cwd, '--quiet', '--out', 'reports', ...kinds)).code).toBe(0);
    expect(await readdir(join(cwd, 'reports'))).toEqual(
      expect.arrayContaining([
        'cobertura.xml',
        'config.yaml.html',
        'coverage.json',
        'index.html',
        'lcov.info',
      ]),
    );
    expect(await readFile(join(cwd, 'reports/lcov.info'), 'utf8')).toBe(
      [
        'TN:',
        'SF:chart/templates/config.yaml',
        'FNF:0',
        'FNH:0',
        'DA:1,1',
        'DA:2,1',
        'DA:3,0',
        'LF:3',
        'LH:2',
        'BRDA:2,0,0,0',
        'BRDA:2,0,1,1',
        'BRF:2',
        'BRH:1',
        'end_of_record',
        '',
      ].join('\n'),
    );
    const page = await readFile(join(cwd, 'reports/config.yaml.html'), 'utf8');
    expect(page).toContain('debug: true');
    expect(page).toContain('statement not covered');
  });

  test('--json is one document, whatever a command prints', async () => {
    const cwd = await makeProject();
    const render = [process.execPath, SLUICE, 'render', '--set', 'debug=true'];
    const { stdout } = await execa(process.execPath, [SLUICE, 'coverage', '--json', '--', ...render], {
      cwd,
      env: { SLUICE_COVERAGE: undefined },
    });
    expect(JSON.parse(stdout)).toMatchObject({
      renders: 1,
      totals: { branches: { covered: 1, total: 2, percent: 50 } },
      uncovered: { branches: [{ template: 'templates/config.yaml', line: 2, side: 'else' }] },
      shortfalls: [],
    });
  });

  test('counts what a command renders, and ends as it does', async () => {
    const cwd = await makeProject();
    const { code, stderr } = await coverage(cwd, '--', process.execPath, '-e', 'process.exit(7)');
    expect(code).toBe(1);
    expect(stderr).toContain('nothing was rendered of it');
    const missing = await coverage(cwd, '--', 'no-such-program-here');
    expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining('no such program')]);
    expect(await coverage(cwd, '--')).toMatchObject({ code: 2 });
  });

  test('what is excepted counts as covered, until it is', async () => {
    const cwd = await makeProject({
      'coverage-exceptions.yaml': [
        '- {template: templates/config.yaml, branch: if .Values.debug, side: taken, reason: for people alone}',
        '- {value: dead, lacks: read, reason: kept for old overlays}',
      ].join('\n'),
    });
    const { code, stdout } = await coverage(cwd, '--min', 'branches=100', '--min', 'values=100');
    expect(stdout).toContain('with 2 exceptions: branches 2/2 (100 %), values 3/3 (100 %)');
    expect(stdout).not.toContain('never true');
    expect(code).toBe(0);
    await writeFile(join(cwd, 'values/one.yaml'), 'debug: true\n');
    const { code: after, stderr } = await coverage(cwd, '--min', 'values=100');
    expect(after).toBe(1);
    expect(stderr).toContain(
      'templates/config.yaml, if .Values.debug, taken: it is covered, or not there any more',
    );
  });

  test.each([
    ['- {template: a, branch: b, side: both, reason: c}', 1],
    ['- {value: a, lacks: read, reason: b}\n- {value: a, lacks: read}', 2],
    ['value: a', 1],
    ['- [', 1],
  ])('refuses %j as exceptions, with its line', async (text, line) => {
    const cwd = await makeProject({ 'mine.yaml': text });
    const { code, stderr } = await coverage(cwd, '--exceptions', 'mine.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain(`mine.yaml:${line}: not a list of exceptions`);
  });

  test('tells what is covered of the changes since a revision, new files included', async () => {
    const cwd = await makeProject();
    // Nothing of the user's own counts: no hooks, no signing.
    const env = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_DIR: undefined };
    const git = async (...args: string[]) => await execa('git', args, { cwd, env });
    await git('init', '-q');
    await git('add', '.');
    await git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', 'first');
    await writeFiles(cwd, {
      'chart/templates/config.yaml':
        'color: {{ .Values.color }}\n{{- if .Values.debug }}\ndebug: {{ .Values.debug }}\n{{- end }}\nnew: 1\n',
      'chart/templates/more.yaml': '{{ if .Values.dead }}a: 1{{ end }}\n',
      'chart/values.yaml': 'color: red\ndebug: false\ndead: 1\nfresh: 2\n',
    });
    const { stdout } = await coverage(cwd, '--base', 'HEAD');
    expect(stdout).toContain(
      'Changed since HEAD: statements 3/5 (60 %), branches 1/2 (50 %), values 0/1 (0 %)',
    );
    expect(stdout).toContain('templates/config.yaml:3 not covered');
    expect(stdout).toContain('values.yaml:4 not covered');
    const unknown = await coverage(cwd, '--base', 'nowhere');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('revision nowhere')]);
  });

  test('a case that a template refuses is told, and covers what refuses it', async () => {
    const cwd = await makeProject({
      'chart/templates/guard.yaml': '{{ if eq .Values.color "blue" }}{{ fail "no blue" }}{{ end }}\n',
      'values/two.yaml': 'color: blue\n',
    });
    const { code, stdout, stderr } = await coverage(cwd);
    expect(code).toBe(1);
    expect(stderr).toContain('values/two.yaml: chart chart: no blue');
    expect(stdout).not.toContain('guard.yaml:1');
  });

  test('a chart that was never rendered is an error, not a page of zeros', async () => {
    const cwd = await makeProject();
    const { code, stderr } = await coverage(cwd, '--', process.execPath, '-e', '');
    expect(code).toBe(1);
    expect(stderr).toContain('nothing was rendered of it');
  });
});
