import { SluiceError } from '../errors.js';
import { readJsonMembers, unquoteJson } from '../manifest/json-members.js';
import { SecretValue } from '../manifest/secret-value.js';

/** Members of a JSON object as they stand in its text, by name; of a name that comes twice the last, as `extract` reads it. */
export type RawMembers = ReadonlyMap<string, string>;

/** Members to write; undefined takes one out. */
export type RawChanges = ReadonlyMap<string, string | undefined>;

/**
 * The members of a stored JSON object; `orElse` where it is none, and that is no error.
 *
 * @throws SluiceError `NOT_JSON_OBJECT`, which tells where the text stops being JSON and nothing of the text.
 */
export function readDocument(text: string, name: string, options: { orElse?: RawMembers } = {}): RawMembers {
  if (!isObjectText(text)) {
    if (options.orElse !== undefined) return options.orElse;
    throw describeBroken(text, name);
  }
  return new Map(readJsonMembers(text).map(({ name: key, raw }) => [key, raw]));
}

/** True for the text of a JSON object, which is what the operator's `extract` needs. */
export function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * A document with some members changed. All others keep their text to the byte, so that `1.10` stays `1.10`; new ones
 * come last. Over several lines where it was before.
 */
export function changeDocument(text: string | undefined, changes: RawChanges): string {
  const members = new Map<string, string>();
  for (const { name, raw } of readJsonMembers(text ?? '')) members.set(name, raw);
  for (const [name, raw] of changes) {
    if (raw === undefined) members.delete(name);
    else members.set(name, raw);
  }
  const parts = [...members].map(([name, raw]) => [JSON.stringify(name), raw] as const);
  if (text?.trim().includes('\n') !== true)
    return `{${parts.map(([name, raw]) => `${name}:${raw}`).join(',')}}`;
  return parts.length === 0 ? '{}' : `{\n${parts.map(([name, raw]) => `  ${name}: ${raw}`).join(',\n')}\n}`;
}

/** What the operator's `extract` makes of a member: a string without its quotes, `null` empty, else as written. */
export function readMember(raw: string): SecretValue {
  return new SecretValue(raw === 'null' ? '' : unquoteJson(raw));
}

/** True where two members, as they stand, are not the same value to the operator. */
export function differs(left: string | undefined, right: string | undefined): boolean {
  if (left === right) return false;
  return left === undefined || right === undefined || !readMember(left).equals(readMember(right));
}

/** The values of a document by name, as `extract` gives them. */
export function readMembers(members: RawMembers): Map<string, SecretValue> {
  return new Map([...members].map(([name, raw]) => [name, readMember(raw)]));
}

function describeBroken(text: string, name: string): SluiceError {
  return new SluiceError({
    code: 'NOT_JSON_OBJECT',
    message: `${name}: what is stored is no JSON object`,
    evidence: locateFault(text),
    remedy:
      'The operator can’t read keys from it either. sluice secrets rollback goes back to a version that is one.',
  });
}

function locateFault(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null) return 'It is null.';
    return Array.isArray(value) ? 'It is a list.' : `It is a ${typeof value}.`;
  } catch (error) {
    const position = /position (\d+)/u.exec(error instanceof Error ? error.message : '')?.[1];
    const at = position === undefined ? 'at its end' : `at character ${Number(position) + 1}`;
    return `The text of ${text.length} characters stops being JSON ${at}.`;
  }
}
