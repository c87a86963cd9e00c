import { scryptSync } from 'node:crypto';
import type { SecretValue } from '../manifest/secret-value.js';

/** Makes guessing a value from its fingerprint slow; the same everywhere, so that two people can compare. */
const SALT = 'sluice fingerprint 1';
const COST = { N: 4096, r: 8, p: 1 };

/**
 * Eight hexadecimal digits by which two people, or two environments, see whether they have the same value.
 *
 * Computed slowly (10 ms) and cut short, so that it tells a guesser little; even so it belongs where names may be seen.
 */
export function fingerprint(value: SecretValue): string {
  return scryptSync(value.reveal(), SALT, 4, COST).toString('hex');
}

/** What may be said about a value: `24 characters, fingerprint 1a2b3c4d`. */
export function describeValue(value: SecretValue): string {
  if (value.length === 0) return 'empty';
  const characters = [...value.reveal()].length;
  return `${characters} character${characters === 1 ? '' : 's'}, fingerprint ${fingerprint(value)}`;
}
