import type { AnnotatedValue } from './annotated-values.js';
import { hasDescribedChildren } from './build-schema.js';
import type { Problem } from './problem.js';

export interface TemplateFile {
  file: string;
  text: string;
}

/**
 * Holds templates and values against each other: `.Values.x.y` that values.yaml does not have, and values that no
 * template reads.
 *
 * Only what is certain is told. A value counts as read where its own name is an identifier or a quoted word anywhere
 * in the templates and the value it stands under is read too, so a value that is merely named elsewhere may slip
 * through; one that is told is never read.
 */
export function checkTemplateValues(
  valuesFile: string,
  values: readonly AnnotatedValue[],
  templates: readonly TemplateFile[],
): Problem[] {
  const code = templates.map(({ file, text }) => ({ file, text: blankComments(text) }));
  return [...findUnknownReads(values, code), ...findUnreadValues(valuesFile, values, code)];
}

/** Keeps new lines, so that positions stay. */
function blankComments(text: string): string {
  return text.replaceAll(/\{\{-?\s*\/\*[\s\S]*?\*\/\s*-?\}\}/gu, (comment) =>
    comment.replaceAll(/[^\n]/gu, ' '),
  );
}

function findUnknownReads(values: readonly AnnotatedValue[], code: readonly TemplateFile[]): Problem[] {
  return code.flatMap(({ file, text }) =>
    [...text.matchAll(/\.Values((?:\.\w+)+)/gu)].flatMap((match) => {
      const path = (match[1] ?? '').slice(1).split('.');
      const known = isKnownPath(values, path);
      const line = text.slice(0, match.index).split('\n').length;
      return known
        ? []
        : [{ file, line, message: `reads .Values.${path.join('.')}, which values.yaml does not have` }];
    }),
  );
}

function isKnownPath(values: readonly AnnotatedValue[], path: readonly string[]): boolean {
  if (path[0] === 'global') return true;
  let level = values;
  for (const step of path) {
    const found = level.find((value) => value.path.at(-1) === step);
    if (!found) return false;
    if (!hasDescribedChildren(found)) return true;
    level = found.children;
  }
  return true;
}

function findUnreadValues(
  file: string,
  values: readonly AnnotatedValue[],
  code: readonly TemplateFile[],
): Problem[] {
  const text = code.map((template) => template.text).join('\n');
  const named = new Set([...text.matchAll(/[.$]?\b(\w+)\b/gu)].map((match) => match[1]));
  const unread = (value: AnnotatedValue): Problem[] => {
    const [name = '', whole] = [value.path.at(-1), value.path.join('.')];
    if (!named.has(name)) return [{ file, line: value.line, message: `"${whole}" is read by no template` }];
    return hasDescribedChildren(value) && !isReadWhole(text, value.path)
      ? value.children.flatMap(unread)
      : [];
  };
  return values.flatMap(unread);
}

/** `toYaml .Values.a` or `dict "image" .Values.a`, unlike `if .Values.a`: everything below may be read. */
function isReadWhole(text: string, path: readonly string[]): boolean {
  const uses = new RegExp(`\\{\\{-?([^{}]*)\\.Values\\.${path.join('\\.')}(?![\\w.])`, 'gu');
  return [...text.matchAll(uses)].some((use) => !/^\s*(?:with|if|else if)\s+[$]?$/u.test(use[1] ?? ''));
}
