import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from '../helpers/run-script.js';

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(join(REPOSITORY, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(REPOSITORY, join(entry.parentPath, entry.name)))
    .sort();
}

describe('no file is passed over because of its name', () => {
  it('every test file is run by a vitest project', async () => {
    const { stdout } = await execa(
      process.execPath,
      [join(REPOSITORY, 'node_modules/vitest/vitest.mjs'), 'list', '--filesOnly'],
      // Where it says kind some files are left out on purpose; colours would be a part of the names.
      { cwd: REPOSITORY, env: { SLUICE_E2E_PROVIDER: undefined, FORCE_COLOR: undefined, NO_COLOR: '1' } },
    );
    const run = stdout.split('\n').map((line) => line.replace(/^\[[\w-]+\] /u, ''));
    const written = (await listFiles('test')).filter(
      (file) => /\.(test|spec)\.\w+$/u.test(file) && !file.startsWith('test/fixtures/'),
    );
    expect(written).not.toEqual([]);
    expect(written.filter((file) => !run.includes(file))).toEqual([]);
  }, 30_000);

  it('every test file says so in its name', async () => {
    const files = await listFiles('test');
    const unnamed = files.filter(
      (file) =>
        file.endsWith('.ts') &&
        !/\.test\.ts$|\.d\.ts$|^test\/(helpers|fixtures|(\w+\/)+support)\//u.test(file),
    );
    expect(unnamed).toEqual([]);
  });

  it('every install scenario of the chart is one that chart-testing picks up', async () => {
    const scenarios = await listFiles('chart/ci');
    expect(scenarios).not.toEqual([]);
    expect(scenarios.filter((file) => !/^chart\/ci\/[^/]+-values\.yaml$/u.test(file))).toEqual([]);
  });
});
