import { isDataKey } from './env-name.js';
import type { ExternalSecretRoute, RemoteReference } from './env-origin.js';
import { type EnvValue, knownValue, unknownValue } from './env-value.js';
import { applyTarget } from './external-secret-target.js';
import type { JsonObject, Manifest } from './manifest.js';
import type { ManifestIndex } from './manifest-index.js';
import { ContentBuilder, type KnownContent } from './object-content.js';
import { readName, readObject, readObjects, readStringMap } from './read-json.js';
import { decodeValue, extractMembers, type RemoteEntry, readProperty } from './remote-content.js';
import { convertKey, rewriteKeys } from './rewrite-keys.js';
import { identifyStore } from './secret-stores.js';
import type { SecretValue } from './secret-value.js';

interface ReadingContext {
  manifest: Manifest;
  spec: JsonObject;
  secretName: string;
  index: ManifestIndex;
  known: KnownContent;
}

/** Name of the Secret that an ExternalSecret writes: `target.name`, else its own. */
export function readTargetName({ object }: Manifest): string {
  return readName(readObject(readObject(object, 'spec'), 'target'), 'name') ?? object.metadata.name;
}

/** `Owner` where nothing is given. `None` writes no Secret at all; `Merge` adds to one that something else makes. */
export function readCreationPolicy({ object }: Manifest): 'Owner' | 'Orphan' | 'Merge' | 'None' {
  const policy = readName(readObject(readObject(object, 'spec'), 'target'), 'creationPolicy');
  return policy === 'Orphan' || policy === 'Merge' || policy === 'None' ? policy : 'Owner';
}

/**
 * What an ExternalSecret writes into its Secret, in the operator's order: `dataFrom` entries as listed, then `data`,
 * then `target.template`. Later ones win. Rules as of external-secrets 0.20.4, API `v1`.
 */
export function readExternalSecret(
  manifest: Manifest,
  index: ManifestIndex,
  known: KnownContent,
): ContentBuilder {
  const spec = readObject(manifest.object, 'spec') ?? {};
  const context: ReadingContext = { manifest, spec, secretName: readTargetName(manifest), index, known };
  const provided = new ContentBuilder();
  for (const { item } of readObjects(spec, 'dataFrom')) addDataFrom(provided, item, context);
  for (const { item } of readObjects(spec, 'data')) addData(provided, item, context);
  // Where nothing at all is read the operator reports success and writes nothing, a template's keys neither.
  if (isEmpty(provided) && readName(readObject(spec, 'target'), 'deletionPolicy') !== 'Merge')
    return provided;
  return applyTarget(provided, manifest, context.secretName);
}

/** True where it is known that there is no key, and nothing is wrong with that. */
export function isEmpty({ entries, open, problems }: ContentBuilder): boolean {
  return entries.size === 0 && open.length === 0 && problems.length === 0;
}

function addData(content: ContentBuilder, entry: JsonObject, context: ReadingContext): void {
  const key = readName(entry, 'secretKey');
  if (key === undefined) return;
  const remoteRef = readObject(entry, 'remoteRef');
  const remote = readRemote(remoteRef, entry, context);
  const isTags = remoteRef?.['metadataPolicy'] === 'Fetch';
  const parameter = isTags ? undefined : context.known.parameter?.(remote);
  const strategy = readName(remoteRef, 'decodingStrategy');
  let value: EnvValue = unknownValue('from-secret-store');
  if (parameter !== undefined) {
    const found =
      remote.property === undefined ? wholeText(parameter) : readProperty(parameter, remote.property);
    if (found === 'missing') {
      const message = `${remote.key} has no property ${remote.property}; the operator reports an error for ${key}`;
      content.problems.push({ code: 'property-missing', message });
      value = unknownValue('missing');
    } else if (found !== undefined) {
      value = decoded(found, strategy);
    }
  }
  addEntry(content, { key, value, route: { via: 'data', remote } }, context);
}

function wholeText(parameter: { text: SecretValue } | { keys: readonly string[] }): SecretValue | undefined {
  return 'text' in parameter ? parameter.text : undefined;
}

function addDataFrom(content: ContentBuilder, entry: JsonObject, context: ReadingContext): void {
  const generator = readObject(readObject(entry, 'sourceRef'), 'generatorRef');
  const find = readObject(entry, 'find');
  const extract = readObject(entry, 'extract');
  const rewrite = readObjects(entry, 'rewrite').map(({ item }) => item);
  if (find !== undefined) {
    const remote = { ...readRemote(undefined, entry, context), key: readName(find, 'path') ?? '/' };
    const nameRegexp = readName(readObject(find, 'name'), 'regexp');
    const tags = Object.keys(readStringMap(find, 'tags'));
    // Nobody who is asked knows of tags.
    const found = tags.length > 0 ? undefined : context.known.search?.({ ...remote, nameRegexp });
    addMany(
      content,
      { found, route: { via: 'find', remote, nameRegexp, tags }, ref: find, rewrite },
      context,
    );
  } else if (extract !== undefined) {
    const remote = readRemote(extract, entry, context);
    const found = extractKnown(content, remote, context);
    addMany(content, { found, route: { via: 'extract', remote }, ref: extract, rewrite }, context);
  } else if (generator !== undefined) {
    const kind = readName(generator, 'kind') ?? '';
    const name = readName(generator, 'name') ?? '';
    const found = GENERATED_KEYS[kind]?.map((key) => ({ key, value: undefined }));
    addMany(content, { found, route: { via: 'generator', kind, name }, ref: undefined, rewrite }, context);
  }
}

/** Keys that the operator's generators always write. */
const GENERATED_KEYS: Readonly<Record<string, readonly string[]>> = {
  Password: ['password'],
  UUID: ['uuid'],
};

function extractKnown(
  content: ContentBuilder,
  remote: RemoteReference,
  { known }: ReadingContext,
): RemoteEntry[] | undefined {
  const parameter = known.parameter?.(remote);
  if (parameter === undefined) return undefined;
  const inner = remote.property === undefined ? parameter : readInner(parameter, remote.property);
  const members = inner === undefined ? undefined : extractMembers(inner);
  if (members === undefined && 'text' in parameter) {
    const message = `${remote.key} holds no JSON object; extract needs one, and the operator reports an error`;
    content.problems.push({ code: 'not-json', message });
  }
  return members;
}

function readInner(
  parameter: { text: SecretValue } | { keys: readonly string[] },
  property: string,
): { text: SecretValue } | undefined {
  const inner = readProperty(parameter, property);
  return inner === undefined || inner === 'missing' ? undefined : { text: inner };
}

interface ManyEntries {
  /** Undefined: the keys are not known. */
  found: readonly RemoteEntry[] | undefined;
  route: ExternalSecretRoute;
  ref: JsonObject | undefined;
  rewrite: readonly JsonObject[];
}

function addMany(content: ContentBuilder, many: ManyEntries, context: ReadingContext): void {
  const { found, route, ref, rewrite } = many;
  const rewritten = found === undefined ? undefined : rewriteKeys(found, rewrite);
  if (rewritten === undefined) {
    const { manifest, secretName } = context;
    content.addOpen({ type: 'external-secret', name: secretName, manifest, ...route });
    return;
  }
  const isConverted = rewrite.length === 0 && ref !== undefined;
  const seen = new Map<string, string>();
  for (const { key: original, value } of rewritten) {
    const key = isConverted ? convertKey(original, readName(ref, 'conversionStrategy')) : original;
    if (key === '') continue;
    reportKey(content, { key, original, earlier: isConverted ? seen.get(key) : undefined });
    seen.set(key, original);
    const entryValue =
      value === undefined
        ? unknownValue('from-secret-store')
        : decoded(value, readName(ref, 'decodingStrategy'));
    addEntry(content, { key, value: entryValue, route }, context);
  }
}

function reportKey(
  content: ContentBuilder,
  { key, original, earlier }: { key: string; original: string; earlier: string | undefined },
): void {
  if (earlier !== undefined) {
    const message = `"${earlier}" and "${original}" both become ${key}; the operator reports a collision and writes nothing`;
    content.problems.push({ code: 'key-conversion-collision', message });
  }
  if (!isDataKey(key)) {
    const message = `"${key}" is no valid key of a Secret; the operator reports an error and writes nothing`;
    content.problems.push({ code: 'invalid-key', message });
  }
}

function addEntry(
  content: ContentBuilder,
  { key, value, route }: { key: string; value: EnvValue; route: ExternalSecretRoute },
  { manifest, secretName }: ReadingContext,
): void {
  content.add({
    key,
    value,
    secret: true,
    source: { type: 'external-secret', name: secretName, key, manifest, ...route },
  });
}

function decoded(value: SecretValue, strategy: string | undefined): EnvValue {
  const text = decodeValue(value, strategy);
  return text === undefined ? unknownValue('missing') : knownValue(text);
}

function readRemote(
  ref: JsonObject | undefined,
  entry: JsonObject,
  { manifest, spec, index }: ReadingContext,
): RemoteReference {
  const storeRef =
    readObject(readObject(entry, 'sourceRef'), 'storeRef') ?? readObject(spec, 'secretStoreRef');
  return {
    store: identifyStore(storeRef, manifest, index),
    key: readName(ref, 'key') ?? '',
    property: readName(ref, 'property'),
    version: readName(ref, 'version'),
  };
}
