import { SluiceError } from '../errors.js';
import { SecretValue } from '../manifest/secret-value.js';
import { pause } from '../store/store-caller.js';
import { StoreError } from '../store/store-error.js';
import type {
  ParameterTier,
  ParameterType,
  PutOptions,
  StoredValue,
  ValueStore,
} from '../store/value-store.js';
import { type DocumentVersion, type InferredChange, inferChanges } from './infer-changes.js';
import { changeDocument, type RawMembers, readDocument, readMember } from './json-document.js';
import { guardKey, guardName, guardWrite } from './store-guards.js';

/** Something in a store. */
export interface StoredPlace {
  store: ValueStore;
  name: string;
}

/** Members to write into a JSON object, by name; undefined takes one out. */
export type JsonChange = ReadonlyMap<string, SecretValue | undefined>;

export interface UpdateJsonOptions {
  /** Makes the parameter where there is none. Default false. */
  create?: boolean | undefined;
  /** What the members were when somebody decided to change them: any other is an error, and nothing is written. */
  expected?: JsonChange | undefined;
  /** For a parameter that is made, and to go on as it is for one that is there. */
  type?: ParameterType | undefined;
  tier?: ParameterTier | undefined;
  keyId?: string | undefined;
  tags?: Readonly<Record<string, string>> | undefined;
  /** Heeded until the first write; what is written is also brought to its end. */
  signal?: AbortSignal | undefined;
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
  /** Members that are now other than they were. Empty: nothing had to be written. */
  changedKeys: string[];
  /** True where others wrote in between, and their changes were kept. */
  merged: boolean;
  conflicts: UpdateConflict[];
  /** True where somebody deleted it meanwhile: it is there again, with all that was in it. */
  recreated: boolean;
}

/** More rounds than so many writers at once could need. */
const ROUNDS = 60;
/** How far back a writer that is in between may have read. */
const LOOK_BACK = 20;

/**
 * Changes members of a stored JSON object and loses nobody's: reads, merges, writes, and reads again until the change
 * is in the current version together with everything that others wrote in between.
 *
 * Parameter Store has no conditional write. Its version numbers tell afterwards that somebody else was in between; then
 * what they changed is written again. In stores that write on a condition nothing is ever written over. The text of
 * members that nobody changes stays as it is. A write whose answer was lost is looked for before it is made again.
 *
 * @throws SluiceError `PARAMETER_MISSING`, `NOT_JSON_OBJECT`, `STORE_CHANGED` (not as expected), `STORE_CONTENDED`,
 * those of `guardWrite`, and those of the store. No error holds a value.
 */
export async function updateJson(
  place: StoredPlace,
  change: JsonChange,
  options: UpdateJsonOptions = {},
): Promise<JsonUpdate> {
  guardName(place.store.service, place.name);
  for (const key of change.keys()) if (change.get(key) !== undefined) guardKey(key);
  return await new Updater(place, change, options).run();
}

class Updater {
  /** What is still to be seen in the current version: our own changes, and those of others that we wrote over. */
  readonly #pending: Map<string, string | undefined>;
  readonly #own: ReadonlyMap<string, string | undefined>;
  readonly #known = new Map<number, RawMembers>();
  readonly #conflicts = new Map<string, UpdateConflict>();
  #first: { version: string | undefined; members: RawMembers } | undefined;
  /** The version that holds all that was pending when it was written. */
  #written: string | undefined;
  #merged = false;
  #recreated = false;

  readonly store: ValueStore;
  readonly name: string;

  constructor(
    { store, name }: StoredPlace,
    change: JsonChange,
    readonly options: UpdateJsonOptions,
  ) {
    this.store = store;
    this.name = name;
    this.#own = new Map([...change].map(([key, value]) => [key, value && JSON.stringify(value.reveal())]));
    this.#pending = new Map(this.#own);
  }

  async run(): Promise<JsonUpdate> {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const current = await this.#read();
      const members =
        current === undefined ? new Map<string, string>() : readDocument(current.value, this.name);
      if (this.#first === undefined) this.#begin(current, members);
      else await this.#heedOthers(current, members);
      const missing = new Map([...this.#pending].filter(([key, raw]) => differs(members.get(key), raw)));
      if (missing.size === 0 && current !== undefined) return this.#describe(current.version);
      const written = await this.#write(current, changeDocument(current?.value.reveal(), missing));
      // Somebody else was faster, or is writing at this moment: not all of us at the same time again.
      if (!written) await pause(Math.min(round, 4), undefined);
    }
    throw describeContended(this.name);
  }

  async #read(): Promise<StoredValue | undefined> {
    // Once something is written it is also seen to: a change of somebody else's might be missing until it is.
    const signal = this.#written === undefined ? this.options.signal : undefined;
    const current = await this.store.get(this.name, { signal });
    if (current !== undefined) return current;
    if (this.#written !== undefined) throw describeDeleted(this.name);
    if (this.options.create !== true) throw describeMissing(this.name);
    return undefined;
  }

  #begin(current: StoredValue | undefined, members: RawMembers): void {
    this.#first = { version: current?.version, members };
    for (const [key, value] of this.options.expected ?? []) {
      const raw = members.get(key);
      const present = raw === undefined ? undefined : readMember(raw);
      if (present?.reveal() !== value?.reveal()) throw describeChanged(this.name, key);
    }
  }

  /** Leaves alone what somebody changed after we had written; ours stays in the history. */
  async #heedOthers(current: StoredValue | undefined, members: RawMembers): Promise<void> {
    if (current === undefined) return;
    if (this.store.putOver !== undefined) {
      this.#noteChanged(members, current.version);
      return;
    }
    const last = Number(this.#written ?? this.#first?.version ?? 0);
    const now = Number(current.version);
    if (now <= last) return;
    this.#known.set(now, members);
    for (const [key, { raw, version }] of await this.#inferChanges(last, now)) {
      if (!this.#pending.has(key)) continue;
      if (!differs(raw, this.#pending.get(key))) continue;
      // Before our first write ours is the later one.
      const winner = this.#written === undefined ? 'ours' : 'theirs';
      if (this.#own.has(key)) this.#noteConflict(key, version, winner);
      if (winner === 'theirs') this.#pending.delete(key);
    }
  }

  /** Where writes are conditional, others come before us: ours is the later one. */
  #noteChanged(members: RawMembers, version: string): void {
    if (this.#written !== undefined || version === this.#first?.version) return;
    for (const [key, raw] of this.#own) {
      const isTheirs =
        differs(members.get(key), this.#first?.members.get(key)) && differs(members.get(key), raw);
      if (isTheirs) this.#noteConflict(key, version, 'ours');
    }
    this.#merged = true;
  }

  /** True where what was written is not yet known to have lost something. */
  async #write(current: StoredValue | undefined, text: string): Promise<boolean> {
    const value = new SecretValue(text);
    const put = await this.#choosePut(current, value);
    guardWrite({ ...put, service: this.store.service, name: this.name, value, presentType: current?.type });
    this.options.signal?.throwIfAborted();
    const version = await this.#put(current, value, put);
    if (version === undefined) return false;
    this.#written = version;
    if (this.store.putOver !== undefined || current === undefined) return true;
    return await this.#seeWhatWasThere(Number(current.version), Number(version), value);
  }

  async #choosePut(current: StoredValue | undefined, value: SecretValue): Promise<PutOptions> {
    const { keyId, tags, type } = this.options;
    const tier = this.options.tier ?? (await this.#findTier(current, value));
    return {
      keyId,
      tier,
      type: type ?? current?.type,
      ...(current === undefined ? { tags, onlyIfAbsent: true } : {}),
    };
  }

  /** AWS tells the tier in lists only: it is asked for where it matters. */
  async #findTier(current: StoredValue | undefined, value: SecretValue): Promise<ParameterTier | undefined> {
    if (current === undefined || this.store.service !== 'ParameterStore') return undefined;
    if (Buffer.byteLength(value.reveal()) <= 4096) return undefined;
    return (await this.store.describe(this.name))?.tier;
  }

  /** Undefined where somebody else was faster, or an answer was lost and nothing was written. */
  async #put(
    current: StoredValue | undefined,
    value: SecretValue,
    put: PutOptions,
  ): Promise<string | undefined> {
    try {
      if (current !== undefined && this.store.putOver !== undefined) {
        return await this.store.putOver(current, value, put);
      }
      return await this.store.put(this.name, value, put);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (error.code === 'STORE_EXISTS') return undefined;
      if (!error.mayHaveHappened) throw error;
      return await this.#findWritten(current, value, error);
    }
  }

  async #findWritten(
    current: StoredValue | undefined,
    value: SecretValue,
    failure: StoreError,
  ): Promise<string | undefined> {
    const now = await this.store.get(this.name).catch(() => {
      throw describeUncertain(this.name, failure);
    });
    if (now === undefined) return undefined;
    if (now.value.equals(value)) return now.version;
    if (this.store.putOver !== undefined || current === undefined) return undefined;
    const numbers = range(Number(current.version) + 1, Number(now.version) - 1);
    const between = await this.store.getVersions(this.name, numbers.map(String));
    return between.find((one) => one.value.equals(value))?.version;
  }

  /** What others wrote between our read and our write is not in what we wrote: it has to be written again. */
  async #seeWhatWasThere(read: number, written: number, value: SecretValue): Promise<boolean> {
    if (written <= read) {
      // The numbers begin anew.
      this.#known.clear();
      this.#recreated = true;
    }
    this.#known.set(written, readDocument(value, this.name));
    if (written <= read + 1) return true;
    this.#merged = true;
    for (const [key, { raw, version }] of await this.#inferChanges(read, written - 1)) {
      if (!this.#own.has(key)) this.#pending.set(key, raw);
      else if (differs(raw, this.#own.get(key))) this.#noteConflict(key, version, 'ours');
    }
    return false;
  }

  /** What the writers of the versions after one, up to another, meant to change. */
  async #inferChanges(after: number, upTo: number): Promise<ReadonlyMap<string, InferredChange>> {
    const numbers = range(Math.max(1, after - LOOK_BACK), upTo);
    const wanted = numbers.filter((number) => !this.#known.has(number));
    for (const { version, value } of await this.store.getVersions(this.name, wanted.map(String))) {
      this.#known.set(Number(version), readBroken(value));
    }
    const versions = numbers.flatMap((version): DocumentVersion[] => {
      const members = this.#known.get(version);
      return members === undefined ? [] : [{ version, members }];
    });
    return inferChanges(versions, after);
  }

  #noteConflict(key: string, version: number | string, winner: UpdateConflict['winner']): void {
    this.#conflicts.set(key, { key, version: String(version), winner });
  }

  #describe(version: string): JsonUpdate {
    const before = this.#first?.members ?? new Map<string, string>();
    return {
      name: this.name,
      version,
      previousVersion: this.#first?.version,
      changedKeys: [...this.#own].filter(([key, raw]) => differs(before.get(key), raw)).map(([key]) => key),
      merged: this.#merged,
      conflicts: [...this.#conflicts.values()],
      recreated: this.#recreated,
    };
  }
}

function differs(left: string | undefined, right: string | undefined): boolean {
  if (left === right) return false;
  return left === undefined || right === undefined || !readMember(left).equals(readMember(right));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
}

// A version in between that is no JSON has changed no member.
function readBroken(value: SecretValue): RawMembers {
  try {
    return readDocument(value, '');
  } catch {
    return new Map();
  }
}

function describeMissing(name: string): SluiceError {
  return new SluiceError({
    code: 'PARAMETER_MISSING',
    message: `${name}: there is no such parameter`,
    remedy: 'sluice secrets init makes what a release reads; sluice secrets set --create makes this one.',
  });
}

function describeDeleted(name: string): SluiceError {
  return new SluiceError({
    code: 'STORE_CHANGED',
    message: `${name}: was deleted by somebody else just after it had been written`,
    remedy: 'Ask who deletes it. sluice secrets set --create makes it again.',
  });
}

function describeChanged(name: string, key: string): SluiceError {
  return new SluiceError({
    code: 'STORE_CHANGED',
    message: `${name}: ${key} was changed by somebody else meanwhile`,
    remedy: 'Nothing was written. Run it again to see what there is now.',
  });
}

function describeContended(name: string): SluiceError {
  return new SluiceError({
    code: 'STORE_CONTENDED',
    message: `${name}: others keep on writing it`,
    evidence: `After ${ROUNDS} rounds there was still somebody in between.`,
    remedy: 'Run it again: it writes only what is missing.',
  });
}

function describeUncertain(name: string, { shortMessage, evidence = '', exitCode }: StoreError): SluiceError {
  return new SluiceError({
    code: 'STORE_WRITE_UNCERTAIN',
    message: `${name}: the answer to a write was lost, and the store can’t be asked whether it was made`,
    evidence: `${shortMessage}\n${evidence}`,
    remedy: 'Run it again: a write that was made is found and not made twice.',
    exitCode,
  });
}
