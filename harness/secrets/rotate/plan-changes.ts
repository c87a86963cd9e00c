import { SluiceError } from '../../errors.js';
import { extractMembers } from '../../manifest/remote-content.js';
import type { SecretValue } from '../../manifest/secret-value.js';
import type { StoredValue } from '../../store/value-store.js';
import type { Contract } from '../contract/contract.js';
import type { GenerateSpec } from '../generate/generate-spec.js';
import { generateValue } from '../generate/generate-value.js';
import {
  describePlace,
  identifyPlace,
  type OpenPlace,
  type PlaceChange,
  PREVIOUS_PATH_SUFFIX,
  PREVIOUS_SUFFIX,
  type RotationPlace,
  type RotationTarget,
} from './rotation-plan.js';

export interface PlanOptions {
  contract?: Contract | undefined;
  /** How values are made that the contract says nothing of. */
  generate?: GenerateSpec | undefined;
  /** Keeps the value that is replaced beside the new one. */
  keepPrevious?: boolean | undefined;
  openPlace: OpenPlace;
  /** Names of the ExternalSecrets that read a path. */
  readersOf: (path: string) => readonly string[];
  cwd?: string | undefined;
  env?: NodeJS.ProcessEnv | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Makes the new values, in memory alone, and reads what is there.
 *
 * @throws SluiceError `PARAMETER_MISSING`, `GENERATE_UNKNOWN` for a name whose making nobody describes (exit code 2),
 * `PREVIOUS_KEPT` where an earlier rotation's old value is still there, those of `generateValue` and of the store.
 */
export async function planRotation(
  targets: readonly RotationTarget[],
  options: PlanOptions,
): Promise<PlaceChange[]> {
  const changes: PlaceChange[] = [];
  for (const [place, group] of groupByPlace(targets)) {
    const stored = await (await options.openPlace(place)).get(place.path, { signal: options.signal });
    if (stored === undefined) throw describeMissing(place);
    changes.push(...(await planPlace({ place, group, stored }, options)));
  }
  return changes;
}

/**
 * Finds the old values that `keepPrevious` has kept, to be taken away.
 *
 * @throws SluiceError `NOTHING_TO_RETIRE`; those of the store.
 */
export async function planRetirement(
  targets: readonly RotationTarget[],
  { openPlace, readersOf, signal }: PlanOptions,
): Promise<PlaceChange[]> {
  const changes: PlaceChange[] = [];
  for (const [place, group] of groupByPlace(targets)) {
    const names = group.map(({ name }) => name);
    const kept = place.whole ? previousOf(place, readersOf) : place;
    const stored = await (await openPlace(kept)).get(kept.path, { signal });
    const members = readPlace(kept, stored, kept.path);
    const before = new Map<string, SecretValue | undefined>();
    for (const { key, name } of group) {
      const previous = place.whole ? kept.path : `${key}${PREVIOUS_SUFFIX}`;
      const value = members.get(previous);
      if (value === undefined) throw describeNothingKept(name, place);
      before.set(previous, value);
    }
    const after = new Map([...before.keys()].map((key) => [key, undefined]));
    const descriptions = new Map([...before.keys()].map((key) => [key, 'taken away']));
    changes.push({ place: kept, after, before, version: stored?.version, descriptions, names });
  }
  return changes;
}

interface PlaceGroup {
  place: RotationPlace;
  group: readonly RotationTarget[];
  stored: StoredValue;
}

async function planPlace({ place, group, stored }: PlaceGroup, options: PlanOptions): Promise<PlaceChange[]> {
  const after = new Map<string, SecretValue | undefined>();
  const descriptions = new Map<string, string>();
  const first: PlaceChange[] = [];
  const names = group.map(({ name }) => name);
  const members = readPlace(place, stored, group[0]?.key ?? '');
  for (const { name, key } of group) {
    const made = await generateValue(chooseSpec(name, options), options);
    if (place.whole && made.others.size > 0) throw describeNoRoom(name, place, [...made.others.keys()]);
    after.set(key, made.value);
    descriptions.set(key, made.description);
    for (const [other, value] of made.others) {
      after.set(other, value);
      descriptions.set(other, `made with ${key}`);
    }
    if (options.keepPrevious !== true) continue;
    if (place.whole) first.push(...(await keepWhole({ place, stored, name }, options)));
    else keepMember(after, { key, name, members, place });
  }
  const before = new Map([...after.keys()].map((key) => [key, members.get(key)]));
  return [...first, { place, after, before, version: stored.version, descriptions, names }];
}

function keepMember(
  after: Map<string, SecretValue | undefined>,
  {
    key,
    name,
    members,
    place,
  }: { key: string; name: string; members: ReadonlyMap<string, SecretValue>; place: RotationPlace },
): void {
  const previous = `${key}${PREVIOUS_SUFFIX}`;
  const current = members.get(key);
  const kept = members.get(previous);
  if (kept !== undefined && (current === undefined || !kept.equals(current)))
    throw describeStillKept(name, place, previous);
  after.set(previous, current);
}

/** The old value goes to a parameter of its own first: at no time are both nowhere. */
async function keepWhole(
  { place, stored, name }: { place: RotationPlace; stored: StoredValue; name: string },
  { openPlace, readersOf, signal }: PlanOptions,
): Promise<PlaceChange[]> {
  const kept = previousOf(place, readersOf);
  const present = await (await openPlace(kept)).get(kept.path, { signal });
  if (present?.value.equals(stored.value)) return [];
  if (present !== undefined) throw describeStillKept(name, place, kept.path);
  const after = new Map([[kept.path, stored.value]]);
  const before = new Map([[kept.path, undefined]]);
  const descriptions = new Map([[kept.path, 'the present value']]);
  return [{ place: kept, after, before, version: undefined, descriptions, names: [] }];
}

function previousOf(place: RotationPlace, readersOf: PlanOptions['readersOf']): RotationPlace {
  const path = `${place.path}${PREVIOUS_PATH_SUFFIX}`;
  return { ...place, path, externalSecrets: readersOf(path) };
}

/** What is in a place, by name; a whole value under the one name that is given. */
export function readPlace(
  place: Pick<RotationPlace, 'whole'>,
  stored: Pick<StoredValue, 'value'> | undefined,
  name: string,
): ReadonlyMap<string, SecretValue> {
  if (stored === undefined) return new Map();
  if (place.whole) return new Map([[name, stored.value]]);
  return new Map(
    (extractMembers({ text: stored.value }) ?? []).flatMap(({ key, value }) =>
      value === undefined ? [] : [[key, value] as const],
    ),
  );
}

function groupByPlace(targets: readonly RotationTarget[]): [RotationPlace, RotationTarget[]][] {
  const groups = new Map<string, [RotationPlace, RotationTarget[]]>();
  for (const target of targets) {
    const id = identifyPlace(target.place);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [target.place, [target]]);
    else group[1].push(target);
  }
  return [...groups.values()];
}

function chooseSpec(name: string, { contract, generate }: PlanOptions): GenerateSpec {
  const spec = contract?.entries.find((entry) => entry.name === name)?.generate ?? generate;
  if (spec !== undefined) return spec;
  throw new SluiceError({
    code: 'GENERATE_UNKNOWN',
    message: `${name}: nothing says how a new one is made`,
    evidence: contract === undefined ? 'there is no contract' : `${contract.path} has no generate for it`,
    remedy: `Describe it in the contract (generate: {type: hex}), or choose with --generate hex; what others give out is written with sluice secrets set ${name}.`,
    exitCode: 2,
  });
}

function describeMissing(place: RotationPlace): SluiceError {
  return new SluiceError({
    code: 'PARAMETER_MISSING',
    message: `${describePlace(place)}: there is none`,
    remedy: 'sluice secrets init makes what a release reads.',
  });
}

function describeStillKept(name: string, place: RotationPlace, previous: string): SluiceError {
  return new SluiceError({
    code: 'PREVIOUS_KEPT',
    message: `${name}: the value before the present one is still kept, as ${previous}`,
    evidence: describePlace(place),
    remedy: `sluice rotate --retire ${name} takes it away; then rotate again.`,
  });
}

function describeNothingKept(name: string, place: RotationPlace): SluiceError {
  return new SluiceError({
    code: 'NOTHING_TO_RETIRE',
    message: `${name}: no earlier value is kept beside it`,
    evidence: describePlace(place),
    remedy: 'There is one only after sluice rotate --keep-previous, until it is retired.',
  });
}

function describeNoRoom(name: string, place: RotationPlace, others: readonly string[]): SluiceError {
  return new SluiceError({
    code: 'GENERATE_NO_ROOM',
    message: `${name}: ${others.join(', ')} is made with it, and ${describePlace(place)} holds one value alone`,
    remedy: 'Keep both in one JSON parameter.',
    exitCode: 2,
  });
}
