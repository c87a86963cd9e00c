import type { ValuesPlace } from '../issue.js';
import type { ValuesPositions } from './values-position.js';

/** Keys under which charts take the name of what exists already: `existingSecret`, `existingSecrets`, `existingClaim`. */
const EXISTING = /^existing[A-Z]/u;

/**
 * The values entry that says of an object that it exists already, or undefined: its name stands under a key such as
 * `existingSecret`, or it is the Secret of the `postgres.cluster` of the chart `app`.
 */
export function findDeclaration(name: string, positions: ValuesPositions): ValuesPlace | undefined {
  const entry = positions.listEntries().findLast(({ path, scalar }) => {
    if (typeof scalar !== 'string') return false;
    if (path[0] === 'postgres' && path.length === 2) {
      return (
        (path[1] === 'cluster' && name === `${scalar}-app`) || (path[1] === 'secretName' && name === scalar)
      );
    }
    return scalar === name && path.some((segment) => typeof segment === 'string' && EXISTING.test(segment));
  });
  return entry?.place;
}
