import { SluiceError } from '../errors.js';
import type { SecretValue } from '../manifest/secret-value.js';
import { pause } from '../store/store-caller.js';
import type { ParameterType, StoredValue } from '../store/value-store.js';
import { DocumentWriter, type StoredPlace, type WriteOptions } from './document-writer.js';
import {
  changeDocument,
  differs,
  type RawChanges,
  type RawMembers,
  readDocument,
  readMember,
} from './json-document.js';
import { guardKey, guardName } from './store-guards.js';
import { HistoryUpdater } from './update-by-history.js';

/** Members to write into a JSON object, by name; undefined takes one out. */
export type JsonChange = ReadonlyMap<string, SecretValue | undefined>;

export interface UpdateJsonOptions extends WriteOptions {
  /** What the members were when somebody decided to change them: any other is an error, and nothing is written. */
  expected?: JsonChange | undefined;
  /** Waits after a try that others came between, the second or a later one. Default: longer each time, 1.6 s at most. */
  waitAfter?: ((round: number) => Promise<void>) | undefined;
}

/** A member that somebody else set at the same time. */
export interface UpdateConflict {
  key: string;
  /** Version of theirs; it stays in the history. */
  version: string;
  /** Whose value is current now. */
  winner: 'ours' | 'theirs';
}

export interface JsonUpdate {
  name: string;
  /** The current version, which holds every change. */
  version: string;
  /** Version that was read first; undefined where there was none. */
  previousVersion: string | undefined;
  /** How Parameter Store keeps it. */
  type: ParameterType | undefined;
  /** Members that are now other than they were. Empty: nothing had to be written. */
  changedKeys: string[];
  /** True where others wrote in between, and their changes were kept. */
  merged: boolean;
  conflicts: readonly UpdateConflict[];
  /** True where somebody deleted it meanwhile: it is there again, with all that was in it. */
  recreated: boolean;
}

/** One way of changing members, round by round. */
export interface JsonUpdater extends Pick<JsonUpdate, 'merged' | 'conflicts' | 'recreated'> {
  /** Looks at what is there and writes what is missing; true where nothing is. */
  step(current: StoredValue | undefined, members: RawMembers): Promise<boolean>;
}

/** More rounds than so many writers at once could need. */
const ROUNDS = 60;

/**
 * Changes members of a stored JSON object and loses nobody's: reads, merges, writes, and reads again until the change
 * is in the current version together with everything that others wrote in between.
 *
 * Parameter Store has no conditional write: there the history is read where somebody was in between, and what they
 * changed is written again. In other stores nothing is ever written over unseen. The text of members that nobody
 * changes stays as it is. A write whose answer was lost is looked for before it is made again.
 *
 * @throws SluiceError `PARAMETER_MISSING`, `NOT_JSON_OBJECT`, `STORE_CHANGED` (not as expected), `STORE_CONTENDED`,
 * `STORE_WRITE_UNCERTAIN`, those of `guardWrite`, and those of the store. No error holds a value.
 */
export async function updateJson(
  place: StoredPlace,
  change: JsonChange,
  options: UpdateJsonOptions = {},
): Promise<JsonUpdate> {
  const { store, name } = place;
  const { waitAfter = waitLonger } = options;
  guardName(store.service, name);
  const raw = new Map([...change].map(([key, value]) => [key, value && JSON.stringify(value.reveal())]));
  for (const [key, value] of raw) if (value !== undefined) guardKey(key);
  const writer = new DocumentWriter(place, options);
  const updater =
    store.putOver === undefined ? new HistoryUpdater(writer, raw) : new ConditionalUpdater(writer, raw);
  let first: { version: string | undefined; members: RawMembers } | undefined;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const current = await writer.read();
    const members =
      current === undefined ? new Map<string, string>() : readDocument(current.value.reveal(), name);
    if (first === undefined) requireExpected(name, members, options.expected);
    first ??= { version: current?.version, members };
    if (await updater.step(current, members)) {
      const before = first.members;
      return {
        name,
        version: current?.version ?? '',
        previousVersion: first.version,
        type: writer.type,
        changedKeys: [...raw].filter(([key, value]) => differs(before.get(key), value)).map(([key]) => key),
        merged: updater.merged,
        conflicts: updater.conflicts,
        recreated: updater.recreated,
      };
    }
    // Where several write, not all of them at the same time again.
    if (round > 1) await waitAfter(round);
  }
  throw describeContended(name);
}

async function waitLonger(round: number): Promise<void> {
  await pause(Math.min(round, 4), undefined);
}

/** Changes members where a write says over which version it goes: one that is late is refused, and made anew. */
class ConditionalUpdater implements JsonUpdater {
  readonly conflicts: UpdateConflict[] = [];
  merged = false;
  readonly recreated = false;
  #first: { version: string | undefined; members: RawMembers } | undefined;

  constructor(
    readonly writer: DocumentWriter,
    readonly change: RawChanges,
  ) {}

  async step(current: StoredValue | undefined, members: RawMembers): Promise<boolean> {
    const { written } = this.writer;
    this.#first ??= { version: current?.version, members };
    if (written === undefined && current?.version !== this.#first.version) this.#noteOthers(current, members);
    const missing = [...this.change].filter(([key, raw]) => differs(members.get(key), raw));
    // What is there after our own write was put there by somebody who had seen it.
    if (current !== undefined && (missing.length === 0 || written !== undefined)) {
      for (const [key] of missing) this.conflicts.push({ key, version: current.version, winner: 'theirs' });
      return true;
    }
    await this.writer.write(current, changeDocument(current?.value.reveal(), new Map(missing)));
    return false;
  }

  #noteOthers(current: StoredValue | undefined, members: RawMembers): void {
    this.merged = true;
    this.conflicts.length = 0;
    for (const [key, raw] of this.change) {
      const now = members.get(key);
      if (!differs(now, this.#first?.members.get(key)) || !differs(now, raw)) continue;
      this.conflicts.push({ key, version: current?.version ?? '', winner: 'ours' });
    }
  }
}

function requireExpected(name: string, members: RawMembers, expected: JsonChange = new Map()): void {
  for (const [key, value] of expected) {
    const raw = members.get(key);
    const present = raw === undefined ? undefined : readMember(raw);
    if (present?.reveal() === value?.reveal()) continue;
    throw new SluiceError({
      code: 'STORE_CHANGED',
      message: `${name}: ${key} was changed by somebody else meanwhile`,
      remedy: 'Nothing was written. Run it again to see what there is now.',
    });
  }
}

function describeContended(name: string): SluiceError {
  return new SluiceError({
    code: 'STORE_CONTENDED',
    message: `${name}: others keep on writing it`,
    evidence: `After ${ROUNDS} rounds there was still somebody in between.`,
    remedy: 'Run it again: it writes only what is missing.',
  });
}
