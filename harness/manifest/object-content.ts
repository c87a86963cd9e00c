import type { OpenSource, RemoteReference, ValueSource } from './env-origin.js';
import type { EnvValue } from './env-value.js';
import type { KnownParameter, RemoteEntry } from './remote-content.js';
import type { SecretValue } from './secret-value.js';

/** Keys of a ConfigMap or Secret with their values; undefined where only the key is known. */
export type KnownEntries = ReadonlyMap<string, string | SecretValue | undefined>;

/** Names one ConfigMap or Secret; no namespace means the release's own. */
export interface DataObjectName {
  name: string;
  namespace?: string | undefined;
}

/**
 * What is known beside the manifests: objects of a cluster, contents of a store. Every function may be left out, and
 * answers undefined for what it does not know.
 */
export interface KnownContent {
  configMap?: ((object: DataObjectName) => KnownEntries | 'absent' | undefined) | undefined;
  secret?: ((object: DataObjectName) => KnownEntries | 'absent' | undefined) | undefined;
  /** What is at a path; the reference's property is not yet applied. */
  parameter?: ((remote: RemoteReference) => KnownParameter | undefined) | undefined;
  /** What a search (`find`) gives, by full name. */
  search?:
    | ((search: RemoteReference & { nameRegexp?: string | undefined }) => readonly RemoteEntry[] | undefined)
    | undefined;
}

/** One key of a ConfigMap or Secret. */
export interface ContentEntry {
  key: string;
  value: EnvValue;
  secret: boolean;
  source: ValueSource;
  /** Sources of the same key in the same object that lost. */
  shadows: readonly ValueSource[];
  /** Sources that win over this one if they turn out to hold the key. */
  mayBeReplacedBy: readonly OpenSource[];
}

export type ContentProblemCode =
  | 'key-conversion-collision'
  | 'invalid-key'
  | 'template-key-missing'
  | 'property-missing'
  | 'not-json'
  | 'two-owners';

/** Something that keeps an object from getting the content its author expects. */
export interface ContentProblem {
  code: ContentProblemCode;
  message: string;
}

/** What a ConfigMap or Secret holds, or will hold once its controllers have done their work. */
export interface ObjectContent {
  kind: 'ConfigMap' | 'Secret';
  name: string;
  /**
   * `outside-release`: nothing in the release makes it. `known`: neither, but the caller told its keys. `absent`: the
   * caller knows that it is not there.
   */
  state: 'in-release' | 'known' | 'outside-release' | 'absent';
  entries: ReadonlyMap<string, ContentEntry>;
  /** Sources that may add any key. Empty: the keys are all known. */
  open: readonly OpenSource[];
  /** Keys of a ConfigMap's `binaryData`: files only, never variables. */
  binary: ReadonlyMap<string, ValueSource>;
  problems: readonly ContentProblem[];
}

/** Collects entries in the order in which they are written: later ones win and remember what they replaced. */
export class ContentBuilder {
  readonly entries = new Map<string, ContentEntry>();
  readonly problems: ContentProblem[] = [];
  readonly binary = new Map<string, ValueSource>();
  open: OpenSource[] = [];

  add(entry: Pick<ContentEntry, 'key' | 'value' | 'secret' | 'source'>): void {
    const earlier = this.entries.get(entry.key);
    this.entries.set(entry.key, {
      ...entry,
      shadows: earlier === undefined ? [] : [...earlier.shadows, earlier.source],
      mayBeReplacedBy: [],
    });
  }

  /** Adds a source that may hold any key, and so may replace everything that is there already. */
  addOpen(source: OpenSource): void {
    this.open.push(source);
    for (const [key, entry] of this.entries) {
      this.entries.set(key, { ...entry, mayBeReplacedBy: [...entry.mayBeReplacedBy, source] });
    }
  }

  /** Takes over everything from another object's content; it wins. */
  addAll(other: ContentBuilder): void {
    for (const source of other.open) this.addOpen(source);
    for (const entry of other.entries.values()) {
      const earlier = this.entries.get(entry.key);
      this.entries.set(
        entry.key,
        earlier === undefined
          ? entry
          : { ...entry, shadows: [...earlier.shadows, earlier.source, ...entry.shadows] },
      );
    }
    this.problems.push(...other.problems);
  }
}
