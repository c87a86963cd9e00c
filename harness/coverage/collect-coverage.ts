import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RenderContext } from '../helm/render-chart.js';
import { coverChanges } from './change-coverage.js';
import { type CountedRecord, readCoverageRecords } from './coverage-record.js';
import type { CoverageReport, Metric, Share } from './coverage-report.js';
import { type ChartDescription, describeChart } from './describe-chart.js';
import type { CoverageException } from './exceptions.js';
import { findEffects } from './find-effects.js';
import { exceptGaps, type Gaps, listGaps } from './gaps.js';
import { findOpenSchemaLeaves } from './open-schema-leaves.js';
import { coverTemplates, listSides, type TemplateCoverage } from './template-coverage.js';
import { findUnreadKeys } from './unknown-keys.js';
import { coverValues, type LeafCoverage } from './value-coverage.js';

/** Which charts count: the chart alone, those unpacked in its `charts/` too, or packed ones as well. */
export type SubchartChoice = 'none' | 'unpacked' | 'all';

export interface CollectCoverageOptions {
  /** Folder or packed archive of the chart. */
  chart: string;
  /** Folder in which renders wrote down what they hit. */
  folder: string;
  /** Default `unpacked`. */
  subcharts?: SubchartChoice;
  /** Whether to try, by further renders, which values change a manifest. Default true. */
  effects?: boolean;
  exceptions?: readonly CoverageException[];
  /** Git revision whose changes since are looked at on their own. */
  base?: string | undefined;
  context?: RenderContext;
}

/**
 * Adds up what a set of renders covered of a chart.
 *
 * @throws SluiceError as `describeChart` and `coverChanges`.
 */
export async function collectCoverage(options: CollectCoverageOptions): Promise<CoverageReport> {
  const { exceptions = [], context = {}, base } = options;
  const chart = resolve(context.cwd ?? process.cwd(), options.chart);
  const whole = await describeChart(chart, context);
  const description = await selectCharts(whole, chart, options.subcharts ?? 'unpacked');
  const records = (await readCoverageRecords(options.folder)).filter(
    ({ record }) => record.chart === description.name,
  );
  const templates = coverTemplates(description.files, records);
  const read = coverValues(description, records);
  const leaves =
    options.effects === false ? read : await findEffects({ chart, leaves: read, records, context });
  const open = new Set(
    description.charts.flatMap((one) =>
      findOpenSchemaLeaves(one).map((pointer) => `${one.folder}\0${pointer}`),
    ),
  );
  const { gaps, used, stale } = exceptGaps(listGaps(templates, leaves), exceptions);
  return {
    chart: options.chart,
    renders: countRenders(records),
    templates,
    leaves,
    openLeaves: leaves.filter((leaf) => open.has(`${leaf.chart}\0${leaf.pointer}`)),
    unreadKeys: await findUnreadKeys(whole, records, context.cwd),
    totals: addTotals(templates, leaves, gaps),
    exceptions: { used, stale },
    changes:
      base === undefined
        ? undefined
        : await coverChanges({ base, chart, templates, leaves, signal: context.signal }),
  };
}

function countRenders(records: readonly CountedRecord[]): number {
  return records.reduce((sum, { count }) => sum + count, 0);
}

async function selectCharts(
  description: ChartDescription,
  chart: string,
  choice: SubchartChoice,
): Promise<ChartDescription> {
  const folders = description.charts.map(({ folder }) => folder);
  const kept = new Set<string>();
  for (const folder of folders) {
    if (folder === '' || choice === 'all' || (choice === 'unpacked' && (await isFolder(join(chart, folder)))))
      kept.add(folder);
  }
  const ownerOf = (path: string): string =>
    folders
      .filter((folder) => folder === '' || path.startsWith(`${folder}/`))
      .sort((one, other) => other.length - one.length)[0] ?? '';
  return {
    ...description,
    files: description.files
      .filter(({ path }) => kept.has(ownerOf(path)))
      .sort((one, other) => (one.path < other.path ? -1 : 1)),
    charts: description.charts.filter(({ folder }) => kept.has(folder)),
  };
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}

// An exception makes a gap count as covered.
function addTotals(
  templates: readonly TemplateCoverage[],
  leaves: readonly LeafCoverage[],
  gaps: Gaps,
): Record<Metric, Share> {
  const statements = templates.flatMap((one) => one.statements);
  const branches = templates.flatMap((one) => one.branches.flatMap(listSides)).length;
  const varied = gaps.leaves.filter(({ lack }) => lack === 'variation').length;
  return {
    statements: count(statements.map(({ hits }) => hits)),
    branches: { covered: branches - gaps.branches.length, total: branches },
    functions: count(templates.flatMap((one) => one.functions.map(({ hits }) => hits))),
    lines: count(templates.flatMap(listLineHits)),
    values: { covered: leaves.length - (gaps.leaves.length - varied), total: leaves.length },
    variation: { covered: leaves.length - varied, total: leaves.length },
  };
}

function listLineHits({ statements }: TemplateCoverage): number[] {
  const lines = new Map<number, number>();
  for (const { range, hits } of statements) {
    lines.set(range.start.line, Math.max(hits, lines.get(range.start.line) ?? 0));
  }
  return [...lines.values()];
}

function count(hits: readonly number[]): Share {
  return { covered: hits.filter((one) => one > 0).length, total: hits.length };
}
