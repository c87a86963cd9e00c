import type { CountedRecord } from './coverage-record.js';
import type { DescribedFile, Extent } from './describe-chart.js';

/** A position in a text: lines from 1, columns from 0, as coverage reports count them. */
export interface TextPosition {
  line: number;
  column: number;
}

export interface TextRange {
  start: TextPosition;
  end: TextPosition;
}

/** An action, or a line of text that is printed, with how often it was reached. */
export interface CoveredStatement {
  range: TextRange;
  /** False for text. */
  isAction: boolean;
  hits: number;
}

/** An `if`, `with` or `range`: how often its body was entered, and how often it was not. */
export interface CoveredBranch {
  kind: 'if' | 'with' | 'range';
  range: TextRange;
  /** The action as it is written, without braces. */
  source: string;
  /** Undefined where it has no `else`. */
  otherwise: TextRange | undefined;
  /** Of a `range`: how many times around. */
  taken: number;
  /** Undefined where it is always taken: a `range` over a list written out in it, or over what is known not to be empty. */
  notTaken: number | undefined;
}

/** How often each side of a branch was taken, of those that there can be. */
export function listSides({ taken, notTaken }: CoveredBranch): number[] {
  return notTaken === undefined ? [taken] : [taken, notTaken];
}

/** A `define` or `block` with how often it was called. */
export interface CoveredFunction {
  name: string;
  range: TextRange;
  hits: number;
}

/** What renders hit of one template file. */
export interface TemplateCoverage {
  path: string;
  text: string;
  statements: CoveredStatement[];
  branches: CoveredBranch[];
  functions: CoveredFunction[];
}

/**
 * Adds up what renders hit of each template.
 *
 * Hits are taken from every render that had the very text of the template, from wherever it was rendered.
 */
export function coverTemplates(
  files: readonly DescribedFile[],
  records: readonly CountedRecord[],
): TemplateCoverage[] {
  const hits = addHits(files, records);
  return files.map((file) => coverTemplate(file, hits.get(identify(file)) ?? new Map()));
}

function identify({ path, digest }: { path: string; digest: string }): string {
  return `${path}\0${digest}`;
}

function addHits(
  files: readonly DescribedFile[],
  records: readonly CountedRecord[],
): Map<string, Map<number, number>> {
  const all = new Map(files.map((file) => [identify(file), new Map<number, number>()]));
  for (const { record, count } of records) {
    for (const file of record.files) {
      const own = all.get(identify(file));
      if (own === undefined) continue;
      for (let at = 0; at < file.hits.length; at += 2) {
        const counter = file.hits[at] ?? 0;
        own.set(counter, (own.get(counter) ?? 0) + (file.hits[at + 1] ?? 0) * count);
      }
    }
  }
  return all;
}

function coverTemplate(file: DescribedFile, hits: ReadonlyMap<number, number>): TemplateCoverage {
  const bytes = Buffer.from(file.text, 'utf8');
  const locate = makeLocator(bytes);
  const count = (counter: number): number => hits.get(counter) ?? 0;
  return {
    path: file.path,
    text: file.text,
    statements: file.model.statements.map(({ extent, counter, action }) => ({
      range: locate(extent),
      isAction: action,
      hits: count(counter),
    })),
    branches: file.model.branches.map(({ kind, extent, otherwise, counters }) => ({
      kind,
      range: locate(extent),
      source: readAction(bytes, extent),
      otherwise: otherwise[1] === 0 ? undefined : locate(otherwise),
      taken: count(counters[0]),
      notTaken: counters[1] < 0 ? undefined : count(counters[1]),
    })),
    functions: file.model.functions.map(({ name, extent, counter }) => ({
      name,
      range: locate(extent),
      hits: count(counter),
    })),
  };
}

function readAction(bytes: Buffer, [from, to]: Extent): string {
  return bytes
    .toString('utf8', from, to)
    .replace(/^\{\{-?\s*|\s*-?\}\}$/gu, '')
    .replaceAll(/\s+/gu, ' ');
}

function makeLocator(bytes: Buffer): (extent: Extent) => TextRange {
  const starts = [0];
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) starts.push(at + 1);
  const locate = (position: number): TextPosition => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: bytes.toString('utf8', starts[low], position).length };
  };
  return ([from, to]) => ({ start: locate(from), end: locate(to) });
}
