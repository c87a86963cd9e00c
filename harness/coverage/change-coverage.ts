import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { CommandError, SluiceError } from '../errors.js';
import { runCommand } from '../exec/run-command.js';
import type { Share } from './coverage-report.js';
import { listSides, type TemplateCoverage } from './template-coverage.js';
import type { LeafCoverage } from './value-coverage.js';

/** What was covered of the lines that are others than in a base revision. */
export interface ChangeCoverage {
  base: string;
  statements: Share;
  branches: Share;
  values: Share;
  /** Changed lines with something on them that is not covered, by file. */
  uncovered: { path: string; lines: number[] }[];
}

export interface ChangeOptions {
  base: string;
  /** Folder of the chart. */
  chart: string;
  templates: readonly TemplateCoverage[];
  leaves: readonly LeafCoverage[];
  signal?: AbortSignal | undefined;
}

/**
 * Looks at the lines of a chart that are others than in a revision of its git repository, new files included.
 *
 * @throws SluiceError `BASE_REVISION`, exit code 2, where git does not know it.
 */
export async function coverChanges(options: ChangeOptions): Promise<ChangeCoverage> {
  const { base, templates, leaves } = options;
  const changed = await listChangedLines(options);
  const isChanged = (path: string, line: number): boolean => changed.get(path)?.has(line) ?? false;
  const statements = templates.flatMap(({ path, statements: own }) =>
    own.map(({ range, hits }) => ({ path, line: range.start.line, covered: hits > 0 })),
  );
  const branches = templates.flatMap(({ path, branches: own }) =>
    own.flatMap((branch) =>
      listSides(branch).map((hits) => ({ path, line: branch.range.start.line, covered: hits > 0 })),
    ),
  );
  const values = leaves.map(({ place, status }) => ({
    path: place?.file ?? '',
    line: place?.line ?? 0,
    covered: status === 'covered',
  }));
  const pick = (all: readonly Covered[]): Covered[] => all.filter(({ path, line }) => isChanged(path, line));
  const own = { statements: pick(statements), branches: pick(branches), values: pick(values) };
  return {
    base,
    statements: share(own.statements),
    branches: share(own.branches),
    values: share(own.values),
    uncovered: groupUncovered([...own.statements, ...own.branches, ...own.values]),
  };
}

interface Covered {
  path: string;
  line: number;
  covered: boolean;
}

function share(all: readonly Covered[]): Share {
  return { covered: all.filter(({ covered }) => covered).length, total: all.length };
}

function groupUncovered(all: readonly Covered[]): ChangeCoverage['uncovered'] {
  const files = new Map<string, Set<number>>();
  for (const { path, line, covered } of all) {
    if (!covered) files.set(path, (files.get(path) ?? new Set()).add(line));
  }
  return [...files]
    .map(([path, lines]) => ({ path, lines: [...lines].sort((one, other) => one - other) }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

async function listChangedLines(options: ChangeOptions): Promise<Map<string, Set<number>>> {
  const chart = resolve(options.chart);
  const diff = await runGit(options, [
    'diff',
    '--unified=0',
    '--no-color',
    '--no-ext-diff',
    '--relative',
    options.base,
    '--',
    '.',
  ]);
  const changed = parseDiff(diff);
  const added = await runGit(options, ['ls-files', '--others', '--exclude-standard', '-z', '--', '.']);
  for (const path of added.split('\0').filter((one) => one !== '')) {
    const text = await readFile(join(chart, path), 'utf8');
    const own = relative(chart, join(chart, path));
    changed.set(own, new Set(text.split('\n').map((_, index) => index + 1)));
  }
  return changed;
}

function parseDiff(diff: string): Map<string, Set<number>> {
  const changed = new Map<string, Set<number>>();
  let lines = new Set<number>();
  for (const line of diff.split('\n')) {
    const file = /^\+\+\+ (?:"?b\/)(.*?)"?$/u.exec(line)?.[1];
    if (file !== undefined) {
      lines = new Set();
      changed.set(file, lines);
    }
    const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/u.exec(line);
    if (hunk === null) continue;
    const first = Number(hunk[1]);
    for (let at = 0; at < Number(hunk[2] ?? '1'); at += 1) lines.add(first + at);
  }
  return changed;
}

async function runGit({ base, chart, signal }: ChangeOptions, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await runCommand('git', ['-C', resolve(chart), ...args], signal ? { signal } : {});
    return stdout;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new SluiceError({
      code: 'BASE_REVISION',
      message: `revision ${base}: chart ${chart} cannot be compared with it`,
      evidence: error.stderr.trim() || error.shortMessage,
      remedy: 'Name a revision of the chart’s git repository; a shallow clone may have to fetch it first.',
      exitCode: 2,
      cause: error,
    });
  }
}
