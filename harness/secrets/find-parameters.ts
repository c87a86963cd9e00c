import { readTargetName } from '../manifest/external-secret-content.js';
import type { JsonObject, Manifest } from '../manifest/manifest.js';
import { ManifestIndex } from '../manifest/manifest-index.js';
import { readName, readObject, readObjects, readStringMap } from '../manifest/read-json.js';
import { identifyStore } from '../manifest/secret-stores.js';
import type { AwsStoreService } from '../store/value-store.js';

/** One place of an ExternalSecret that reads a parameter. */
export interface ParameterUse {
  /** Name of the ExternalSecret. */
  externalSecret: string;
  /** Name of the Secret that it writes. */
  target: string;
  /**
   * `extract` takes every member of the JSON; `property` one member; `value` the whole text; `find` is a search, and the
   * parameter's name the path where it begins.
   */
  kind: 'extract' | 'property' | 'value' | 'find';
  /** Member of the JSON that is read: for `property`, and for an `extract` of an inner object. */
  property?: string | undefined;
  /** Keys that it gives to the Secret (or to its template), where the manifest tells them. */
  keys: readonly string[];
  /** True where it wants the tags of the parameter and not its value. */
  readsTags?: boolean;
}

/** What the manifest of an AWS store says about itself. */
export interface ParameterStoreSpec {
  region?: string | undefined;
  /** Role that the operator takes on. */
  role?: string | undefined;
  /** Put before every name; `ReadParameter.name` has it already. */
  prefix?: string | undefined;
}

/** A parameter or secret that a release reads. */
export interface ReadParameter {
  /** Undefined where the store is none of AWS. A store that is only named counts as Parameter Store. */
  service: AwsStoreService | undefined;
  store: { kind: 'SecretStore' | 'ClusterSecretStore'; name: string };
  /** Where the release holds the store itself. */
  storeSpec?: ParameterStoreSpec | undefined;
  /** The whole name, the store's prefix included. */
  name: string;
  /** Version that is pinned; undefined: the current one. */
  version?: string | undefined;
  uses: readonly ParameterUse[];
}

type Found = Omit<ReadParameter, 'uses'>;

/** Every parameter or secret that the ExternalSecrets of a release read, each once, sorted by name. */
export function findParameters(manifests: readonly Manifest[]): ReadParameter[] {
  const index = new ManifestIndex(manifests);
  const parameters = new Map<string, Found & { uses: ParameterUse[] }>();
  for (const manifest of index.ofKind('ExternalSecret')) {
    for (const { found, use } of listReadings(manifest, index)) {
      const id = JSON.stringify([
        found.service,
        found.store.kind,
        found.store.name,
        found.name,
        found.version,
      ]);
      const known = parameters.get(id);
      if (known === undefined) parameters.set(id, { ...found, uses: [use] });
      else known.uses.push(use);
    }
  }
  return [...parameters.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
}

interface Reading {
  found: Found;
  use: ParameterUse;
}

function listReadings(manifest: Manifest, index: ManifestIndex): Reading[] {
  const spec = readObject(manifest.object, 'spec');
  const owner = { externalSecret: manifest.object.metadata.name, target: readTargetName(manifest) };
  const readings: Reading[] = [];
  const add = (
    entry: JsonObject,
    ref: JsonObject | undefined,
    use: Omit<ParameterUse, keyof typeof owner>,
  ) => {
    const isSearch = use.kind === 'find';
    const key = isSearch ? (readName(ref, 'path') ?? '/') : readName(ref, 'key');
    const found = describeStore(manifest, entry, index);
    if (key === undefined || found === undefined) return;
    const name = isSearch ? key : `${found.storeSpec?.prefix ?? ''}${key}`;
    readings.push({
      found: { ...found, name, version: readName(ref, 'version') },
      use: { ...owner, ...use },
    });
  };
  for (const { item } of readObjects(spec, 'data')) {
    const ref = readObject(item, 'remoteRef');
    const key = readName(item, 'secretKey');
    const property = readName(ref, 'property');
    add(item, ref, {
      kind: property === undefined ? 'value' : 'property',
      property,
      keys: key === undefined ? [] : [key],
      ...(readName(ref, 'metadataPolicy') === 'Fetch' ? { readsTags: true } : {}),
    });
  }
  for (const { item } of readObjects(spec, 'dataFrom')) {
    const extract = readObject(item, 'extract');
    const find = readObject(item, 'find');
    if (extract !== undefined) {
      add(item, extract, { kind: 'extract', property: readName(extract, 'property'), keys: [] });
    } else if (find !== undefined) {
      const readsTags = Object.keys(readStringMap(find, 'tags')).length > 0;
      add(item, find, { kind: 'find', keys: [], ...(readsTags ? { readsTags } : {}) });
    }
  }
  return readings;
}

function describeStore(
  manifest: Manifest,
  entry: JsonObject,
  index: ManifestIndex,
): Omit<Found, 'name' | 'version'> | undefined {
  const spec = readObject(manifest.object, 'spec');
  const reference =
    readObject(readObject(entry, 'sourceRef'), 'storeRef') ?? readObject(spec, 'secretStoreRef');
  const identity = identifyStore(reference, manifest, index);
  if (identity === undefined) return undefined;
  const { kind, name, type } = identity;
  const store = { kind, name };
  if (type === undefined) return { service: 'ParameterStore', store };
  const service = type === 'ParameterStore' || type === 'SecretsManager' ? type : undefined;
  const rendered =
    kind === 'SecretStore'
      ? index.find({ kind, name, namespace: readName(manifest.object.metadata, 'namespace') })
      : index.findAnywhere(kind, name);
  const aws = readObject(readObject(readObject(rendered?.object, 'spec'), 'provider'), 'aws');
  const storeSpec = {
    region: readName(aws, 'region'),
    role: readName(aws, 'role'),
    prefix: readName(aws, 'prefix'),
  };
  return { service, store, ...(aws === undefined ? {} : { storeSpec }) };
}
