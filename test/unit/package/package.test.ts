import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../../harness/exec/run-command.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const root = resolve('.');
const TWO_MINUTES_MS = 120_000;

let folder: string;
let files: string[];
let tarball: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-pack-'));
  const args = ['pack', '--json', '--loglevel=error', '--pack-destination', folder];
  const { stdout } = await runCommand('npm', args, { cwd: root });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as {
    filename: string;
    files: { path: string }[];
  }[];
  files = packed?.files.map(({ path }) => path) ?? [];
  tarball = join(folder, packed?.filename ?? '');
}, TWO_MINUTES_MS);

afterAll(async () => await rm(folder, { recursive: true, force: true }));

test('the package holds the harness, the chart and the schemas, and no sources or tests', () => {
  expect(files).toEqual(
    expect.arrayContaining([
      'dist/index.js',
      'dist/index.d.ts',
      'dist/vitest.js',
      'dist/bin/sluice.js',
      'chart/Chart.yaml',
      'chart/values.schema.json',
      'harness/schemas/kubernetes.json.br',
      'LICENSE',
      'README.md',
    ]),
  );
  expect(files.filter((path) => /^(test|bench|scripts|values)\//u.test(path))).toEqual([]);
  expect(files.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))).toEqual([]);
});

test('the installed package checks values, is imported with its types, and its matchers work under vitest', {
  timeout: TWO_MINUTES_MS,
}, async () => {
  const folder = await makeTempFolder({
    'package.json': '{"type": "module", "private": true}',
    'values.yaml': 'image: {repository: registry.example.com/web, tag: "1"}\nconfig: {LEVEL: info}\n',
    'web.test.ts': [
      "import { renderChart } from 'sluice';",
      "import 'sluice/vitest';",
      "import { expect, test } from 'vitest';",
      "test('the level is there', async () => {",
      "  const release = await renderChart({ chart: 'node_modules/sluice/chart', valuesFiles: ['values.yaml'] });",
      "  expect(release).toHaveEnv({ LEVEL: 'info' });",
      '});',
    ].join('\n'),
  });
  const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const install = [
    'install',
    tarball,
    `vitest@${devDependencies['vitest']}`,
    '--prefer-offline',
    '--no-audit',
  ];
  await runCommand('npm', [...install, '--no-fund', '--loglevel=error'], { cwd: folder });
  const bin = join(folder, 'node_modules', '.bin');
  const checked = await runCommand(join(bin, 'sluice'), ['check', '-f', 'values.yaml'], { cwd: folder });
  expect(checked.stdout).toContain('nothing wrong');
  await writeFile(
    join(folder, 'use.mjs'),
    "import * as sluice from 'sluice'; console.log(Object.keys(sluice).sort().join());",
  );
  const { stdout } = await runCommand(process.execPath, ['use.mjs'], { cwd: folder });
  expect(stdout).toContain('checkValues');
  expect(stdout).toContain('renderChart');
  await runCommand(join(bin, 'vitest'), ['run'], { cwd: folder });
  expect(await readdir(join(folder, 'node_modules'))).not.toContain('@aws-cdk');
});
