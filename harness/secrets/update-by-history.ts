import type { StoredValue } from '../store/value-store.js';
import type { DocumentWriter } from './document-writer.js';
import { type DocumentVersion, diffMembers, type FoldedVersions, foldVersions } from './fold-versions.js';
import { changeDocument, differs, type RawChanges, type RawMembers, readDocument } from './json-document.js';
import type { JsonUpdater, UpdateConflict } from './update-json.js';

/** How far back a writer that is in between may have read. */
const LOOK_BACK = 20;

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
    const from = first === 0 ? 0 : Math.max(1, first - LOOK_BACK);
    const folded = foldVersions(await this.#readVersions(from, now), first);
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
