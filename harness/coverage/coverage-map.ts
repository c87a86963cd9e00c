import { join } from 'node:path';
import coverage, { type CoverageMap, type FileCoverageData, type Range } from 'istanbul-lib-coverage';
import { type CoveredBranch, listSides, type TemplateCoverage, type TextRange } from './template-coverage.js';

/** The same in the form that coverage reports are made of; `chart` is the folder that paths begin with. */
export function toCoverageMap(templates: readonly TemplateCoverage[], chart: string): CoverageMap {
  return coverage.createCoverageMap(
    Object.fromEntries(
      templates.map((template) => {
        const path = join(chart, template.path);
        return [path, toFileCoverage(template, path)];
      }),
    ),
  );
}

function toFileCoverage(template: TemplateCoverage, path: string): FileCoverageData {
  const { statements, branches, functions } = template;
  return {
    path,
    statementMap: byNumber(statements.map(({ range }) => toRange(range))),
    s: byNumber(statements.map(({ hits }) => hits)),
    branchMap: byNumber(branches.map(toBranchMapping)),
    b: byNumber(branches.map(listSides)),
    fnMap: byNumber(
      functions.map(({ name, range }) => ({
        name,
        decl: toRange(range),
        loc: toRange(range),
        line: range.start.line,
      })),
    ),
    f: byNumber(functions.map(({ hits }) => hits)),
  };
}

// Reports know how to show an `else` that is not written where the branch is an `if`, and so each is one to them.
function toBranchMapping({ range, otherwise, notTaken }: CoveredBranch) {
  const nowhere = { start: {}, end: {} } as Range;
  const loc = toRange(range);
  const other = otherwise === undefined ? nowhere : toRange(otherwise);
  return {
    type: 'if',
    loc,
    locations: notTaken === undefined ? [loc] : [loc, other],
    line: range.start.line,
  };
}

function toRange({ start, end }: TextRange): Range {
  // The last column is one that belongs to it.
  return { start: { ...start }, end: { line: end.line, column: Math.max(end.column - 1, 0) } };
}

function byNumber<T>(all: readonly T[]): Record<number, T> {
  return Object.fromEntries(all.map((one, index) => [index, one]));
}
