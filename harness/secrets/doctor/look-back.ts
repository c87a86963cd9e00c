import { revealValue } from '../../manifest/env-value.js';
import { extractMembers } from '../../manifest/remote-content.js';
import type { SecretValue } from '../../manifest/secret-value.js';
import type { StoredEntry } from '../../store/value-store.js';
import type { ContractEntry } from '../contract/contract.js';
import type { OpenStore } from './ask-stores.js';
import type { Evidence, ForeignValue, OverdueValue, Reading, SecretChain } from './doctor-evidence.js';

interface LookOptions {
  openStore: OpenStore;
  signal?: AbortSignal | undefined;
}

/**
 * Finds the values that are older than their contract allows.
 *
 * The date of a parameter is that of its last write, of whichever key: what counts is whether the version that was
 * current when the time began already had this key's value.
 */
export async function findOverdue(
  evidence: Pick<Evidence, 'chains' | 'contract' | 'now'>,
  options: LookOptions,
): Promise<OverdueValue[]> {
  const entries = (evidence.contract?.entries ?? []).filter(
    ({ rotateEveryMs }) => rotateEveryMs !== undefined,
  );
  const found = await Promise.all(
    evidence.chains.flatMap((chain) =>
      entries.map(async (entry) => await findOverdueKey(entry, { chain, now: evidence.now, ...options })),
    ),
  );
  return found.filter((one) => one !== undefined);
}

async function findOverdueKey(
  { name, rotateEvery = '', rotateEveryMs = 0 }: ContractEntry,
  { chain, now, openStore, signal }: LookOptions & { chain: SecretChain; now: Date },
): Promise<OverdueValue | undefined> {
  const value = chain.expected.entries.get(name)?.value;
  const current = value === undefined ? undefined : revealValue(value);
  const reading = current === undefined ? undefined : findReading(chain, name);
  if (current === undefined || reading?.answer.state !== 'found') return undefined;
  const begin = now.getTime() - rotateEveryMs;
  const about = { variable: name, rotateEvery, parameter: reading.parameter.name, chain: chain.name };
  const written = reading.answer.stored.modifiedAt;
  if (written !== undefined && written.getTime() <= begin) return { ...about, since: written };
  const { service, storeSpec, name: path } = reading.parameter;
  if (service === undefined) return undefined;
  const store = await openStore(service, storeSpec?.region);
  const versions = await store.history(path, { signal });
  const then = versions.find(({ modifiedAt }) => modifiedAt !== undefined && modifiedAt.getTime() <= begin);
  if (then?.version === undefined) return undefined;
  const before = await store.get(path, { version: then.version, signal });
  if (before === undefined || !holds(before.value, { name, current, chain })) return undefined;
  return { ...about, since: dateOf(then) };
}

function dateOf({ modifiedAt }: StoredEntry): Date {
  return modifiedAt ?? new Date(0);
}

/** True where a version of the parameter had this very value for the key. */
function holds(
  value: SecretValue,
  { name, current, chain }: { name: string; current: string; chain: SecretChain },
): boolean {
  const property = findProperty(chain, name);
  if (property === undefined) return value.reveal() === current;
  const member = extractMembers({ text: value })?.find(({ key }) => key === property);
  return member?.value?.reveal() === current;
}

/** The parameter that gives a key of a chain's Secret. */
function findReading({ readings, name: chain }: SecretChain, key: string): Reading | undefined {
  const own = readings.map((reading) => ({
    reading,
    uses: reading.parameter.uses.filter(({ externalSecret }) => externalSecret === chain),
  }));
  const named = own.find(({ uses }) => uses.some(({ keys }) => keys.includes(key)));
  return (named ?? own.find(({ uses }) => uses.some(({ kind }) => kind === 'extract')))?.reading;
}

function findProperty(chain: SecretChain, key: string): string | undefined {
  const reading = findReading(chain, key);
  const use = reading?.parameter.uses.find(
    ({ externalSecret, keys }) => externalSecret === chain.name && keys.includes(key),
  );
  return use === undefined ? key : use.property;
}

/**
 * Reads the same parameters of other environments: where a path has the environment's name as a part, the same path
 * with the other's name.
 */
export async function readForeign(
  chains: readonly SecretChain[],
  { environments, openStore, signal }: LookOptions & { environments: readonly string[] },
): Promise<ForeignValue[]> {
  const readings = new Map(
    chains.flatMap(({ readings: own }) => own).map((one) => [one.parameter.name, one]),
  );
  const found = await Promise.all(
    [...readings.values()].flatMap(({ parameter }) =>
      environments.flatMap((environment) =>
        listPathsOf(parameter.name, environment).map(async (path): Promise<ForeignValue[]> => {
          if (parameter.service === undefined) return [];
          const store = await openStore(parameter.service, parameter.storeSpec?.region);
          const stored = await store.get(path, { signal });
          return stored === undefined ? [] : listValues(stored.value, { environment, path });
        }),
      ),
    ),
  );
  return found.flat();
}

/** Names of environments as the chart knows them. */
const ENVIRONMENTS = new Set(['dev', 'pr', 'stage', 'staging', 'prod', 'production', 'test', 'qa']);

function listPathsOf(path: string, environment: string): string[] {
  const parts = path.split('/');
  return parts.flatMap((part, position) =>
    ENVIRONMENTS.has(part) && part !== environment ? [parts.with(position, environment).join('/')] : [],
  );
}

function listValues(
  value: SecretValue,
  { environment, path }: { environment: string; path: string },
): ForeignValue[] {
  const members = extractMembers({ text: value }) ?? [];
  return [
    { environment, place: path, value },
    ...members.flatMap((member) =>
      member.value === undefined
        ? []
        : [{ environment, place: `${path} › ${member.key}`, value: member.value }],
    ),
  ];
}
