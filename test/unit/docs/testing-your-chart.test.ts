import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { LINKED, linkPackages } from '../../helpers/link-packages.js';
import { REPOSITORY } from '../../helpers/run-script.js';
import { makeTempFolder, writeFiles } from '../../helpers/temp-folder.js';

const GUIDE = join(REPOSITORY, 'docs/testing-your-chart.md');
const TIMEOUT_MS = 120_000;

/** The files of a guide: every code block that starts with its own name in a comment. */
async function readGuideFiles(): Promise<Record<string, string>> {
  const text = await readFile(GUIDE, 'utf8');
  const blocks = text.matchAll(/^```\w+\n((?:#|\/\/) (\S+\/\S+)\n[\s\S]*?)^```$/gmu);
  return Object.fromEntries([...blocks].map(([, body = '', name = '']) => [name, body]));
}

/** A project that holds what the guide shows, with the chart and sluice as its reader has them. */
async function makeProject(files: Record<string, string>): Promise<string> {
  const folder = await makeTempFolder();
  await cp(join(REPOSITORY, 'chart'), join(folder, 'chart'), { recursive: true });
  await linkPackages(folder);
  await writeFile(join(folder, 'vitest.config.mjs'), `export default ${LINKED};\n`);
  await writeFiles(folder, files);
  return folder;
}

async function runVitest(folder: string) {
  const program = join(REPOSITORY, 'node_modules/vitest/vitest.mjs');
  return await execa(process.execPath, [program, 'run', '--no-color', '--no-cache'], {
    cwd: folder,
    reject: false,
    all: true,
    env: {
      ...{ VITEST: undefined, VITEST_POOL_ID: undefined, VITEST_WORKER_ID: undefined, NODE_ENV: undefined },
      // The guide shows a failure without colours, which its workers would choose for themselves.
      ...{ FORCE_COLOR: undefined, NO_COLOR: '1' },
    },
  });
}

test(
  'every test that the guide shows passes as it stands there',
  async () => {
    const files = await readGuideFiles();
    expect(Object.keys(files)).toEqual([
      'values/prod.yaml',
      'test/production.test.ts',
      'test/secrets.test.ts',
      'test/guards.test.ts',
      'test/environments.test.ts',
    ]);
    const { all, exitCode } = await runVitest(await makeProject(files));
    expect(all).toMatch(/Test Files\s+4 passed/u);
    expect(exitCode, all).toBe(0);
  },
  TIMEOUT_MS,
);

test(
  'the failure that the guide shows is the one its reader gets',
  async () => {
    const files = await readGuideFiles();
    const guide = await readFile(GUIDE, 'utf8');
    const shown = /```text\n([\s\S]*?)```/u.exec(guide)?.[1] ?? '';
    const wrong = (files['test/production.test.ts'] ?? '').replace("LOG_LEVEL: 'info'", "LOG_LEVEL: 'debug'");
    const { all = '', exitCode } = await runVitest(
      await makeProject({ 'values/prod.yaml': files['values/prod.yaml'] ?? '', 'test/wrong.test.ts': wrong }),
    );
    const withoutLines = (text: string): string =>
      text.replaceAll(/, line \d+[^)]*/gu, '').replaceAll(/^ +/gmu, '');
    expect(withoutLines(all)).toContain(withoutLines(shown).trim());
    expect(exitCode).toBe(1);
  },
  TIMEOUT_MS,
);
