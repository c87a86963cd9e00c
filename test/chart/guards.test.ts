import { readdir } from 'node:fs/promises';
import '../../harness/vitest.js';
import { describe, expect, it } from 'vitest';
import { GUARD_CASES } from './support/guard-cases.js';
import { CHART, copyWithoutSchema, readChartFile, render } from './support/render.js';

describe('what must not be deployed', () => {
  it.each(GUARD_CASES)('is refused: $text', async ({ text, refused, skipSchema }) => {
    const chart = skipSchema ? await copyWithoutSchema() : CHART;
    await expect(render(refused, { chart })).toFailRendering(text);
  });

  it.each(GUARD_CASES)('is told from what may be: $text', async ({ accepted }) => {
    expect((await render(accepted)).manifests.length).toBeGreaterThan(0);
  });

  it.each(GUARD_CASES.filter(({ skipSchema }) => skipSchema))(
    'is refused by the schema before the template says: $text',
    async ({ refused }) => {
      await expect(render(refused)).toFailRendering(/^\/(config|externalSecrets|secretStores|cronJobs)/u);
    },
  );
});

/** The text of a `fail` or `required` in a template, as a pattern: verbs of `printf` stand for anything. */
function readFailTexts(template: string): { text: string; pattern: RegExp }[] {
  const calls = template.matchAll(/(?:\bfail|\brequired) (?:\(printf )?("(?:[^"\\]|\\.)*")/gu);
  return [...calls].map(([, literal = '""']) => {
    const text = JSON.parse(literal) as string;
    const parts = text
      .split(/%(?:\.0f|[sqdv])/u)
      .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/gu, '\\$&'));
    return { text, pattern: new RegExp(`^${parts.join('[\\s\\S]*')}$`, 'u') };
  });
}

describe('the guards of the templates', () => {
  it('each have a test', async () => {
    const files = (await readdir(`${CHART}/templates`, { recursive: true })).filter((file) =>
      /\.\w+$/u.test(file),
    );
    const texts = (await Promise.all(files.map((file) => readChartFile(`templates/${file}`)))).flatMap(
      readFailTexts,
    );
    expect(texts.length).toBeGreaterThan(40);
    const untested = texts.filter(({ pattern }) => !GUARD_CASES.some(({ text }) => pattern.test(text)));
    expect(untested.map(({ text }) => text)).toEqual([]);
  });

  it('are all found, however they are written', async () => {
    const files = (await readdir(`${CHART}/templates`, { recursive: true })).filter((file) =>
      /\.\w+$/u.test(file),
    );
    const all = (await Promise.all(files.map((file) => readChartFile(`templates/${file}`)))).join('\n');
    const written = all.match(/\b(?:fail|required) [("]/gu) ?? [];
    expect(readFailTexts(all)).toHaveLength(written.length);
  });

  it('say what and where, and end in a remedy', () => {
    for (const { text } of GUARD_CASES)
      expect(text).toMatch(/^[^:]+: [\s\S]+[:,] [\s\S]+\. [A-Z][^.]*[\s\S]*\.$/u);
  });
});
