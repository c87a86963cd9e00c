import { type CoverageReport, type Metric, type Share, toPercent } from '../coverage/coverage-report.js';
import { exceptGaps, listGaps } from '../coverage/gaps.js';

/** What `sluice coverage --json` prints. */
export function describeCoverage(report: CoverageReport, shortfalls: readonly string[]): object {
  const { gaps } = exceptGaps(listGaps(report.templates, report.leaves), report.exceptions.used);
  return {
    chart: report.chart,
    renders: report.renders,
    totals: Object.fromEntries(
      (Object.entries(report.totals) as [Metric, Share][]).map(([metric, share]) => [
        metric,
        { ...share, percent: toPercent(share) },
      ]),
    ),
    templates: report.templates.map(({ path, statements, branches, functions }) => ({
      path,
      statements: statements.map(({ range, isAction, hits }) => ({ line: range.start.line, isAction, hits })),
      branches: branches.map(({ kind, source, range, taken, notTaken }) => ({
        line: range.start.line,
        kind,
        source,
        taken,
        notTaken,
      })),
      functions: functions.map(({ name, range, hits }) => ({ line: range.start.line, name, hits })),
    })),
    values: report.leaves.map(({ chart, path, place, readBy, hasEffect, variants, status }) => ({
      chart,
      path,
      line: place?.line,
      readBy,
      hasEffect,
      variants,
      status,
    })),
    openInSchema: report.openLeaves.map(({ chart, path }) => ({ chart, path })),
    unreadKeys: report.unreadKeys.map(({ place, isUnknown, nearest }) => ({ ...place, isUnknown, nearest })),
    uncovered: {
      branches: gaps.branches.map(({ template, branch, side }) => ({
        template,
        line: branch.range.start.line,
        branch: branch.source,
        side,
      })),
      values: gaps.leaves.map(({ leaf, lack }) => ({ chart: leaf.chart, value: leaf.path, lacks: lack })),
    },
    exceptions: report.exceptions,
    changes: report.changes,
    shortfalls,
  };
}
