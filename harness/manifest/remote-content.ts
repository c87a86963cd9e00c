import { Buffer } from 'node:buffer';
import { readJsonItems, readJsonMembers, unquoteJson } from './json-members.js';
import { SecretValue } from './secret-value.js';

/** What is known of a parameter or secret in a store: its text, or the names in its JSON only. */
export type KnownParameter = { text: SecretValue } | { keys: readonly string[] };

/** A key that the operator will write, with its value where that is known. */
export interface RemoteEntry {
  key: string;
  value: SecretValue | undefined;
}

/**
 * The members of a JSON document as the operator's `extract` reads them: strings without quotes, everything else as
 * written, `null` empty, the last of a repeated name. Undefined where the text is neither a JSON object nor `null`.
 */
export function extractMembers(known: KnownParameter): RemoteEntry[] | undefined {
  if ('keys' in known) return known.keys.map((key) => ({ key, value: undefined }));
  const text = known.text.reveal();
  // The operator takes null for an object without members.
  if (text.trim() === 'null') return [];
  if (!isJsonObjectText(text)) return undefined;
  const members = new Map<string, RemoteEntry>();
  for (const { name, raw } of readJsonMembers(text)) {
    members.set(name, { key: name, value: new SecretValue(raw === 'null' ? '' : unquoteJson(raw)) });
  }
  return [...members.values()];
}

/**
 * The value at a `property` as the operator reads it: the first member of that very name, else the dotted path.
 * Numbers are written without exponent and trailing zeros, `null` is empty. `missing` where there is none; undefined
 * where it cannot be told, because only keys are known or the property is a query (`#`, `*`, `|`, `@`).
 */
export function readProperty(known: KnownParameter, property: string): SecretValue | 'missing' | undefined {
  if ('keys' in known) {
    const first = property.split('.')[0] ?? property;
    return known.keys.includes(property) || known.keys.includes(first) ? undefined : 'missing';
  }
  const text = known.text.reveal();
  const exact = readJsonMembers(text).find(({ name }) => name === property);
  if (exact !== undefined) return new SecretValue(formatQueried(exact.raw));
  if (/[#*?|@\\!{}[\]()]/u.test(property)) return undefined;
  const raw = readPath(text, property.split('.'));
  return raw === undefined ? 'missing' : new SecretValue(formatQueried(raw));
}

/** Applies a `decodingStrategy` to a value; undefined where the operator would fail. */
export function decodeValue(value: SecretValue, strategy: string | undefined): SecretValue | undefined {
  const text = value.reveal();
  const standard = isBase64(text, /^[A-Za-z0-9+/]*={0,2}$/u);
  const urlSafe = isBase64(text, /^[A-Za-z0-9_-]*={0,2}$/u);
  const decode = (encoding: 'base64' | 'base64url'): SecretValue =>
    new SecretValue(Buffer.from(text, encoding).toString('utf8'));
  switch (strategy ?? 'None') {
    case 'None':
      return value;
    case 'Base64':
      return standard ? decode('base64') : undefined;
    case 'Base64URL':
      return urlSafe ? decode('base64url') : undefined;
    case 'Auto':
      if (standard) return decode('base64');
      return urlSafe ? decode('base64url') : value;
    default:
      return undefined;
  }
}

function isBase64(text: string, alphabet: RegExp): boolean {
  const compact = text.replaceAll(/[\r\n]/gu, '');
  return compact.length % 4 === 0 && alphabet.test(compact);
}

function isJsonObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** Follows a path; of members with the same name, the first that leads to its end. */
function readPath(raw: string, path: readonly string[]): string | undefined {
  const [segment, ...rest] = path;
  if (segment === undefined) return raw;
  const candidates = raw.startsWith('[')
    ? readJsonItems(raw).filter((_item, index) => String(index) === segment)
    : readJsonMembers(raw).flatMap(({ name, raw: value }) => (name === segment ? [value] : []));
  for (const candidate of candidates) {
    const found = readPath(candidate, rest);
    if (found !== undefined) return found;
  }
  return undefined;
}

function formatQueried(raw: string): string {
  if (raw === 'null') return '';
  const isOddNumber = /^-?\d/u.test(raw) && !/^-?\d+$/u.test(raw);
  return isOddNumber ? formatPlainNumber(Number(raw), raw) : unquoteJson(raw);
}

function formatPlainNumber(value: number, raw: string): string {
  if (!Number.isFinite(value)) return raw;
  const short = String(value);
  const [mantissa = '', exponentText] = short.split('e');
  if (exponentText === undefined) return short;
  const exponent = Number(exponentText);
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = whole + fraction;
  const point = whole.length + exponent;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return point >= digits.length
    ? sign + digits.padEnd(point, '0')
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
