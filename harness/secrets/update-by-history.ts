import type { StoredValue } from '../store/value-store.js';
import type { DocumentWriter } from './document-writer.js';
import {
  type DocumentVersion,
  diffMembers,
  type FoldedVersions,
  foldVersions,
  wasReplacedRecently,
} from './fold-versions.js';
import { changeDocument, differs, type RawChanges, type RawMembers, readDocument } from './json-document.js';
import type { JsonUpdater, UpdateConflict } from './update-json.js';

/** Versions that are asked for at a time while it is looked how far back somebody in between may have read. */
const BATCH = 10;

/**
 * Changes members where a store has no conditional write.
 *
 * Its version numbers tell afterwards that somebody else wrote in between, or after us from what they had read before.
 * Then the history is read, and what all of them together meant is written, until that is what is there.
 */
export class HistoryUpdater implements JsonUpdater {
  readonly conflicts: UpdateConflict[] = [];
  merged = false;
  recreated = false;
  readonly #known = new Map<number, DocumentVersion>();
  #first: number | undefined;
  /** True as soon as a version is not the one that followed the version that was read for it. */
  #isSuspicious = false;

  constructor(
    readonly writer: DocumentWriter,
    readonly change: RawChanges,
  ) {}

  async step(current: StoredValue | undefined, members: RawMembers): Promise<boolean> {
    const now = current === undefined ? 0 : Number(current.version);
    this.#first ??= now;
    const { modifiedAt } = current ?? {};
    this.#known.set(now, { ...this.#known.get(now), version: now, members, modifiedAt });
    const { written } = this.writer;
    if (written !== undefined && now !== Number(written)) this.#isSuspicious = true;
    const wanted = this.#isSuspicious ? await this.#fold(now) : members;
    const isFirst = written === undefined;
    const goal = isFirst ? apply(wanted, this.change) : wanted;
    const missing = diffMembers(members, goal);
    if (missing.size === 0 && current !== undefined) return true;
    await this.#write(current, missing, isFirst ? this.change : new Map());
    return false;
  }

  async #write(current: StoredValue | undefined, missing: RawChanges, meant: RawChanges): Promise<void> {
    const text = changeDocument(current?.value.reveal(), missing);
    const version = await this.writer.write(current, text);
    if (version === undefined) {
      this.#isSuspicious = true;
      return;
    }
    const read = current === undefined ? 0 : Number(current.version);
    const written = Number(version);
    if (written <= read) {
      // Somebody deleted it, and the numbers begin anew.
      this.#known.clear();
      this.#first = written;
      this.recreated = true;
    }
    const members = readDocument(text, this.writer.name);
    this.#known.set(written, { version: written, members, meant });
    if (written > read + 1) this.#isSuspicious = true;
  }

  /** What all writers meant up to a version, and who else meant another value for a member of ours. */
  async #fold(now: number): Promise<RawMembers> {
    const first = this.#first ?? now;
    const versions = [...(await this.#readEarlier(first)), ...(await this.#readVersions(first, now))];
    const folded = foldVersions(versions, first);
    const isTheirs = ({ version, meant }: DocumentVersion): boolean => version > first && meant === undefined;
    this.merged ||= [...this.#known.values()].some(isTheirs);
    this.#noteConflicts(folded);
    return folded.members;
  }

  #noteConflicts({ members, others }: FoldedVersions): void {
    this.conflicts.length = 0;
    for (const [key, raw] of this.change) {
      const theirs = others.get(key);
      if (theirs === undefined || !differs(theirs.raw, raw)) continue;
      const isOurs = this.writer.written === undefined || !differs(members.get(key), raw);
      this.conflicts.push({ key, version: String(theirs.version), winner: isOurs ? 'ours' : 'theirs' });
    }
  }

  /**
   * The versions before one that somebody in between may have read. All of them: of a value that is put back from one
   * that is not known it would seem that somebody means it.
   */
  async #readEarlier(first: number): Promise<DocumentVersion[]> {
    const begin = this.#known.get(first);
    let versions: DocumentVersion[] = [];
    for (let to = first - 1; to > 0; to -= BATCH) {
      const batch = await this.#readVersions(Math.max(1, to - BATCH + 1), to);
      versions = [...batch, ...versions];
      const [oldest] = batch;
      if (oldest === undefined || !wasReplacedRecently(oldest, begin)) break;
    }
    return versions;
  }

  async #readVersions(from: number, to: number): Promise<DocumentVersion[]> {
    const numbers = Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
    const wanted = numbers.filter((number) => !this.#known.has(number)).map(String);
    const { store, name } = this.writer;
    for (const one of await store.getVersions(name, wanted)) {
      const version = Number(one.version);
      // A version in between that is no JSON has changed no member.
      const members = readDocument(one.value.reveal(), name, { orElse: new Map() });
      this.#known.set(version, { version, members, modifiedAt: one.modifiedAt });
    }
    return numbers.flatMap((number) => this.#known.get(number) ?? []);
  }
}

function apply(members: RawMembers, change: RawChanges): RawMembers {
  const changed = new Map(members);
  for (const [key, raw] of change) {
    if (raw === undefined) changed.delete(key);
    else changed.set(key, raw);
  }
  return changed;
}
