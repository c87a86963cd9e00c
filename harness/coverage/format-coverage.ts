import { toCoverageMap } from './coverage-map.js';
import { type CoverageReport, type Share, toPercent } from './coverage-report.js';
import { exceptGaps, type Gaps, listGaps } from './gaps.js';
import type { LeafCoverage } from './value-coverage.js';
import { formatTable } from './write-reports.js';

export interface FormatCoverageOptions {
  /** Width of the terminal; undefined: 120. */
  columns?: number | undefined;
  /** Everything; without it, long lists end after some. */
  verbose?: boolean;
}

const SHOWN = 10;

/** What people read: the table of templates, the branches never taken, and what there is to say of values. */
export async function formatCoverage(
  report: CoverageReport,
  { columns, verbose = false }: FormatCoverageOptions = {},
): Promise<string> {
  const { chart, templates, leaves } = report;
  const map = toCoverageMap(templates, chart);
  const { gaps } = exceptGaps(listGaps(templates, leaves), report.exceptions.used);
  const sections = [
    await formatTable({ map, templates, chart }, columns),
    formatBranches(gaps, verbose),
    formatLeaves(report, gaps, verbose),
    formatKeys(report, verbose),
    formatOpen(report.openLeaves, verbose),
    formatChanges(report),
    formatTotals(report),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

interface Section {
  title: string;
  lines: readonly string[];
}

function formatSection({ title, lines }: Section, verbose: boolean): string {
  if (lines.length === 0) return '';
  const shown = verbose ? lines : lines.slice(0, SHOWN);
  const more = lines.length - shown.length;
  return [
    `${title} (${lines.length})`,
    ...shown.map((line) => `  ${line}`),
    ...(more === 0 ? [] : [`  … and ${more} more (--verbose shows them)`]),
  ].join('\n');
}

const NEVER = {
  if: { taken: 'never true', else: 'never false' },
  with: { taken: 'never set', else: 'never empty' },
  range: { taken: 'never anything in it', else: 'never empty' },
};

function formatBranches({ branches }: Gaps, verbose: boolean): string {
  const lines = branches.map(
    ({ template, branch, side }) =>
      `${template}:${branch.range.start.line}  ${branch.source}: ${NEVER[branch.kind][side]}`,
  );
  return formatSection({ title: 'Branches that no render took', lines }, verbose);
}

function formatLeaves(report: CoverageReport, { leaves }: Gaps, verbose: boolean): string {
  const list = (wanted: (leaf: LeafCoverage) => boolean, lack: string): string[] =>
    leaves.filter((gap) => gap.lack === lack && wanted(gap.leaf)).map(({ leaf }) => describeLeaf(leaf));
  const tried = report.leaves.some(({ hasEffect }) => hasEffect !== undefined);
  const sections: Section[] = [
    { title: 'Dead values: no template names them', lines: list(({ status }) => status === 'dead', 'read') },
    {
      title: 'Values that no render came to',
      lines: list(({ status }) => status === 'unreached', 'read'),
    },
    {
      title: 'Values that are read and change no manifest',
      lines: tried ? list(() => true, 'effect') : [],
    },
    { title: 'Values that no render varies', lines: list(() => true, 'variation') },
  ];
  return sections
    .map((section) => formatSection(section, verbose))
    .filter((text) => text !== '')
    .join('\n\n');
}

function describeLeaf({ chart, path, place }: LeafCoverage): string {
  const file = place?.file ?? (chart === '' ? 'values.yaml' : `${chart}/values.yaml`);
  return place === undefined ? `${file}  ${path}` : `${file}:${place.line}  ${path}`;
}

function formatKeys({ unreadKeys }: CoverageReport, verbose: boolean): string {
  const unknown = unreadKeys.filter(({ isUnknown }) => isUnknown);
  const idle = unreadKeys.filter(({ isUnknown }) => !isUnknown);
  const sections: Section[] = [
    {
      title: 'Keys in values files that nothing knows',
      lines: unknown.map(({ place, nearest }) => {
        const hint = nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
        return `${place.file}:${place.line}:${place.column}  ${place.path}${hint}`;
      }),
    },
    {
      title: 'Keys in values files that nothing read there: switched off by something else',
      lines: idle.map(({ place }) => `${place.file}:${place.line}:${place.column}  ${place.path}`),
    },
  ];
  return sections
    .map((section) => formatSection(section, verbose))
    .filter((text) => text !== '')
    .join('\n\n');
}

function formatOpen(leaves: readonly LeafCoverage[], verbose: boolean): string {
  return formatSection(
    { title: 'Values that the schema lets be anything', lines: leaves.map(describeLeaf) },
    verbose,
  );
}

function formatChanges({ changes }: CoverageReport): string {
  if (changes === undefined) return '';
  const { base, statements, branches, values, uncovered } = changes;
  const head = `Changed since ${base}: statements ${formatShare(statements)}, branches ${formatShare(branches)}, values ${formatShare(values)}`;
  return [head, ...uncovered.map(({ path, lines }) => `  ${path}:${joinLines(lines)} not covered`)].join(
    '\n',
  );
}

function joinLines(lines: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const line of lines) {
    const last = ranges.at(-1);
    if (last !== undefined && line === last[1] + 1) last[1] = line;
    else ranges.push([line, line]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

function formatTotals({ renders, totals, exceptions }: CoverageReport): string {
  const excepted = exceptions.used.length === 0 ? '' : `, with ${exceptions.used.length} exceptions`;
  const parts = [
    `branches ${formatShare(totals.branches)}`,
    `values ${formatShare(totals.values)}`,
    `values varied ${formatShare(totals.variation)}`,
  ];
  return `${renders} renders${excepted}: ${parts.join(', ')}`;
}

function formatShare(share: Share): string {
  return `${share.covered}/${share.total} (${toPercent(share)} %)`;
}
