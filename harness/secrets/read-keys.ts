import { readProperty } from '../manifest/remote-content.js';
import type { SecretValue } from '../manifest/secret-value.js';
import type { StoredValue } from '../store/value-store.js';
import type { ChangedParameter } from './choose-place.js';
import type { ParameterUse } from './find-parameters.js';
import { isObjectText, readDocument, readMembers } from './json-document.js';

/**
 * What a parameter gives to the Secrets of a release, by key: as its ExternalSecrets read it, without their templates. A
 * parameter that nobody reads gives the members of its JSON, else its text under its last level.
 *
 * @throws SluiceError `NOT_JSON_OBJECT` where members are read of something that has none.
 */
export function readKeys(parameter: ChangedParameter, stored: StoredValue): Map<string, SecretValue> {
  const { name, uses } = parameter;
  const text = stored.value.reveal();
  const values = new Map<string, SecretValue>();
  const isRead = uses.some(({ kind, readsTags }) => kind !== 'find' && !readsTags);
  if (!isRead) {
    if (isObjectText(text)) return readMembers(readDocument(text, name));
    return new Map([[name.slice(name.lastIndexOf('/') + 1), stored.value]]);
  }
  for (const use of uses) for (const [key, value] of readUse(use, stored.value, name)) values.set(key, value);
  return values;
}

function readUse(
  { kind, property, keys, readsTags }: ParameterUse,
  value: SecretValue,
  name: string,
): Iterable<readonly [string, SecretValue]> {
  if (readsTags || kind === 'find') return [];
  if (kind === 'extract') return readExtract(value, { name, property });
  const found = property === undefined ? value : readProperty({ text: value }, property);
  if (found === 'missing' || found === undefined) return [];
  return keys.map((key) => [key, found] as const);
}

function readExtract(
  value: SecretValue,
  { name, property }: { name: string; property: string | undefined },
): Map<string, SecretValue> {
  const inner = property === undefined ? value : readProperty({ text: value }, property);
  if (inner === 'missing' || inner === undefined) return new Map();
  return readMembers(readDocument(inner.reveal(), name));
}
