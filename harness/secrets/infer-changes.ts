import type { RawChanges, RawMembers } from './json-document.js';

/** A version of a JSON parameter: its number and its members. */
export interface DocumentVersion {
  version: number;
  members: RawMembers;
}

/** The last change of a member in some versions, with the version that made it. */
export interface InferredChange {
  raw: string | undefined;
  version: number;
}

/**
 * What the writers of some versions meant to change, the later of two winning.
 *
 * A writer that read before another one wrote puts back what that one changed, and does not mean it. So a version is
 * compared with each of those before it, not only with the last one: the one it differs from in the fewest members is
 * the one that its writer had read.
 *
 * @param versions in their order; those up to `after` are only compared with
 */
export function inferChanges(
  versions: readonly DocumentVersion[],
  after: number,
): ReadonlyMap<string, InferredChange> {
  const changes = new Map<string, InferredChange>();
  versions.forEach(({ version, members }, at) => {
    if (version <= after) return;
    for (const [key, raw] of inferChange(members, versions.slice(0, at))) changes.set(key, { raw, version });
  });
  return changes;
}

/** What has to be written to come from one state to another. */
export function diffMembers(from: RawMembers, to: RawMembers): RawChanges {
  const changes = new Map<string, string | undefined>();
  for (const [key, raw] of to) if (from.get(key) !== raw) changes.set(key, raw);
  for (const key of from.keys()) if (!to.has(key)) changes.set(key, undefined);
  return changes;
}

function inferChange(members: RawMembers, earlier: readonly DocumentVersion[]): RawChanges {
  let smallest: RawChanges | undefined;
  // From the latest: of two that are as near, that one was read.
  for (const { members: before } of earlier.toReversed()) {
    const changes = diffMembers(before, members);
    // Nobody writes what is there already: such a version was gone back to on purpose.
    if (changes.size > 0 && (smallest === undefined || changes.size < smallest.size)) smallest = changes;
  }
  return smallest ?? new Map();
}
