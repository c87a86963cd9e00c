import { SluiceError } from '../../errors.js';
import type { SecretValue } from '../../manifest/secret-value.js';
import type { ValueStore } from '../../store/value-store.js';
import { DocumentWriter } from '../document-writer.js';
import { updateJson } from '../update-json.js';
import { describePlace, type PlaceChange } from './rotation-plan.js';

/**
 * Writes what a rotation changes in one place, over what was read and nothing else, and gives the version that holds
 * it; undefined where nothing is left.
 *
 * @throws SluiceError `STORE_CHANGED` where somebody changed one of the values meanwhile; those of `updateJson`.
 */
export async function writeChange(
  change: PlaceChange,
  store: ValueStore,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { place, after, before } = change;
  if (!place.whole) {
    const { version } = await updateJson({ store, name: place.path }, after, { expected: before, signal });
    return version;
  }
  const [value] = [...after.values()];
  return value === undefined
    ? await remove(change, store, signal)
    : await replace(change, { value, store, signal });
}

async function replace(
  change: PlaceChange,
  { value, store, signal }: { value: SecretValue; store: ValueStore; signal: AbortSignal | undefined },
): Promise<string> {
  const { path } = change.place;
  const writer = new DocumentWriter({ store, name: path }, { create: change.version === undefined, signal });
  const current = await writer.read();
  const [expected] = [...change.before.values()];
  if (current?.value.reveal() !== expected?.reveal()) throw describeChanged(change);
  await writer.write(current, value.reveal());
  const now = await store.get(path);
  if (now === undefined || !now.value.equals(value)) throw describeChanged(change);
  return now.version;
}

async function remove(
  change: PlaceChange,
  store: ValueStore,
  signal: AbortSignal | undefined,
): Promise<undefined> {
  const { path } = change.place;
  const current = await store.get(path, { signal });
  const [expected] = [...change.before.values()];
  if (current !== undefined && current.value.reveal() !== expected?.reveal()) throw describeChanged(change);
  await store.delete(path, { signal });
}

function describeChanged({ place }: PlaceChange): SluiceError {
  return new SluiceError({
    code: 'STORE_CHANGED',
    message: `${describePlace(place)}: was changed by somebody else meanwhile`,
    remedy: 'Run it again to see what there is now.',
  });
}
