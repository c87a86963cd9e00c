import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runSluice } from '../../harness/cli/main.js';
import { renderChart } from '../../harness/index.js';
import { REPOSITORY } from '../helpers/run-script.js';

const FOLDER = join(REPOSITORY, 'docs/recipes');
const CHART = join(REPOSITORY, 'chart');

interface Block {
  language: string;
  /** What stands behind the language: the values file that the block is taken from. */
  file: string | undefined;
  text: string;
}

const BLOCK = /^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gmu;

function readBlocks(page: string): Block[] {
  return [...page.matchAll(BLOCK)].map(([, language = '', file, body = '']) => ({
    language,
    file,
    text: body,
  }));
}

const pages = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.md') && name !== 'README.md')
  .map((name) => ({ name, text: readFileSync(join(FOLDER, name), 'utf8') }));

/** Runs the command of a console block in this repository and gives the block with what it printed. */
async function runConsole(block: string): Promise<string> {
  const [prompt = ''] = block.split('\n', 1);
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const output = text(stdout);
  stderr.resume();
  const exitCode = await runSluice(prompt.replace(/^\$ sluice /u, '').split(' '), {
    env: { ...process.env, NO_COLOR: '1' },
    stdout,
    stderr,
    cwd: REPOSITORY,
    signal: new AbortController().signal,
  });
  stdout.end();
  expect(exitCode, prompt).toBe(0);
  return `${prompt}\n${await output}`;
}

describe.each(pages)('the recipe $name', ({ name, text: page }) => {
  const blocks = readBlocks(page);

  it('shows values as they stand in their file', () => {
    const taken = blocks.filter(({ file }) => file !== undefined);
    expect(taken).not.toEqual([]);
    for (const { file, text: part } of taken) {
      expect(`\n${readFileSync(join(REPOSITORY, file ?? ''), 'utf8')}`).toContain(`\n${part}`);
    }
  });

  it('has values files that render alone, and a further file that renders on top', async () => {
    const files = [...new Set(blocks.flatMap(({ file }) => file ?? []))].map((file) =>
      join(REPOSITORY, file),
    );
    const [first = ''] = files;
    const overlays = blocks.filter(({ language, file }) => language === 'yaml' && file === undefined);
    const renders = [
      ...files.map((file) => renderChart({ chart: CHART, valuesFiles: [file] })),
      ...overlays.map((overlay) =>
        renderChart({ chart: CHART, valuesFiles: [first], values: parse(overlay.text) as never }),
      ),
    ];
    for (const release of await Promise.all(renders)) {
      expect(release.manifests.map(({ object }) => object.kind)).toContain('Deployment');
    }
  });

  it('shows what the command prints', async () => {
    let expected = page;
    for (const { language, text: block } of blocks) {
      if (language !== 'console') continue;
      expected = expected.replace(block, () => '\u0000');
      const printed = await runConsole(block);
      expected = expected.replace('\u0000', () => printed);
    }
    await expect(expected).toMatchFileSnapshot(join(FOLDER, name));
  });
});

describe('the recipes', () => {
  it('are all in the index, and every pattern in values/ has one', () => {
    const index = readFileSync(join(FOLDER, 'README.md'), 'utf8');
    expect(pages.filter(({ name }) => !index.includes(`](${name})`))).toEqual([]);
    const shown = new Set(pages.flatMap((page) => readBlocks(page.text).map(({ file }) => file)));
    const patterns = readdirSync(join(REPOSITORY, 'values')).filter((file) => file.startsWith('pattern-'));
    expect(patterns.filter((file) => !shown.has(`values/${file}`))).toEqual([]);
  });
});
