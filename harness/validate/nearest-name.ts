import { distance } from 'fastest-levenshtein';

/**
 * The known name that a mistyped one most likely meant; undefined where none is near enough to be worth saying.
 *
 * Near is: equal but for case and separators, or no more than a third of the letters (at least one, at most four)
 * to change. Ties go to the name that stands first.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const plain = simplify(name);
  const allowed = Math.min(4, Math.max(1, Math.floor(name.length / 3)));
  let best: { candidate: string; changes: number } | undefined;
  for (const candidate of known) {
    if (candidate === name) continue;
    const changes = countChanges(plain, simplify(candidate));
    if (changes <= allowed && (best === undefined || changes < best.changes)) best = { candidate, changes };
  }
  return best?.candidate;
}

/** Levenshtein's distance, but two letters in the wrong order are one change. */
function countChanges(left: string, right: string): number {
  if (left === right) return 0;
  const changes = distance(left, right);
  const isSwap = changes === 2 && [...left].sort().join('') === [...right].sort().join('');
  return isSwap ? 1 : changes;
}

function simplify(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]/gu, '');
}
