import { SluiceError } from '../../errors.js';
import type { AwsStoreService, StoredValue, ValueStore } from '../../store/value-store.js';
import type { ReadParameter } from '../find-parameters.js';
import type { Answer, Reading } from './doctor-evidence.js';

/** Gives the store of a service in a region; undefined where it cannot be asked. */
export type OpenStore = (
  service: AwsStoreService,
  region: string | undefined,
) => Promise<ValueStore> | ValueStore;

/** Asks the stores for every parameter, in as few calls as they allow; what one refuses concerns no other. */
export async function askStores(
  parameters: readonly ReadParameter[],
  { openStore, signal }: { openStore: OpenStore; signal?: AbortSignal | undefined },
): Promise<Reading[]> {
  const groups = new Map<string, ReadParameter[]>();
  for (const parameter of parameters) {
    const id = JSON.stringify([parameter.service, parameter.storeSpec?.region]);
    groups.set(id, [...(groups.get(id) ?? []), parameter]);
  }
  const answered = await Promise.all(
    [...groups.values()].map(async (group) => {
      const [first] = group;
      const { service, storeSpec } = first ?? {};
      if (service === undefined) return group.map((parameter) => unknown(parameter));
      const store = await openStore(service, storeSpec?.region);
      return await askOne(store, group, signal);
    }),
  );
  return answered.flat();
}

async function askOne(
  store: ValueStore,
  parameters: readonly ReadParameter[],
  signal: AbortSignal | undefined,
): Promise<Reading[]> {
  const isRead = ({ uses }: ReadParameter): boolean =>
    uses.some(({ kind, readsTags }) => kind !== 'find' && readsTags !== true);
  const current = parameters.filter((one) => isRead(one) && one.version === undefined);
  const many = await askMany(store, current, signal);
  return await Promise.all(
    parameters.map(async (parameter) => {
      if (!isRead(parameter)) return unknown(parameter);
      const known = parameter.version === undefined ? many : undefined;
      const answer =
        known === undefined ? await ask(store, parameter, signal) : describe(known.get(parameter.name));
      return { parameter, answer };
    }),
  );
}

// One name that is denied fails a call for ten: then each is asked for by itself.
async function askMany(
  store: ValueStore,
  parameters: readonly ReadParameter[],
  signal: AbortSignal | undefined,
): Promise<Map<string, StoredValue> | undefined> {
  try {
    const names = [...new Set(parameters.map(({ name }) => name))];
    return await store.getMany(names, { signal });
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

async function ask(
  store: ValueStore,
  { name, version }: ReadParameter,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  try {
    return describe(await store.get(name, { version, signal }));
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof SluiceError)) throw error;
    return { state: 'refused', error };
  }
}

function describe(stored: StoredValue | undefined): Answer {
  return stored === undefined ? { state: 'missing' } : { state: 'found', stored };
}

function unknown(parameter: ReadParameter): Reading {
  return { parameter, answer: { state: 'unknown' } };
}
