import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { parse } from 'yaml';
import { REPOSITORY, runScript } from '../helpers/run-script.js';
import { makeTempFolder } from '../helpers/temp-folder.js';

const FOLDERS = ['.github/workflows', 'docs/examples/github-actions', '.github/actions/check'];

async function readWorkflows(): Promise<{ file: string; text: string }[]> {
  const names = await Promise.all(
    FOLDERS.map(async (folder) =>
      (await readdir(join(REPOSITORY, folder))).map((name) => join(folder, name)),
    ),
  );
  return Promise.all(
    names.flat().map(async (file) => ({ file, text: await readFile(join(REPOSITORY, file), 'utf8') })),
  );
}

/** Lines that use an action other than by a whole commit with its version behind it. */
function findUnpinned(text: string): string[] {
  return (
    text
      .split('\n')
      .filter((line) => /\buses:/u.test(line))
      // What is of this repository is of the commit that is checked out.
      .filter((line) => !/uses: \.\//u.test(line))
      .filter((line) => !/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/u.test(line))
  );
}

describe('workflows', () => {
  it('use every action by its whole commit, with the version in a comment', async () => {
    for (const { file, text } of await readWorkflows()) {
      expect(text, file).toContain('uses: ');
      expect(findUnpinned(text), file).toEqual([]);
    }
  });

  it('would be refused with an action by tag or by a shortened commit', () => {
    expect(findUnpinned('- uses: actions/checkout@v5')).toHaveLength(1);
    expect(findUnpinned('- uses: actions/checkout@08c6903cd8c0 # v5.0.0')).toHaveLength(1);
    expect(findUnpinned('- uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8')).toHaveLength(1);
  });

  it('use one action at one commit everywhere', async () => {
    const commits = new Map<string, Set<string>>();
    for (const { text } of await readWorkflows()) {
      for (const [, action = '', commit = ''] of text.matchAll(/uses: ([\w./-]+)@([0-9a-f]{40})/gu)) {
        commits.set(action, (commits.get(action) ?? new Set()).add(commit));
      }
    }
    expect([...commits].filter(([, used]) => used.size > 1)).toEqual([]);
  });

  it('may write nothing unless a job says so, and run scripts of this repository that exist', async () => {
    const { scripts } = JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const { file, text } of await readWorkflows()) {
      if (!file.endsWith('action.yaml'))
        expect((parse(text) as { permissions: unknown }).permissions, file).toEqual({ contents: 'read' });
      const run = [...text.matchAll(/run: npm (?:run )?([\w:]+)/gu)].map(([, name = '']) => name);
      expect(
        run.filter((name) => !(name in scripts)),
        file,
      ).toEqual([]);
    }
  });
});

/** Runs the real actionlint; the test ends as skipped, with the reason, where it cannot be had. */
async function lint(context: TestContext, ...files: string[]) {
  const result = await runScript('run-actionlint.ts', files);
  const skipped = /^actionlint skipped: (.*)$/mu.exec(result.stdout);
  if (skipped) context.skip(skipped[1]);
  return result;
}

const BUILT_WITHIN_MS = 600_000;

describe('actionlint', () => {
  // Where it is not there yet this builds it, which takes as long as the machine and its network do.
  beforeAll(async () => {
    await runScript('run-actionlint.ts');
  }, BUILT_WITHIN_MS);

  it('finds nothing wrong with the workflows and the examples', async (context) => {
    const { exitCode, stdout } = await lint(context);
    expect(stdout).toMatch(/^\d+ workflows: nothing wrong$/mu);
    expect(exitCode).toBe(0);
  });

  it('refuses a job that needs one that is not there', async (context) => {
    const folder = await makeTempFolder();
    const file = join(folder, 'broken.yaml');
    await writeFile(
      file,
      'on: push\njobs:\n  one:\n    needs: another\n    runs-on: ubuntu-24.04\n    steps: [{run: npm test}]\n',
    );
    const { exitCode, stdout } = await lint(context, file);
    expect(stdout).toContain('another');
    expect(exitCode).toBe(1);
  });
});
