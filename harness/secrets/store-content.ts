import { effectiveEnv } from '../manifest/effective-env.js';
import type { RemoteReference, StoreIdentity } from '../manifest/env-origin.js';
import type { Manifest } from '../manifest/manifest.js';
import type { KnownContent } from '../manifest/object-content.js';
import type { KnownParameter, RemoteEntry } from '../manifest/remote-content.js';
import type { ValueStore } from '../store/value-store.js';

/** What is asked of a store here. */
export type StoreReader = Pick<ValueStore, 'get' | 'list'>;

export interface StoreContentOptions {
  /** The release's namespace. */
  namespace?: string | undefined;
  /** The store behind a reference; undefined where its content can't be told. */
  storeOf: (store: StoreIdentity | undefined) => StoreReader | undefined;
  signal?: AbortSignal | undefined;
}

type Search = RemoteReference & { nameRegexp?: string | undefined };

/**
 * Reads from the stores exactly what the ExternalSecrets behind some workloads' environment would read, so that
 * `effectiveEnv` can tell the values before the operator has.
 *
 * What is not in the store stays unknown.
 *
 * @throws the errors of the stores.
 */
export async function readStoreContent(
  manifests: readonly Manifest[],
  { namespace, storeOf, signal }: StoreContentOptions,
): Promise<KnownContent> {
  const { references, searches } = listReadings(manifests, namespace);
  const parameters = new Map<string, KnownParameter>();
  const found = new Map<string, RemoteEntry[]>();
  await Promise.all([
    ...[...references].map(async ([id, { store, key, version }]) => {
      const stored = await storeOf(store)?.get(key, { version, signal });
      if (stored !== undefined) parameters.set(id, { text: stored.value });
    }),
    ...[...searches].map(async ([id, search]) => {
      const store = storeOf(search.store);
      if (store !== undefined) found.set(id, await readSearch(store, search, signal));
    }),
  ]);
  return {
    parameter: (reference) => parameters.get(identify(reference)),
    search: (search) => found.get(identify(search)),
  };
}

/** What is read, told by asking for the environment. */
function listReadings(manifests: readonly Manifest[], namespace: string | undefined) {
  const references = new Map<string, RemoteReference>();
  const searches = new Map<string, Search>();
  effectiveEnv(manifests, {
    namespace,
    known: {
      parameter: (reference) => {
        references.set(identify(reference), reference);
        return undefined;
      },
      search: (search) => {
        searches.set(identify(search), search);
        return undefined;
      },
    },
  });
  return { references, searches };
}

async function readSearch(
  store: StoreReader,
  { key, nameRegexp = '' }: Search,
  signal: AbortSignal | undefined,
): Promise<RemoteEntry[]> {
  const isWanted = new RegExp(nameRegexp, 'u');
  const entries = (await store.list(key, { signal })).filter(({ name }) => isWanted.test(name));
  return await Promise.all(
    entries.map(async ({ name }) => ({ key: name, value: (await store.get(name, { signal }))?.value })),
  );
}

function identify({ store, key, version, nameRegexp }: Search): string {
  return JSON.stringify([store?.kind, store?.name, key, version, nameRegexp]);
}
