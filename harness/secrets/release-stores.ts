import type { StoreIdentity } from '../manifest/env-origin.js';
import type { Manifest } from '../manifest/manifest.js';
import { SecretValue } from '../manifest/secret-value.js';
import type { ValueStore } from '../store/value-store.js';
import { findParameters, type ReadParameter } from './find-parameters.js';
import type { StoreReader } from './store-content.js';

/** Opens the store that a parameter is in. */
export type OpenParameterStore = (parameter: ReadParameter) => Promise<ValueStore>;

/** The store behind a reference; undefined for a store that is none of AWS, or that nothing is read from. */
export type ReleaseStores = (store: StoreIdentity | undefined) => StoreReader | undefined;

/**
 * Opens every store that the release reads from. A prefix that a store puts before names is put before them here, too,
 * and a dotenv file answers as the parameters would.
 */
export async function openReleaseStores(
  manifests: readonly Manifest[],
  open: OpenParameterStore,
): Promise<ReleaseStores> {
  const parameters = findParameters(manifests).filter(({ service }) => service !== undefined);
  const stores = new Map<string, StoreReader>();
  for (const parameter of parameters) {
    const id = identify(parameter.store);
    if (stores.has(id)) continue;
    const opened = await open(parameter);
    const reader = opened.service === 'Dotenv' ? answerByKey(opened, parameters) : opened;
    const { prefix } = parameter.storeSpec ?? {};
    stores.set(id, prefix === undefined || opened.service === 'Dotenv' ? reader : putBefore(reader, prefix));
  }
  return (store) => (store === undefined ? undefined : stores.get(identify(store)));
}

function identify({ kind, name }: { kind: string; name: string }): string {
  return `${kind}/${name}`;
}

function putBefore(store: StoreReader, prefix: string): StoreReader {
  return {
    get: async (name, options) => await store.get(`${prefix}${name}`, options),
    // The operator searches without the prefix.
    list: async (path, options) => await store.list(path, options),
  };
}

/**
 * A dotenv file holds variables, not parameters: one that is read as a whole is the variable that it becomes.
 */
function answerByKey(store: StoreReader, parameters: readonly ReadParameter[]): StoreReader {
  const keys = new Map(
    parameters.flatMap(({ name, storeSpec, uses }) =>
      uses.flatMap(({ kind, keys: [key] }): [string, string][] =>
        kind === 'value' && key !== undefined ? [[name.slice((storeSpec?.prefix ?? '').length), key]] : [],
      ),
    ),
  );
  return {
    get: async (name, { signal } = {}) => {
      // The file has no versions that a release could pin.
      const all = await store.get(name, { signal });
      const key = keys.get(name);
      if (all === undefined || key === undefined) return all;
      const text = (JSON.parse(all.value.reveal()) as Record<string, string>)[key];
      return text === undefined ? undefined : { ...all, value: new SecretValue(text) };
    },
    list: async (path, options) => await store.list(path, options),
  };
}
