import { SluiceError } from '../errors.js';
import type { SecretValue } from '../manifest/secret-value.js';
import { pause } from '../store/store-caller.js';
import type { ParameterType } from '../store/value-store.js';
import { DocumentWriter, type StoredPlace, type WriteOptions } from './document-writer.js';
import { guardName } from './store-guards.js';

export interface UpdateValueOptions extends WriteOptions {
  /** What the value was when somebody decided to change it (undefined: none): any other is an error. */
  expected?: { value: SecretValue | undefined } | undefined;
}

/** A value that was written as a whole. */
export interface ValueUpdate {
  name: string;
  version: string;
  /** Version that was read first; undefined where there was none. */
  previousVersion: string | undefined;
  /** How Parameter Store keeps it. */
  type: ParameterType | undefined;
  changed: boolean;
  /** A version of somebody else's that came in between and is in the history only. */
  overwritten: string | undefined;
}

const ROUNDS = 10;

/**
 * Writes a whole value, once: one that is there already is not written again, and a write whose answer was lost is
 * looked for first. Somebody else's value that came in between stays in the history and is told.
 *
 * @throws SluiceError `PARAMETER_MISSING`, `STORE_CHANGED` (not as expected, or changed by somebody after us),
 * `STORE_WRITE_UNCERTAIN`, those of `guardWrite`, and those of the store. No error holds a value.
 */
export async function updateValue(
  place: StoredPlace,
  value: SecretValue,
  options: UpdateValueOptions = {},
): Promise<ValueUpdate> {
  const { store, name } = place;
  guardName(store.service, name);
  const writer = new DocumentWriter(place, options);
  let first: { version: string | undefined } | undefined;
  let overwritten: string | undefined;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const current = await writer.read();
    if (first === undefined) requireExpected(name, current?.value, options);
    first ??= { version: current?.version };
    if (current?.value.equals(value)) {
      const changed = writer.written !== undefined;
      const { version, type } = current;
      return { name, version, previousVersion: first.version, type, changed, overwritten };
    }
    if (writer.written !== undefined) throw describeOverwritten(name, current?.version ?? '');
    if (current !== undefined && current.version !== first.version) overwritten = current.version;
    const version = await writer.write(current, value.reveal());
    if (version === undefined) await pause(round, undefined);
    else overwritten ??= findBetween(current?.version, version);
  }
  throw describeOverwritten(name, '');
}

/** The version before ours, where it is not the one that was read. */
function findBetween(read: string | undefined, written: string): string | undefined {
  const before = Number(written) - 1;
  return read !== undefined && Number.isInteger(before) && before > Number(read) ? String(before) : undefined;
}

function requireExpected(
  name: string,
  present: SecretValue | undefined,
  { expected }: UpdateValueOptions,
): void {
  if (expected === undefined || present?.reveal() === expected.value?.reveal()) return;
  throw new SluiceError({
    code: 'STORE_CHANGED',
    message: `${name}: was changed by somebody else meanwhile`,
    remedy: 'Nothing was written. Run it again to see what there is now.',
  });
}

function describeOverwritten(name: string, version: string): SluiceError {
  return new SluiceError({
    code: 'STORE_CHANGED',
    message: `${name}: somebody else wrote another value at the same time${version === '' ? '' : `, version ${version}`}`,
    evidence: 'The value that was to be written is in the history.',
    remedy: 'Settle with them whose value it is to be; sluice secrets history shows the versions.',
  });
}
