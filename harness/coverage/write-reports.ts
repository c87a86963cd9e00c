import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CoverageMap } from 'istanbul-lib-coverage';
import report from 'istanbul-lib-report';
import reports from 'istanbul-reports';
import type { TemplateCoverage } from './template-coverage.js';

/** A report that can be written to files. */
export type ReportKind = 'lcov' | 'html' | 'cobertura' | 'json';

export const REPORT_KINDS: readonly ReportKind[] = ['lcov', 'html', 'cobertura', 'json'];

export interface WriteReportsOptions {
  map: CoverageMap;
  templates: readonly TemplateCoverage[];
  /** Folder of the chart. */
  chart: string;
  /** Folder to write to. */
  folder: string;
  /** Folder that the paths in reports are relative to. */
  root: string;
}

/** Writes reports: `lcov.info`, `cobertura.xml`, `coverage.json`, and a page for each template from `index.html` on. */
export function writeReports(kinds: readonly ReportKind[], options: WriteReportsOptions): void {
  const { root } = options;
  const context = openContext(options);
  for (const kind of kinds) {
    if (kind === 'lcov') reports.create('lcovonly', { projectRoot: root }).execute(context);
    if (kind === 'html') reports.create('html', {}).execute(context);
    if (kind === 'cobertura')
      reports.create('cobertura', { projectRoot: root, file: 'cobertura.xml' }).execute(context);
    if (kind === 'json') reports.create('json', { file: 'coverage.json' }).execute(context);
  }
}

const WIDEST_COLUMNS = 120;

/** The table of files and their shares. */
export async function formatTable(
  options: Omit<WriteReportsOptions, 'folder' | 'root'>,
  columns: number = WIDEST_COLUMNS,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-coverage-'));
  try {
    const file = 'table.txt';
    reports.create('text', { file, maxCols: columns }).execute(openContext({ ...options, folder }));
    return (await readFile(join(folder, file), 'utf8')).replaceAll(/ +$/gmu, '').trimEnd();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function openContext({ map, templates, chart, folder }: Omit<WriteReportsOptions, 'root'>) {
  const texts = new Map(templates.map(({ path, text }) => [join(chart, path), text]));
  return report.createContext({
    dir: folder,
    coverageMap: map,
    defaultSummarizer: 'nested',
    sourceFinder: (path: string) => texts.get(path) ?? '',
  });
}
