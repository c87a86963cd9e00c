import type { StoreIdentity } from './env-origin.js';
import type { JsonObject, Manifest } from './manifest.js';
import type { ManifestIndex } from './manifest-index.js';
import { readName, readObject } from './read-json.js';

/** Reads a `{name, kind}` store reference and, where the release holds the store, what it is. */
export function identifyStore(
  reference: JsonObject | undefined,
  from: Manifest,
  index: ManifestIndex,
): StoreIdentity | undefined {
  const name = readName(reference, 'name');
  if (name === undefined) return undefined;
  const kind = reference?.['kind'] === 'ClusterSecretStore' ? 'ClusterSecretStore' : 'SecretStore';
  const namespace = kind === 'SecretStore' ? readName(from.object.metadata, 'namespace') : undefined;
  const store =
    kind === 'SecretStore'
      ? index.find({ kind, name, namespace })
      : index.ofKind(kind).findLast(({ object }) => object.metadata.name === name);
  return { name, kind, type: store === undefined ? undefined : readStoreType(store) };
}

/** `ParameterStore` or `SecretsManager` for AWS, else the name of the provider; undefined where none is given. */
export function readStoreType(store: Manifest): string | undefined {
  const provider = readObject(readObject(store.object, 'spec'), 'provider');
  const type = Object.keys(provider ?? {})[0];
  return type === 'aws' ? (readName(readObject(provider, 'aws'), 'service') ?? type) : type;
}
