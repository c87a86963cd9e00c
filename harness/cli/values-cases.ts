import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { SluiceError } from '../errors.js';
import type { ProjectFile } from './project-file.js';

/** One render that a command makes: the files that go in together, under a name to show. */
export interface ValuesCase {
  name: string;
  files: string[];
  /** As the project file says for this case. */
  release?: string;
  namespace?: string;
}

export interface ListCasesOptions {
  /** Files named by `-f`: together they are one case. */
  files: readonly string[];
  cwd: string;
  project: ProjectFile;
}

/**
 * The cases of a command: the named files as one, else those of the project file and every values file that none of
 * them takes, else the chart's own values.
 *
 * @throws SluiceError `VALUES_MISSING` where the project file names a folder that is not there; exit code 2.
 */
export async function listCases({ files, cwd, project }: ListCasesOptions): Promise<ValuesCase[]> {
  if (files.length > 0) return [findNamed(files, project) ?? { name: files.join(' + '), files: [...files] }];
  const named = listProjectCases(project);
  const taken = new Set(named.flatMap((one) => one.files));
  const alone = (await listValuesFiles({ cwd, project })).filter((path) => !taken.has(path));
  const cases = [...named, ...alone.map((path) => ({ name: path, files: [path] }))];
  if (cases.length === 0) return [{ name: 'the chart’s own values', files: [] }];
  return cases.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function listProjectCases(project: ProjectFile): ValuesCase[] {
  return Object.entries(project.cases ?? {}).map(([name, { values, ...rest }]) => ({
    name,
    files: values,
    ...rest,
  }));
}

// A case of the project file keeps its release when its files are named by hand.
function findNamed(files: readonly string[], project: ProjectFile): ValuesCase | undefined {
  return listProjectCases(project).find((one) => JSON.stringify(one.files) === JSON.stringify(files));
}

async function listValuesFiles({ cwd, project }: Omit<ListCasesOptions, 'files'>): Promise<string[]> {
  const folder = project.values ?? join(cwd, 'values');
  try {
    const names = (await readdir(folder)).filter((name) => /\.ya?ml$/u.test(name)).sort();
    return names.map((name) => relative(cwd, join(folder, name)));
  } catch (error) {
    if (project.values === undefined) return [];
    throw new SluiceError({
      code: 'VALUES_MISSING',
      message: `values folder ${project.values}: no such folder`,
      remedy: 'Correct "values" in sluice.yaml, or name files with -f.',
      exitCode: 2,
      cause: error,
    });
  }
}
