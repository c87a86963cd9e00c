import type { SecretValue } from '../manifest/secret-value.js';

/** Services of AWS that keep secrets. */
export type AwsStoreService = 'ParameterStore' | 'SecretsManager';

/** Where values can be kept: a service of AWS, or a dotenv file. */
export type StoreService = AwsStoreService | 'Dotenv';

/** How Parameter Store keeps a value: encrypted, as plain text, or as a list with commas. */
export type ParameterType = 'SecureString' | 'String' | 'StringList';

/** `Standard` takes 4 kB, `Advanced` 8 kB and costs money. */
export type ParameterTier = 'Standard' | 'Advanced' | 'Intelligent-Tiering';

/** What is stored under a name, without the value. */
export interface StoredEntry {
  /** Path or name in the store, such as `/shop/prod/db`. */
  name: string;
  /** Undefined where the store lists no version. */
  version?: string | undefined;
  modifiedAt?: Date | undefined;
  /** Parameter Store only. */
  type?: ParameterType | undefined;
  /** Key of KMS that encrypts it, as the store names it. */
  keyId?: string | undefined;
  /** Parameter Store only, and not of what `get` gives: AWS tells it in lists only. */
  tier?: ParameterTier | undefined;
  /** Who wrote it: an ARN. */
  modifiedBy?: string | undefined;
  /** Names that people or Secrets Manager gave to this version, such as `AWSPREVIOUS`. */
  labels?: readonly string[] | undefined;
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
  /** Default `SecureString`. Parameter Store only; AWS refuses to change it. */
  type?: ParameterType | undefined;
  /** Default: as it is, `Standard` for a new one. Parameter Store only. */
  tier?: ParameterTier | undefined;
  /** Key of KMS. Default: as it is, the account's own for a new one. */
  keyId?: string | undefined;
  /** Given to a value that is not there yet; those of one that is stay as they are. */
  tags?: Readonly<Record<string, string>> | undefined;
  /** Refuses with `STORE_EXISTS` to write over a value. Default false. */
  onlyIfAbsent?: boolean | undefined;
}

/**
 * Where values are kept, whichever service it is. Values come and go wrapped; names are no secret.
 *
 * Throttled calls are repeated, later each time, and so are reads that got no answer; calls that read from Parameter
 * Store keep to 40 a second. Every call throws StoreError: `STORE_UNREACHABLE` (exit code 3), `STORE_ACCESS_DENIED`,
 * `STORE_CREDENTIALS` (exit code 3), `STORE_THROTTLED`, `STORE_REFUSED`; an abort rethrows its reason. No error holds
 * a value.
 */
export interface ValueStore {
  readonly service: StoreService;
  /** Undefined where there is no such name, or no such version of it. */
  get(name: string, options?: GetOptions): Promise<StoredValue | undefined>;
  /** The current values of many names, in as few calls as the store allows. Names that are not there are left out. */
  getMany(names: readonly string[], options?: StoreCallOptions): Promise<Map<string, StoredValue>>;
  /** Some versions of one name, in the order asked for; those that the store no longer has are left out. */
  getVersions(name: string, versions: readonly string[], options?: StoreCallOptions): Promise<StoredValue[]>;
  /** As a list tells it, tier included, without the value; undefined where there is no such name. */
  describe(name: string, options?: StoreCallOptions): Promise<StoredEntry | undefined>;
  /** Every version that the store still has, newest first; `get` gives their values. Empty where there is none. */
  history(name: string, options?: StoreCallOptions): Promise<StoredEntry[]>;
  /**
   * Writes a value, new or over the present one, and gives its version.
   *
   * @throws StoreError whose `mayHaveHappened` is true where the answer was lost and the value may be written.
   */
  put(name: string, value: SecretValue, options?: PutOptions): Promise<string>;
  /**
   * Writes over the version that was read, and over no other: undefined where somebody else's is current by now.
   *
   * Only stores that can promise it have it. In those that can't, versions are numbers without gaps, so that a writer
   * sees afterwards that there was another.
   */
  putOver?(
    read: Pick<StoredValue, 'name' | 'version'>,
    value: SecretValue,
    options?: PutOptions,
  ): Promise<string | undefined>;
  /** False where there was none. It is gone at once, with its versions. */
  delete(name: string, options?: StoreCallOptions): Promise<boolean>;
  /** What is below a path, at any depth, sorted by name. */
  list(path: string, options?: StoreCallOptions): Promise<StoredEntry[]>;
  /** Ends the connections that are kept. */
  close(): void;
}
