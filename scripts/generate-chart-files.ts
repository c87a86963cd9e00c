import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SluiceError } from '../harness/errors.js';
import {
  checkChartTemplates,
  findStaleFiles,
  generateChartFiles,
  writeGeneratedFiles,
} from './chart-files/generate.js';

const USAGE = `Usage: tsx scripts/generate-chart-files.ts [--check] [--repository DIR]

Writes chart/values.schema.json, the table in chart/README.md, docs/values.md and harness/chart-values.ts from the
comments in chart/values.yaml. With --check it writes nothing and exits 1 where one of them is stale, or where a template
and the values disagree.`;

/** Exit code: 0 fine, 1 stale or invalid, 2 wrong usage. */
async function main(): Promise<number> {
  const options = {
    check: { type: 'boolean' },
    repository: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const repository = resolve(values.repository ?? `${import.meta.dirname}/..`);
  const stale = await findStaleFiles(repository, await generateChartFiles(repository));
  if (values.check) await checkChartTemplates(repository);
  if (values.check && stale.length > 0) {
    console.error(
      `Stale: ${stale.map(({ file }) => file).join(', ')}\nRun npm run generate and commit what it writes.`,
    );
    return 1;
  }
  if (!values.check) await writeGeneratedFiles(repository, stale);
  console.log(
    stale.length === 0
      ? 'Generated files are up to date.'
      : `Wrote ${stale.map(({ file }) => file).join(', ')}`,
  );
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SluiceError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
