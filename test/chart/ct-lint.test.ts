import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { REPOSITORY, runScript } from '../helpers/run-script.js';
import { makeTempFolder } from '../helpers/temp-folder.js';

const TIMEOUT_MS = 300_000;

/** Runs the real `ct lint`; the test ends as skipped, with the reason, where it cannot be had. */
async function lint(context: TestContext, ...args: string[]) {
  const result = await runScript('run-ct-lint.ts', args);
  const skipped = /^ct lint skipped: (.*)$/mu.exec(result.stdout);
  if (skipped) context.skip(skipped[1]);
  return result;
}

async function copyRepository(): Promise<string> {
  const folder = await makeTempFolder();
  for (const part of ['chart', 'ct.yaml'])
    await cp(join(REPOSITORY, part), join(folder, part), { recursive: true });
  return folder;
}

describe('ct lint', () => {
  it(
    'passes for the chart and every file in chart/ci',
    async (context) => {
      const { exitCode, stdout } = await lint(context);
      expect(stdout).toContain('All charts linted successfully');
      expect(exitCode).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'fails for a chart without a version',
    async (context) => {
      const repository = await copyRepository();
      const file = join(repository, 'chart/Chart.yaml');
      await writeFile(file, (await readFile(file, 'utf8')).replace(/^version:.*$/mu, ''));
      const { exitCode } = await lint(context, '--repository', repository);
      expect(exitCode).toBe(1);
    },
    TIMEOUT_MS,
  );

  it(
    'fails for a values file in chart/ci that does not render',
    async (context) => {
      const repository = await copyRepository();
      await writeFile(join(repository, 'chart/ci/broken-values.yaml'), 'replicaCuont: 3\n');
      const { exitCode, stdout, stderr } = await lint(context, '--repository', repository);
      expect(`${stdout}${stderr}`).toContain('replicaCuont');
      expect(exitCode).toBe(1);
    },
    TIMEOUT_MS,
  );

  it('is skipped with a reason where neither it nor Go is on PATH, and fails where it is required', async () => {
    // Not even Node's own folder: Go may stand beside it.
    const folder = await makeTempFolder();
    const env = { PATH: folder, SLUICE_CACHE: folder };
    const { exitCode, stdout } = await runScript('run-ct-lint.ts', [], env);
    expect(stdout).toBe('ct lint skipped: neither ct nor Go, which builds it, is on PATH');
    expect(exitCode).toBe(0);
    expect((await runScript('run-ct-lint.ts', ['--required'], env)).exitCode).toBe(3);
  });

  it('answers wrong usage with its usage', async () => {
    const { exitCode, stderr } = await runScript('run-ct-lint.ts', ['--requird']);
    expect(stderr).toContain("Unknown option '--requird'");
    expect(exitCode).toBe(2);
  });
});
