import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
} from 'yaml';
import type { PathSegment } from '../../manifest/json-pointer.js';
import { kubernetesYamlOptions } from '../../manifest/kubernetes-yaml.js';
import type { ValuesSource } from '../../manifest/manifest.js';
import type { Issue } from '../issue.js';
import { describeLoss } from './lossy-scalar.js';
import { formatValuesPath } from './values-position.js';

/** Rule ids of findings about values files themselves. */
export const VALUES_RULES = {
  duplicateKey: 'values-duplicate-key',
  tab: 'values-tab',
  unreadable: 'values-unreadable',
  lossyScalar: 'lossy-scalar',
} as const;

/** Maps whose scalars become strings in a container's environment. */
const STRING_MAPS: ReadonlySet<PathSegment> = new Set(['config', 'env']);

/**
 * What is wrong with values files before Helm reads them: keys that are there twice, tabs, what is no YAML, and
 * scalars that YAML changes on their way into a string (`1.10`, `0123`, `yes`). In the order of files and lines.
 */
export function lintValues(sources: readonly ValuesSource[]): Issue[] {
  return sources.flatMap(lintFile);
}

interface FileContext {
  file: string;
  lines: LineCounter;
  issues: Issue[];
}

function lintFile({ file, text }: ValuesSource): Issue[] {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    ...kubernetesYamlOptions,
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter: lines,
  });
  const context: FileContext = { file, lines, issues: [] };
  if (document.errors.length > 0) reportErrors(context, document);
  else visit(context, document.contents, []);
  return context.issues.sort(
    (left, right) =>
      (left.values?.line ?? 0) - (right.values?.line ?? 0) ||
      (left.values?.column ?? 0) - (right.values?.column ?? 0),
  );
}

function reportErrors(context: FileContext, document: Document): void {
  const [error] = document.errors;
  if (!error) return;
  const isTab = /\btabs?\b/iu.test(error.message);
  add(context, error.pos[0], {
    rule: isTab ? VALUES_RULES.tab : VALUES_RULES.unreadable,
    severity: 'error',
    path: [],
    message: isTab
      ? 'a tab in the indentation: YAML allows only spaces there'
      : `not readable as YAML: ${firstLine(error.message)}`,
    remedy: isTab
      ? 'Replace it with spaces.'
      : 'Correct that line; quote texts that hold : # { [ or begin with @ ` & * ! %.',
  });
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/u, '');
}

function visit(context: FileContext, node: Node | null, path: readonly PathSegment[]): void {
  if (isMap(node)) {
    const seen = new Set<string>();
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const name = String(key.value);
      const inner = [...path, name];
      if (seen.has(name) && key.source !== '<<') reportDuplicate(context, key, inner);
      seen.add(name);
      visitValue(context, { key, value: value as Node | null, siblings: node }, inner);
    }
  } else if (isSeq(node)) {
    for (const [position, item] of node.items.entries())
      visit(context, item as Node | null, [...path, position]);
  }
}

interface Entry {
  key: Scalar;
  value: Node | null;
  siblings: { has(key: unknown): boolean };
}

function visitValue(
  context: FileContext,
  { key, value, siblings }: Entry,
  path: readonly PathSegment[],
): void {
  if (!isScalar(value)) {
    visit(context, value, path);
    return;
  }
  const parent = path.at(-2);
  // `env: {NAME: 1.10}`, `env: {NAME: {value: 1.10}}` and `- {name: NAME, value: 1.10}`.
  const isEntry = path.length >= 2 && parent !== undefined && STRING_MAPS.has(parent);
  const isValue =
    path.at(-1) === 'value' &&
    (siblings.has('name') || (path.length >= 3 && STRING_MAPS.has(path.at(-3) ?? '')));
  if (!isEntry && !isValue) return;
  const loss = describeLoss(value);
  if (loss) {
    add(context, (value.range ?? key.range)?.[0] ?? 0, {
      rule: VALUES_RULES.lossyScalar,
      severity: 'warning',
      path,
      message: `${formatValuesPath(path)}: ${loss.message}`,
      remedy: loss.remedy,
    });
  }
}

function reportDuplicate(context: FileContext, key: Scalar, path: readonly PathSegment[]): void {
  add(context, key.range?.[0] ?? 0, {
    rule: VALUES_RULES.duplicateKey,
    severity: 'error',
    path,
    message: `${formatValuesPath(path)} is there twice; the last one wins, silently, and the first is lost`,
    remedy: 'Put both into one.',
  });
}

interface Report extends Pick<Issue, 'rule' | 'severity' | 'message' | 'remedy'> {
  path: readonly PathSegment[];
}

function add({ file, lines, issues }: FileContext, offset: number, { path, ...issue }: Report): void {
  const { line, col } = lines.linePos(offset);
  const values = { file, line, column: col, path: formatValuesPath(path) };
  issues.push({ ...issue, object: '', pointer: '', values });
}
