import { Buffer } from 'node:buffer';
import { SluiceError } from '../errors.js';
import { SecretValue } from '../manifest/secret-value.js';
import { StoreError } from '../store/store-error.js';
import type {
  ParameterTier,
  ParameterType,
  PutOptions,
  StoredValue,
  ValueStore,
} from '../store/value-store.js';
import { guardWrite, MAXIMUM_BYTES } from './store-guards.js';

/** Something in a store. */
export interface StoredPlace {
  store: ValueStore;
  name: string;
}

export interface WriteOptions {
  /** Makes the parameter where there is none. Default false. */
  create?: boolean | undefined;
  /** Default: as it is, `SecureString` for a new one. */
  type?: ParameterType | undefined;
  /** Default: as it is, `Standard` for a new one. */
  tier?: ParameterTier | undefined;
  keyId?: string | undefined;
  /** For one that is made. */
  tags?: Readonly<Record<string, string>> | undefined;
  /** Heeded until the first write; what is written is also brought to its end. */
  signal?: AbortSignal | undefined;
}

/** Reads and writes one value of a store, guarded, and never writes again what was written and not answered. */
export class DocumentWriter {
  readonly store: ValueStore;
  readonly name: string;
  /** The last version that was written here. */
  written: string | undefined;
  /** Type that it had when it was read last. */
  type: ParameterType | undefined;

  constructor(
    { store, name }: StoredPlace,
    readonly options: WriteOptions,
  ) {
    this.store = store;
    this.name = name;
  }

  /**
   * The current value; undefined where there is none and one is to be made.
   *
   * @throws SluiceError `PARAMETER_MISSING`, or `STORE_CHANGED` where it was there before.
   */
  async read(): Promise<StoredValue | undefined> {
    // Once something is written it is also seen to: a change of somebody else's might be missing until it is.
    const signal = this.written === undefined ? this.options.signal : undefined;
    const current = await this.store.get(this.name, { signal });
    this.type = current?.type;
    if (current !== undefined) return current;
    if (this.written !== undefined) throw describeDeleted(this.name);
    if (this.options.create !== true) throw describeMissing(this.name);
    return undefined;
  }

  /**
   * Writes over what was read. Undefined where somebody else was faster, or an answer was lost and nothing was written.
   *
   * @throws those of `guardWrite` before anything is sent, SluiceError `STORE_WRITE_UNCERTAIN`, those of the store.
   */
  async write(current: StoredValue | undefined, text: string): Promise<string | undefined> {
    const value = new SecretValue(text);
    const put = await this.#choosePut(current, value);
    guardWrite({ ...put, service: this.store.service, name: this.name, value, presentType: current?.type });
    if (this.written === undefined) this.options.signal?.throwIfAborted();
    const version = await this.#put(current, value, put);
    this.written = version ?? this.written;
    return version;
  }

  async #choosePut(current: StoredValue | undefined, value: SecretValue): Promise<PutOptions> {
    const { keyId, tags, type } = this.options;
    const tier = this.options.tier ?? (await this.#findTier(current, value));
    const whereNew = current === undefined ? { tags, onlyIfAbsent: true } : {};
    return { keyId, tier, type: type ?? current?.type, ...whereNew };
  }

  /** AWS tells the tier in lists only: it is asked for where it matters. */
  async #findTier(current: StoredValue | undefined, value: SecretValue): Promise<ParameterTier | undefined> {
    if (current === undefined || this.store.service !== 'ParameterStore') return undefined;
    if (Buffer.byteLength(value.reveal()) <= MAXIMUM_BYTES.Standard) return undefined;
    return (await this.store.describe(this.name))?.tier;
  }

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
    if (now.value.equals(value) && now.version !== current?.version) return now.version;
    if (this.store.putOver !== undefined || current === undefined) return undefined;
    const between = Number(now.version) - Number(current.version) - 1;
    const numbers = Array.from({ length: Math.max(0, between) }, (_, at) => Number(current.version) + 1 + at);
    const versions = await this.store.getVersions(this.name, numbers.map(String));
    return versions.find((one) => one.value.equals(value))?.version;
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

function describeUncertain(name: string, { shortMessage, evidence = '', exitCode }: StoreError): SluiceError {
  return new SluiceError({
    code: 'STORE_WRITE_UNCERTAIN',
    message: `${name}: the answer to a write was lost, and the store can’t be asked whether it was made`,
    evidence: `${shortMessage}\n${evidence}`,
    remedy: 'Run it again: what is there already is not written twice.',
    exitCode,
  });
}
