import type { ChangeCoverage } from './change-coverage.js';
import type { CoverageException } from './exceptions.js';
import type { TemplateCoverage } from './template-coverage.js';
import type { UnreadKey } from './unknown-keys.js';
import type { LeafCoverage } from './value-coverage.js';

/** Something that can be covered, and how much of it is. */
export interface Share {
  covered: number;
  total: number;
}

/**
 * What a threshold can be set for: statements, branches, functions and lines of templates; `values` that are read and
 * change a manifest, and `variation`, of values that renders had more than one of.
 */
export type Metric = 'statements' | 'branches' | 'functions' | 'lines' | 'values' | 'variation';

export const METRICS: readonly Metric[] = [
  'statements',
  'branches',
  'functions',
  'lines',
  'values',
  'variation',
];

/** What a set of renders covered of a chart. */
export interface CoverageReport {
  /** As it was named. */
  chart: string;
  /** Renders of this chart that came as far as a template. */
  renders: number;
  templates: TemplateCoverage[];
  leaves: LeafCoverage[];
  /** Leaves that the schema lets be anything. */
  openLeaves: LeafCoverage[];
  unreadKeys: UnreadKey[];
  totals: Record<Metric, Share>;
  /** Exceptions that hold, and those of which there is nothing, or nothing any more. */
  exceptions: { used: CoverageException[]; stale: CoverageException[] };
  /** What was covered of the lines that are others than in a base revision. */
  changes: ChangeCoverage | undefined;
}

/** In percent, rounded down: 100 is all of it. */
export function toPercent({ covered, total }: Share): number {
  return total === 0 ? 100 : Math.floor((covered / total) * 10_000) / 100;
}
