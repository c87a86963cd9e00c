import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readAnnotatedValues } from './annotated-values.js';
import { buildSchema } from './build-schema.js';
import { updateChartReadme } from './chart-readme.js';
import { type Problem, throwProblems } from './problem.js';
import { checkTemplateValues } from './template-values.js';
import { writeValuesReference } from './values-reference.js';
import { writeValuesTypes } from './values-types.js';

const VALUES = 'chart/values.yaml';
const README = 'chart/README.md';
const TEMPLATES = 'chart/templates';

/** A file and what it must hold. */
export interface GeneratedFile {
  /** Relative to the repository. */
  file: string;
  text: string;
}

/**
 * Makes everything that follows from `chart/values.yaml`: schema, README table, reference and types. Writes nothing.
 *
 * @throws SluiceError `CHART_FILES_INVALID` naming every problem with file and line.
 */
export async function generateChartFiles(repository: string): Promise<GeneratedFile[]> {
  const annotated = readAnnotatedValues(VALUES, await readFile(join(repository, VALUES), 'utf8'));
  const { schema, problems: found } = buildSchema(annotated);
  const problems: Problem[] = [...found];
  const readme = updateChartReadme(await readFile(join(repository, README), 'utf8'), {
    file: README,
    values: annotated.values,
    schema,
  });
  if (typeof readme !== 'string') problems.push(readme);
  throwProblems("The chart's files cannot be generated", problems);
  return [
    { file: 'chart/values.schema.json', text: `${JSON.stringify(schema, null, 2)}\n` },
    { file: README, text: String(readme) },
    { file: 'docs/values.md', text: writeValuesReference(annotated, schema) },
    { file: 'harness/chart-values.ts', text: await writeValuesTypes(schema) },
  ];
}

/**
 * Holds the chart's templates and `chart/values.yaml` against each other.
 *
 * @throws SluiceError `CHART_FILES_INVALID` naming every value that no template reads, and every read of a value that is
 * not there.
 */
export async function checkChartTemplates(repository: string): Promise<void> {
  const { values } = readAnnotatedValues(VALUES, await readFile(join(repository, VALUES), 'utf8'));
  throwProblems(
    "The chart's templates and values disagree",
    checkTemplateValues(VALUES, values, await readTemplates(repository)),
  );
}

/** The files whose text on disk is not what `generateChartFiles` gives. */
export async function findStaleFiles(
  repository: string,
  generated: readonly GeneratedFile[],
): Promise<GeneratedFile[]> {
  const current = await Promise.all(generated.map(({ file }) => readIfThere(join(repository, file))));
  return generated.filter(({ text }, index) => current[index] !== text);
}

/** Writes the files given, each whole. */
export async function writeGeneratedFiles(
  repository: string,
  files: readonly GeneratedFile[],
): Promise<void> {
  await Promise.all(files.map(({ file, text }) => writeFile(join(repository, file), text)));
}

async function readTemplates(repository: string): Promise<GeneratedFile[]> {
  const entries = await readdir(join(repository, TEMPLATES), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(repository.length + 1))
    .sort();
  return Promise.all(
    files.map(async (file) => ({ file, text: await readFile(join(repository, file), 'utf8') })),
  );
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
