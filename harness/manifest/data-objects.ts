import { Buffer } from 'node:buffer';
import type { ValueSource } from './env-origin.js';
import { knownValue, unknownValue } from './env-value.js';
import {
  isEmpty,
  readCreationPolicy,
  readExternalSecret,
  readTargetName,
} from './external-secret-content.js';
import type { JsonObject, JsonValue, Manifest } from './manifest.js';
import type { ManifestIndex } from './manifest-index.js';
import {
  ContentBuilder,
  type ContentEntry,
  type DataObjectName,
  type KnownContent,
  type KnownEntries,
  type ObjectContent,
} from './object-content.js';
import { ProvidedIndex } from './provided-objects.js';
import { readName, readObject, readStringMap } from './read-json.js';
import { SecretValue } from './secret-value.js';

type DataKind = 'ConfigMap' | 'Secret';

/** Tells what each ConfigMap and Secret of a release holds; every object is worked out once. */
export class DataObjects {
  readonly #index: ManifestIndex;
  readonly #provided: ProvidedIndex;
  readonly #known: KnownContent;
  readonly #cache = new Map<string, ObjectContent>();
  #writers: Map<string, Manifest[]> | undefined;

  constructor(index: ManifestIndex, known: KnownContent = {}) {
    this.#index = index;
    this.#provided = new ProvidedIndex(index);
    this.#known = known;
  }

  /** The content of an object, whether or not the release holds it. */
  contentOf(kind: DataKind, object: DataObjectName): ObjectContent {
    const cacheKey = `${kind}/${object.namespace ?? ''}/${object.name}`;
    const cached = this.#cache.get(cacheKey);
    if (cached !== undefined) return cached;
    const rendered = kind === 'ConfigMap' ? this.#readConfigMap(object) : this.#readSecret(object);
    const live = kind === 'ConfigMap' ? this.#known.configMap?.(object) : this.#known.secret?.(object);
    const content = live === undefined ? rendered : overlay(rendered, live);
    this.#cache.set(cacheKey, content);
    return content;
  }

  #readConfigMap({ name, namespace }: DataObjectName): ObjectContent {
    const manifest = this.#index.find({ kind: 'ConfigMap', name, namespace });
    if (manifest === undefined) return this.#readExisting('ConfigMap', { name, namespace });
    const content = new ContentBuilder();
    for (const [key, text] of listTexts(readObject(manifest.object, 'data'))) {
      const source: ValueSource = { type: 'config-map', name, key, manifest };
      content.add({ key, value: knownValue(text), secret: false, source });
    }
    for (const key of Object.keys(readObject(manifest.object, 'binaryData') ?? {})) {
      content.binary.set(key, { type: 'config-map', name, key, manifest });
    }
    return { kind: 'ConfigMap', name, state: 'in-release', ...content };
  }

  #readSecret({ name, namespace }: DataObjectName): ObjectContent {
    const base = this.#readBaseSecret({ name, namespace });
    const writers = this.#writersOf(name, namespace);
    if (writers.length === 0) return base ?? this.#readExisting('Secret', { name, namespace });

    const owners = writers.filter((writer) => readCreationPolicy(writer) !== 'Merge');
    const content = new ContentBuilder();
    if (owners.length === 0) mergeContent(content, base ?? this.#readExisting('Secret', { name, namespace }));
    reportOwners(content, { owners, base, name });
    const kept = owners.at(-1);
    if (kept !== undefined) content.addAll(readExternalSecret(kept, this.#index, this.#known));
    for (const writer of writers) {
      if (readCreationPolicy(writer) === 'Merge') {
        content.addAll(readExternalSecret(writer, this.#index, this.#known));
      }
    }
    const made = kept !== undefined && !isEmpty(content);
    const state =
      base !== undefined || made ? 'in-release' : kept === undefined ? 'outside-release' : 'absent';
    return { kind: 'Secret', name, state, ...content };
  }

  #readBaseSecret({ name, namespace }: DataObjectName): ObjectContent | undefined {
    const secret = this.#index.find({ kind: 'Secret', name, namespace });
    if (secret !== undefined) return readSecretManifest(secret);
    const sealed = this.#index.find({ kind: 'SealedSecret', name, namespace });
    return sealed === undefined ? undefined : readSealedSecret(sealed);
  }

  #readExisting(kind: DataKind, { name, namespace }: DataObjectName): ObjectContent {
    const by = this.#provided.findAll(kind, name, namespace)[0]?.by;
    const content = new ContentBuilder();
    content.addOpen({ type: 'existing', kind, name, by });
    return { kind, name, state: by === undefined ? 'outside-release' : 'in-release', ...content };
  }

  /** The ExternalSecrets that write to a Secret, by any policy but `None`. */
  #writersOf(name: string, namespace: string | undefined): Manifest[] {
    if (this.#writers === undefined) {
      this.#writers = new Map();
      for (const manifest of this.#index.ofKind('ExternalSecret')) {
        if (readCreationPolicy(manifest) === 'None') continue;
        const target = readTargetName(manifest);
        this.#writers.set(target, [...(this.#writers.get(target) ?? []), manifest]);
      }
    }
    return (this.#writers.get(name) ?? []).filter((manifest) =>
      this.#index.isSameNamespace(readName(manifest.object.metadata, 'namespace'), namespace),
    );
  }
}

function reportOwners(
  content: ContentBuilder,
  { owners, base, name }: { owners: readonly Manifest[]; base: ObjectContent | undefined; name: string },
): void {
  const names = owners.map(({ object }) => `ExternalSecret ${object.metadata.name}`);
  if (base !== undefined && owners.length > 0) names.unshift(`a manifest of Secret ${name}`);
  if (names.length < 2) return;
  const message = `${names.join(' and ')} all write Secret ${name}; the keys of the others are lost`;
  content.problems.push({ code: 'two-owners', message });
}

function mergeContent(content: ContentBuilder, base: ObjectContent): void {
  for (const source of base.open) content.addOpen(source);
  for (const entry of base.entries.values()) content.add(entry);
}

/** Types of Secret that a controller fills with further keys. */
const FILLED_LATER: ReadonlySet<string> = new Set(['kubernetes.io/service-account-token']);

function readSecretManifest(manifest: Manifest): ObjectContent {
  const { name } = manifest.object.metadata;
  const content = new ContentBuilder();
  if (FILLED_LATER.has(readName(manifest.object, 'type') ?? '')) {
    content.addOpen({ type: 'existing', kind: 'Secret', name, by: manifest });
  }
  const add = (key: string, secret: SecretValue): void =>
    content.add({
      key,
      value: knownValue(secret),
      secret: true,
      source: { type: 'secret', name, key, manifest },
    });
  for (const [key, text] of listTexts(readObject(manifest.object, 'data'))) {
    add(key, new SecretValue(Buffer.from(text, 'base64').toString('utf8')));
  }
  for (const [key, text] of listTexts(readObject(manifest.object, 'stringData'))) {
    content.entries.delete(key);
    add(key, new SecretValue(text));
  }
  return { kind: 'Secret', name, state: 'in-release', ...content };
}

function readSealedSecret(manifest: Manifest): ObjectContent {
  const { name } = manifest.object.metadata;
  const spec = readObject(manifest.object, 'spec');
  const content = new ContentBuilder();
  const keys = Object.keys(readObject(spec, 'encryptedData') ?? {});
  for (const key of keys) {
    const source: ValueSource = { type: 'sealed-secret', name, key, manifest };
    content.add({ key, value: unknownValue('encrypted'), secret: true, source });
  }
  for (const key of Object.keys(readStringMap(readObject(spec, 'template'), 'data'))) {
    const source: ValueSource = { type: 'sealed-secret', name, key, manifest };
    content.add({ key, value: unknownValue('from-template'), secret: true, source });
  }
  return { kind: 'Secret', name, state: 'in-release', ...content };
}

/** Replaces what the manifests tell by what is known to be there; origins stay where the manifests tell them. */
function overlay(rendered: ObjectContent, live: KnownEntries | 'absent'): ObjectContent {
  if (live === 'absent') return { ...rendered, state: 'absent', entries: new Map(), open: [] };
  const isSecret = rendered.kind === 'Secret';
  const entries = new Map<string, ContentEntry>();
  for (const [key, text] of live) {
    const expected = rendered.entries.get(key);
    const wrapped = typeof text === 'string' && isSecret ? new SecretValue(text) : text;
    entries.set(key, {
      key,
      value:
        wrapped === undefined ? (expected?.value ?? unknownValue('from-secret-store')) : knownValue(wrapped),
      secret: expected?.secret ?? isSecret,
      source: expected?.source ?? sourceOfOpen(rendered, key),
      shadows: expected?.shadows ?? [],
      mayBeReplacedBy: [],
    });
  }
  return { ...rendered, state: rendered.state === 'in-release' ? 'in-release' : 'known', entries, open: [] };
}

function sourceOfOpen({ kind, name, open }: ObjectContent, key: string): ValueSource {
  const source = open.find(({ type }) => type === 'external-secret') ?? open[0];
  return source === undefined ? { type: 'existing', kind, name, key } : { ...source, key };
}

/** Entries of a data map as text. Kubernetes refuses other scalars; they are shown as they would be written. */
function listTexts(data: JsonObject | undefined): [string, string][] {
  return Object.entries(data ?? {}).map(([key, value]) => [key, formatScalar(value)]);
}

function formatScalar(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
