import type { SecretValue } from '../manifest/secret-value.js';

/** Services of AWS that keep secrets. */
export type StoreService = 'ParameterStore' | 'SecretsManager';

/** What is stored under a name, without the value. */
export interface StoredEntry {
  /** Path or name in the store, such as `/shop/prod/db`. */
  name: string;
  /** Undefined where the store lists no version. */
  version?: string | undefined;
  modifiedAt?: Date | undefined;
}

/** A value with the version it was read at. */
export interface StoredValue extends StoredEntry {
  value: SecretValue;
  version: string;
}

export interface StoreCallOptions {
  signal?: AbortSignal | undefined;
}

export interface GetOptions extends StoreCallOptions {
  /** Default: the current one. */
  version?: string | undefined;
}

export interface PutOptions extends StoreCallOptions {
  /** False keeps it as plain text (`String`), for what is no secret. Parameter Store only. Default true. */
  secret?: boolean;
  /** Given to a value that is not there yet; those of one that is stay as they are. */
  tags?: Readonly<Record<string, string>>;
}

/**
 * Where values are kept, whichever service it is. Values come and go wrapped; names are no secret.
 *
 * Every call throws SluiceError: `STORE_UNREACHABLE` (exit code 3), `STORE_ACCESS_DENIED`, `STORE_THROTTLED`,
 * `STORE_REFUSED`; an abort rethrows its reason. No error holds a value.
 */
export interface ValueStore {
  readonly service: StoreService;
  /** Undefined where there is no such name, or no such version of it. */
  get(name: string, options?: GetOptions): Promise<StoredValue | undefined>;
  /** Writes a value, new or over the present one, and gives its version. */
  put(name: string, value: SecretValue, options?: PutOptions): Promise<string>;
  /** False where there was none. It is gone at once, with its versions. */
  delete(name: string, options?: StoreCallOptions): Promise<boolean>;
  /** What is below a path, at any depth, sorted by name. */
  list(path: string, options?: StoreCallOptions): Promise<StoredEntry[]>;
  /** Ends the connections that are kept. */
  close(): void;
}
