import { SluiceError } from '../errors.js';
import type { SecretValue } from '../manifest/secret-value.js';
import { type ChangedParameter, choosePlace, type ListMembers } from './choose-place.js';
import type { DotenvEntry } from './dotenv.js';
import { normaliseKeys } from './normalise-key.js';
import { guardKey } from './store-guards.js';

/** What is to be in one parameter after an import. */
export interface ImportTarget {
  parameter: ChangedParameter;
  /** Members of its JSON by name, or the text that is its whole value. */
  wanted: { members: Map<string, SecretValue> } | { text: SecretValue };
}

export interface ImportPlan {
  targets: ImportTarget[];
  /** Names that the release does not read, left out where that was asked for. */
  skipped: string[];
}

/**
 * Refuses names that stand twice in a file, with their lines: which of the two is meant can't be told.
 *
 * @throws SluiceError `KEY_COLLISION`, exit code 2.
 */
export function requireDistinctNames(entries: readonly DotenvEntry[], file: string): void {
  const lines = new Map<string, number[]>();
  for (const { name, line } of entries) lines.set(name, [...(lines.get(name) ?? []), line]);
  const twice = [...lines].filter(([, found]) => found.length > 1);
  if (twice.length === 0) return;
  throw new SluiceError({
    code: 'KEY_COLLISION',
    message: `${file}: ${twice.length === 1 ? 'a name stands' : 'names stand'} there more than once`,
    evidence: twice.map(([name, found]) => `${name}: lines ${found.join(', ')}`).join('\n'),
    remedy: 'Keep one of each.',
    exitCode: 2,
  });
}

/** One parameter a key, below a path: `DB_PASSWORD` at `PATH/db_password`. */
export function planPerKey(values: ReadonlyMap<string, SecretValue>, folder: ChangedParameter): ImportPlan {
  const names = normaliseKeys([...values.keys()]);
  const path = folder.name.replace(/\/+$/u, '');
  const targets = [...values].map(([name, text]) => ({
    parameter: { ...folder, name: `${path}/${names.get(name)}`, uses: [] },
    wanted: { text },
  }));
  return { targets, skipped: [] };
}

/** Members of one JSON object. */
export function planDocument(
  values: ReadonlyMap<string, SecretValue>,
  parameter: ChangedParameter,
): ImportPlan {
  for (const key of values.keys()) guardKey(key);
  return { targets: [{ parameter, wanted: { members: new Map(values) } }], skipped: [] };
}

/**
 * Where the release reads each name from.
 *
 * @throws SluiceError `KEY_UNKNOWN`, which names all that it does not read, unless `skipUnknown`; as `choosePlace`.
 */
export async function planRelease(
  values: ReadonlyMap<string, SecretValue>,
  parameters: readonly ChangedParameter[],
  { listMembers, skipUnknown }: { listMembers: ListMembers; skipUnknown: boolean },
): Promise<ImportPlan> {
  const documents = new Map<ChangedParameter, Map<string, SecretValue>>();
  const targets: ImportTarget[] = [];
  const skipped: string[] = [];
  for (const [name, value] of values) {
    const place = await choosePlace(name, parameters, listMembers).catch((error: unknown) => {
      if (!(error instanceof SluiceError) || error.code !== 'KEY_UNKNOWN') throw error;
      skipped.push(name);
    });
    if (place === undefined) continue;
    const { parameter, member } = place;
    if (member === undefined) {
      targets.push({ parameter, wanted: { text: value } });
      continue;
    }
    guardKey(member);
    const known = documents.get(parameter) ?? new Map<string, SecretValue>();
    if (!documents.has(parameter)) targets.push({ parameter, wanted: { members: known } });
    documents.set(parameter, known.set(member, value));
  }
  if (skipped.length > 0 && !skipUnknown) throw describeUnknown(skipped);
  return { targets, skipped };
}

function describeUnknown(names: readonly string[]): SluiceError {
  return new SluiceError({
    code: 'KEY_UNKNOWN',
    message: `the release does not read ${names.join(', ')}`,
    remedy:
      'Add them to the chart’s externalSecrets, take them out of the file, or leave them out with --skip-unknown.',
    exitCode: 2,
  });
}
