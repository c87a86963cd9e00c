import { SecretValue } from '../manifest/secret-value.js';
import { StoreError } from '../store/store-error.js';
import type { PutOptions } from '../store/value-store.js';
import { type ChangedParameter, isDocument } from './choose-place.js';
import type { StoredPlace } from './document-writer.js';
import { guardWrite } from './store-guards.js';

/** What stands for a value until somebody sets it; `doctor` finds it. */
export const INIT_PLACEHOLDER = 'CHANGE_ME';

/** What became of a parameter that was to be made. */
export interface InitialisedParameter {
  name: string;
  made: boolean;
  /** Keys that hold the placeholder now. */
  keys: readonly string[];
}

/**
 * Makes a parameter that is not there, with a placeholder for each key that the release is known to read, and leaves
 * one that is there as it is: the store itself refuses to write over it.
 *
 * @throws those of `guardWrite` and of the store.
 */
export async function initParameter(
  { store, name }: StoredPlace,
  parameter: ChangedParameter,
  put: PutOptions = {},
): Promise<InitialisedParameter> {
  const { value, keys } = draft(parameter);
  guardWrite({ service: store.service, name, value, type: put.type, tier: put.tier });
  try {
    await store.put(name, value, { ...put, onlyIfAbsent: true });
    return { name, made: true, keys };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.code === 'STORE_EXISTS') return { name, made: false, keys: [] };
    // An answer that was lost: it is there now, by us or somebody else.
    if (!error.mayHaveHappened) throw error;
    const stored = await store.get(name);
    if (stored === undefined) throw error;
    return { name, made: stored.value.equals(value), keys };
  }
}

function draft(parameter: ChangedParameter): { value: SecretValue; keys: string[] } {
  if (!isDocument(parameter)) {
    const keys = parameter.uses.flatMap((use) => use.keys);
    return { value: new SecretValue(INIT_PLACEHOLDER), keys: [...new Set(keys)] };
  }
  const properties = parameter.uses.flatMap(({ kind, property }) =>
    kind === 'property' && property !== undefined ? [property] : [],
  );
  const keys = [...new Set(properties)];
  const members = Object.fromEntries(keys.map((key) => [key, INIT_PLACEHOLDER]));
  return { value: new SecretValue(JSON.stringify(members)), keys };
}
