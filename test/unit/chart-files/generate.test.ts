import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateChartFiles } from '../../../scripts/chart-files/generate.js';
import { runScript } from '../../helpers/run-script.js';
import { createSampleRepository, SAMPLE_VALUES } from '../../helpers/values-sample.js';

const run = (repository: string, ...flags: string[]) =>
  runScript('generate-chart-files.ts', ['--repository', repository, ...flags]);

describe('the files that follow from values.yaml', () => {
  it('are the same each time', async () => {
    const repository = await createSampleRepository();
    expect(await generateChartFiles(repository)).toEqual(await generateChartFiles(repository));
  });

  it('leave what a person wrote into the README', async () => {
    const repository = await createSampleRepository();
    const readme = (await generateChartFiles(repository)).find(({ file }) => file === 'chart/README.md');
    expect(readme?.text).toMatch(/^# A chart\n\nSaid by a person\.\n[\s\S]*\nSaid by a person, too\.\n$/u);
    expect(readme?.text).toContain(
      '| `image.repository` | string | `""` | Where it is pulled from. It goes on here. |',
    );
  });

  it('link a type in the README to its place in the reference', async () => {
    const repository = await createSampleRepository();
    const files = new Map((await generateChartFiles(repository)).map(({ file, text }) => [file, text]));
    expect(files.get('chart/README.md')).toContain('map of [secret](../docs/values.md#secret)');
    expect(files.get('docs/values.md')).toContain('### secret\n\nA secret that is read from a store.');
    expect(files.get('docs/values.md')).toContain('| `path` | string | required | Where it is kept. |');
    expect(files.get('docs/values.md')).toContain(
      '| `refreshInterval` | [duration](#duration) | `"1h"` | How often it is read. |',
    );
  });

  it('are refused where the README has no place for the table', async () => {
    const repository = await createSampleRepository();
    await writeFile(join(repository, 'chart/README.md'), '# Nothing\n');
    await expect(generateChartFiles(repository)).rejects.toThrow(
      'chart/README.md:1: needs the lines "<!-- values: generated from values.yaml -->" and "<!-- /values -->", in this order',
    );
  });
});

describe('npm run generate', () => {
  it('writes what is missing, then --check is content, and a changed comment makes it stale', async () => {
    const repository = await createSampleRepository();
    const missing = await run(repository, '--check');
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toContain(
      'Stale: chart/values.schema.json, chart/README.md, docs/values.md, harness/chart-values.ts',
    );
    expect((await run(repository)).exitCode).toBe(0);
    expect((await run(repository, '--check')).stdout).toBe('Generated files are up to date.');
    await writeFile(join(repository, 'chart/values.yaml'), SAMPLE_VALUES.replace('minimum: 0', 'minimum: 1'));
    const stale = await run(repository, '--check');
    expect(stale).toMatchObject({ exitCode: 1 });
    expect(stale.stderr).toMatch(/^Stale: chart\/values\.schema\.json\n/u);
  }, 30_000);

  it('is not content with a value that no template reads', async () => {
    const repository = await createSampleRepository(
      `${SAMPLE_VALUES}\n# -- Read by nothing.\nforgotten: 1\n`,
    );
    expect((await run(repository)).exitCode).toBe(0);
    const { exitCode, stderr } = await run(repository, '--check');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^chart\/values\.yaml:\d+: "forgotten" is read by no template$/mu);
  }, 30_000);

  it('tells what is wrong without a stack trace', async () => {
    const repository = await createSampleRepository(SAMPLE_VALUES.replace('# -- How many pods run.\n', ''));
    const { exitCode, stderr } = await run(repository);
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      'The chart\'s files cannot be generated: 1 problem.\nchart/values.yaml:23: "replicaCount" has no description: write "# -- text" above it',
    );
    await expect(readFile(join(repository, 'docs/values.md'))).rejects.toThrow('ENOENT');
  }, 30_000);

  it('answers wrong usage with its usage', async () => {
    const repository = await createSampleRepository();
    await rm(repository, { recursive: true });
    const { exitCode, stderr } = await run(repository, '--chekc');
    expect(exitCode).toBe(2);
    expect(stderr).toContain("Unknown option '--chekc'");
  }, 30_000);
});
