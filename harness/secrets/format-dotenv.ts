import type { SecretValue } from '../manifest/secret-value.js';
import { parseDotenv } from './dotenv.js';

/** Values to write, by name; undefined takes the name out. */
export type DotenvChanges = ReadonlyMap<string, SecretValue | undefined>;

/**
 * One `NAME=value` that dotenv readers agree on: without quotes where nothing needs them, else in single quotes as it
 * stands, else in double quotes with escapes.
 *
 * A value with single quotes together with double ones, backslashes or `$` is written with escapes that Node's dotenv
 * does not read; Python's, Compose's and sluice do.
 */
export function formatDotenvEntry(name: string, value: SecretValue): string {
  return `${name}=${formatDotenvValue(value.reveal())}`;
}

/**
 * The text of a dotenv file with some values changed: everything else stays as it is, comments and order too. New names
 * come at the end.
 *
 * @throws SluiceError `DOTENV_SYNTAX`.
 */
export function updateDotenv(text: string, changes: DotenvChanges, file?: string): string {
  const entries = parseDotenv(text, file);
  const last = new Map(entries.map((entry) => [entry.name, entry]));
  const parts: string[] = [];
  let copied = 0;
  for (const entry of entries) {
    if (!changes.has(entry.name)) continue;
    const value = changes.get(entry.name);
    // Of a name that comes twice the last counts; earlier ones would only mislead.
    if (value === undefined || last.get(entry.name) !== entry) {
      const lineStart = Math.max(
        text.lastIndexOf('\n', entry.start - 1) + 1,
        text.startsWith('\uFEFF') ? 1 : 0,
      );
      const lineEnd = text.indexOf('\n', entry.end);
      parts.push(text.slice(copied, lineStart));
      copied = lineEnd === -1 ? text.length : lineEnd + 1;
    } else {
      const prefix = /^export[ \t]+/u.exec(text.slice(entry.start, entry.end))?.[0] ?? '';
      parts.push(text.slice(copied, entry.start), prefix, formatDotenvEntry(entry.name, value));
      copied = entry.end;
    }
  }
  parts.push(text.slice(copied));
  const kept = parts.join('');
  const added = [...changes].flatMap(([name, value]) =>
    value === undefined || last.has(name) ? [] : [`${formatDotenvEntry(name, value)}\n`],
  );
  const gap = kept === '' || kept.endsWith('\n') || added.length === 0 ? '' : '\n';
  return `${kept}${gap}${added.join('')}`;
}

function formatDotenvValue(value: string): string {
  if (/^[\w./:@%+,=-]*$/u.test(value)) return value;
  if (!/['\r]/u.test(value)) return `'${value}'`;
  const escaped = value
    .replaceAll(/["\\$]/gu, '\\$&')
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n');
  return `"${escaped}"`;
}
