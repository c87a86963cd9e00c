import { SluiceError } from '../errors.js';
import type { ChangedParameter } from '../secrets/choose-place.js';
import { diffValues, toChange, type ValueDifference } from '../secrets/diff-values.js';
import type { StoredValue } from '../store/value-store.js';
import { askWhether, canAsk } from './ask.js';
import type { CliContext } from './cli-context.js';
import { chooseColors } from './colors.js';
import { collect, createCommand, parseArguments } from './create-command.js';
import { describeDifference, formatDifference, formatWritten } from './format-secrets.js';
import {
  addSecretsFlags,
  holdsDocument,
  mayWrite,
  openSession,
  readValues,
  requireOne,
  type SecretsFlags,
} from './secrets-session.js';
import { type PlannedChange, writeChange } from './secrets-write.js';

interface Flags extends SecretsFlags {
  key?: string[];
  dryRun?: boolean;
}

/** `sluice secrets rollback`: goes back to an earlier version, by writing it anew. */
export async function runSecretsRollback(args: readonly string[], context: CliContext): Promise<number> {
  const command = addSecretsFlags(
    createCommand(
      {
        name: 'secrets rollback',
        usage: '[options] VERSION',
        description:
          'Go back to an earlier version: it is written anew, and what it replaces stays in the history. What somebody\n' +
          'else changes meanwhile is kept.',
        example: 'sluice secrets rollback -f values/staging.yaml 7',
      },
      context,
    ),
    { writes: true },
  )
    .argument('<version>', 'as sluice secrets history tells it')
    .option('--key <key>', 'only this key (repeatable)', collect)
    .option('--dry-run', 'show what would change, and write nothing');
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  const version = command.processedArgs[0] as string;
  using session = await openSession(flags, context);
  const parameter = requireOne(session);
  const { store, name } = await session.place(parameter);
  const options = { signal: context.signal };
  const [current, wanted] = [await store.get(name, options), await store.get(name, { ...options, version })];
  if (wanted === undefined) throw describeMissing(name, version);
  const differences = diffValues(readCurrent(parameter, current), readValues(parameter, wanted)).filter(
    ({ key }) => flags.key === undefined || flags.key.includes(key),
  );
  const colors = chooseColors(context.stdout, context.env, flags.color);
  if (!flags.json) {
    const lines = differences.map((one) => formatDifference(one, colors));
    context.stdout.write(`${[`${colors.bold(name)} back to version ${version}`, ...lines].join('\n')}\n`);
  }
  const isWanted = differences.length > 0 && !flags.dryRun && (await isAgreed());
  const plan = planRollback(parameter, { current, wanted, differences });
  const written = isWanted ? await writeChange(session, plan, { flags: {}, ...options }) : undefined;
  if (flags.json) {
    const document = { name, to: version, differences: differences.map(describeDifference), written };
    context.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else if (written !== undefined) context.stdout.write(`${formatWritten(written, colors)}\n`);
  else context.stdout.write(differences.length === 0 ? 'nothing to change\n' : 'nothing was written\n');
  return 0;

  async function isAgreed(): Promise<boolean> {
    if (session.protectedBy !== undefined || flags.yes || !canAsk(context)) {
      return await mayWrite(session, { flags, context, what: `Go back to version ${version}` });
    }
    return await askWhether(`Go back to version ${version}?`, context);
  }
}

/** What is no JSON any more has no keys that could be compared: all of the earlier version comes back. */
function readCurrent(parameter: ChangedParameter, current: StoredValue | undefined) {
  try {
    return readValues(parameter, current);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'NOT_JSON_OBJECT') return new Map();
    throw error;
  }
}

function planRollback(
  parameter: ChangedParameter,
  {
    current,
    wanted,
    differences,
  }: { current: StoredValue | undefined; wanted: StoredValue; differences: readonly ValueDifference[] },
): PlannedChange {
  const isMergeable = holdsDocument(parameter, wanted) && isDocumentNow(parameter, current);
  if (!isMergeable) {
    return { parameter, change: { text: wanted.value, expected: current?.value }, create: false };
  }
  const { change, expected } = toChange(differences);
  return { parameter, change: { members: change, expected }, create: false };
}

function isDocumentNow(parameter: ChangedParameter, current: StoredValue | undefined): boolean {
  if (current === undefined) return false;
  try {
    readValues(parameter, current);
    return true;
  } catch {
    return false;
  }
}

function describeMissing(name: string, version: string): SluiceError {
  return new SluiceError({
    code: 'VERSION_MISSING',
    message: `${name}: the store has no version ${version}`,
    remedy: 'sluice secrets history lists the versions. Parameter Store keeps the last 100.',
  });
}
