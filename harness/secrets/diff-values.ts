import type { SecretValue } from '../manifest/secret-value.js';

/** Values by name. */
export type NamedValues = ReadonlyMap<string, SecretValue>;

/** How the value under one name differs. */
export interface ValueDifference {
  key: string;
  kind: 'added' | 'changed' | 'removed';
  before: SecretValue | undefined;
  after: SecretValue | undefined;
}

/** What differs between two sets of values, by name; what is the same is left out. */
export function diffValues(before: NamedValues, after: NamedValues): ValueDifference[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((key): ValueDifference[] => {
    const old = before.get(key);
    const now = after.get(key);
    if (old === undefined) return [{ key, kind: 'added', before: old, after: now }];
    if (now === undefined) return [{ key, kind: 'removed', before: old, after: now }];
    return old.equals(now) ? [] : [{ key, kind: 'changed', before: old, after: now }];
  });
}

/** The members to write to come from one to the other, and what they are expected to be until then. */
export function toChange(differences: readonly ValueDifference[]): {
  change: Map<string, SecretValue | undefined>;
  expected: Map<string, SecretValue | undefined>;
} {
  return {
    change: new Map(differences.map(({ key, after }) => [key, after])),
    expected: new Map(differences.map(({ key, before }) => [key, before])),
  };
}
