import type { CoverageException } from './exceptions.js';
import type { CoveredBranch, TemplateCoverage } from './template-coverage.js';
import type { LeafCoverage } from './value-coverage.js';

/** A side of a branch that no render took. */
export interface BranchGap {
  template: string;
  branch: CoveredBranch;
  side: 'taken' | 'else';
}

/** What a leaf lacks: that a template reads it, that it changes a manifest, that renders vary it. */
export type LeafLack = 'read' | 'effect' | 'variation';

export interface LeafGap {
  leaf: LeafCoverage;
  lack: LeafLack;
}

export interface Gaps {
  branches: BranchGap[];
  leaves: LeafGap[];
}

/** Everything of branches and leaves that is not covered. */
export function listGaps(templates: readonly TemplateCoverage[], leaves: readonly LeafCoverage[]): Gaps {
  return { branches: templates.flatMap(listBranchGaps), leaves: leaves.flatMap(listLeafGaps) };
}

function listBranchGaps({ path, branches }: TemplateCoverage): BranchGap[] {
  return branches.flatMap((branch) => [
    ...(branch.taken === 0 ? [{ template: path, branch, side: 'taken' as const }] : []),
    ...(branch.notTaken === 0 ? [{ template: path, branch, side: 'else' as const }] : []),
  ]);
}

function listLeafGaps(leaf: LeafCoverage): LeafGap[] {
  const lacks: LeafLack[] = [];
  if (leaf.readBy.length === 0) lacks.push('read');
  else if (leaf.hasEffect === false) lacks.push('effect');
  if (leaf.variants < 2) lacks.push('variation');
  return lacks.map((lack) => ({ leaf, lack }));
}

/** Takes out the gaps that exceptions name; says which exceptions named any. */
export function exceptGaps(
  gaps: Gaps,
  exceptions: readonly CoverageException[],
): { gaps: Gaps; used: CoverageException[]; stale: CoverageException[] } {
  const used = new Set<CoverageException>();
  const isOpen = (matches: (one: CoverageException) => boolean): boolean => {
    const fitting = exceptions.filter(matches);
    for (const one of fitting) used.add(one);
    return fitting.length === 0;
  };
  const branches = gaps.branches.filter((gap) => isOpen((one) => fitsBranch(one, gap)));
  const leaves = gaps.leaves.filter((gap) => isOpen((one) => fitsLeaf(one, gap)));
  return { gaps: { branches, leaves }, used: [...used], stale: exceptions.filter((one) => !used.has(one)) };
}

function fitsBranch(exception: CoverageException, { template, branch, side }: BranchGap): boolean {
  return (
    'branch' in exception &&
    exception.template === template &&
    exception.branch === branch.source &&
    exception.side === side
  );
}

function fitsLeaf(exception: CoverageException, { leaf, lack }: LeafGap): boolean {
  const folder = leaf.chart === '' ? '' : `${leaf.chart}/`;
  return 'value' in exception && exception.value === `${folder}${leaf.path}` && exception.lacks === lack;
}
