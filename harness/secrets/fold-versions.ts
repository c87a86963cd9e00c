import { differs, type RawChanges, type RawMembers, readMember } from './json-document.js';

/** A version of a JSON parameter: its number and its members. */
export interface DocumentVersion {
  version: number;
  members: RawMembers;
  modifiedAt?: Date | undefined;
  /** What its writer meant to change, where that is known. */
  meant?: RawChanges | undefined;
}

/** Somebody's value for a member. */
export interface MeantMember {
  raw: string | undefined;
  version: number;
}

/** What some versions would have led to, had each of their writers seen all those before. */
export interface FoldedVersions {
  members: RawMembers;
  /** The last new value that somebody else gave to a member, with the version that brought it. */
  others: ReadonlyMap<string, MeantMember>;
}

/** Nobody who reads before writing takes longer than this in between. */
const LONGEST_BETWEEN_MS = 120_000;

/**
 * What all writers of the versions after one together meant.
 *
 * A writer that had read before another one wrote puts back what that one changed, and does not mean it. What it puts
 * back is a value that was there shortly before; a value that somebody means is a new one. So of the values of a member
 * the one that appeared last is the one that is meant, whoever put back another one since.
 *
 * @param versions in their order; those up to `after` tell what was there shortly before
 */
export function foldVersions(versions: readonly DocumentVersion[], after: number): FoldedVersions {
  const begin = versions.find(({ version }) => version === after);
  const appeared = new Appearances();
  const members = new Map(begin?.members);
  const others = new Map<string, MeantMember>();
  const names = new Set(versions.flatMap((one) => [...one.members.keys()]));
  const mayBeRead = ({ version }: DocumentVersion, at: number): boolean =>
    version >= after || wasReplacedRecently(versions[at + 1], begin);
  for (const one of versions.filter(mayBeRead)) {
    for (const key of names) {
      const raw = one.members.get(key);
      const isMeant = one.meant?.has(key) === true;
      const at = appeared.note(key, raw, { version: one.version, anew: isMeant });
      if (one.version <= after || !differs(raw, members.get(key))) continue;
      if (at < appeared.find(key, members.get(key))) continue;
      if (at > after && one.meant === undefined) others.set(key, { raw, version: at });
      if (raw === undefined) members.delete(key);
      else members.set(key, raw);
    }
  }
  return { members, others };
}

/** What has to be written to come from one state to another. */
export function diffMembers(from: RawMembers, to: RawMembers): RawChanges {
  const changes = new Map<string, string | undefined>();
  for (const [key, raw] of to) if (differs(from.get(key), raw)) changes.set(key, raw);
  for (const key of from.keys()) if (!to.has(key)) changes.set(key, undefined);
  return changes;
}

/** Since which version each value of each member is known. */
class Appearances {
  readonly #versions = new Map<string, number>();

  note(key: string, raw: string | undefined, { version, anew }: { version: number; anew: boolean }): number {
    const id = identify(key, raw);
    const since = anew ? version : (this.#versions.get(id) ?? version);
    this.#versions.set(id, since);
    return since;
  }

  find(key: string, raw: string | undefined): number {
    return this.#versions.get(identify(key, raw)) ?? 0;
  }
}

function identify(key: string, raw: string | undefined): string {
  return JSON.stringify(raw === undefined ? [key] : [key, readMember(raw).reveal()]);
}

/**
 * True where somebody in between may have read the version before this one: it was the current one until shortly before
 * `begin`.
 */
export function wasReplacedRecently(
  by: DocumentVersion | undefined,
  begin: DocumentVersion | undefined,
): boolean {
  if (by?.modifiedAt === undefined || begin?.modifiedAt === undefined) return true;
  return begin.modifiedAt.getTime() - by.modifiedAt.getTime() < LONGEST_BETWEEN_MS;
}
