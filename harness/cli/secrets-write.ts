import { type Command, Option } from 'commander';
import type { SecretValue } from '../manifest/secret-value.js';
import type { ChangedParameter } from '../secrets/choose-place.js';
import type { WriteOptions } from '../secrets/document-writer.js';
import { type JsonChange, type UpdateConflict, updateJson } from '../secrets/update-json.js';
import { updateValue } from '../secrets/update-value.js';
import { findWeakness } from '../secrets/weak-value.js';
import type { ParameterTier, ParameterType } from '../store/value-store.js';
import { judgeName } from '../validate/plain-secrets/secret-names.js';
import type { CliContext } from './cli-context.js';
import { nameText, type SecretsSession } from './secrets-session.js';

/** What commander makes of the options that say how a new parameter is kept. */
export interface WriteFlags {
  type?: ParameterType;
  tier?: ParameterTier;
  keyId?: string;
}

/** Adds the options that say how a parameter is kept. */
export function addWriteFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--type <type>', 'of a new parameter (default: SecureString)').choices([
        'SecureString',
        'String',
        'StringList',
      ]),
    )
    .addOption(
      new Option('--tier <tier>', 'Advanced takes 8 kB and costs money (default: as it is)').choices([
        'Standard',
        'Advanced',
        'Intelligent-Tiering',
      ]),
    )
    .option('--key-id <id>', 'key of KMS for a new parameter (default: the account’s own)');
}

/** What is to be written into one parameter. */
export interface PlannedChange {
  parameter: ChangedParameter;
  /** Members of its JSON, or the text that is its whole value. */
  change:
    | { members: JsonChange; expected?: JsonChange }
    | { text: SecretValue; expected?: SecretValue | undefined };
  /** Makes it where it is not there. */
  create: boolean;
}

/** What was written into one parameter; no values. */
export interface WrittenParameter {
  name: string;
  version: string;
  previousVersion: string | undefined;
  type: ParameterType | undefined;
  /** Keys that are other than they were. */
  keys: readonly string[];
  merged: boolean;
  recreated: boolean;
  conflicts: readonly UpdateConflict[];
}

/** Writes one change, losing nobody else's. */
export async function writeChange(
  session: SecretsSession,
  { parameter, change, create }: PlannedChange,
  { flags, signal }: { flags: WriteFlags; signal: AbortSignal },
): Promise<WrittenParameter> {
  const place = await session.place(parameter);
  const { type, tier, keyId } = flags;
  const options: WriteOptions = { create, type, tier, keyId, signal };
  if ('members' in change) {
    const { expected } = change;
    const update = await updateJson(place, change.members, { ...options, expected });
    return { ...update, keys: update.changedKeys };
  }
  const expected = 'expected' in change ? { value: change.expected } : undefined;
  const update = await updateValue(place, change.text, { ...options, expected });
  const { changed, overwritten, ...written } = update;
  const key = nameText(parameter);
  return {
    ...written,
    keys: changed ? [key] : [],
    merged: false,
    recreated: false,
    conflicts: overwritten === undefined ? [] : [{ key, version: overwritten, winner: 'ours' }],
  };
}

/** Says of secrets which ones are weak; they are written all the same. */
export function warnOfWeak(values: Iterable<readonly [string, SecretValue]>, { stderr }: CliContext): void {
  for (const [key, value] of values) {
    const text = value.reveal();
    const weakness = judgeName(key) === undefined ? undefined : findWeakness(text);
    if (weakness !== undefined) stderr.write(`warning: ${key} is weak: ${weakness}\n`);
    if (/^[^\n]*\n$/u.test(text)) stderr.write(`warning: ${key} ends with the end of a line\n`);
  }
}
