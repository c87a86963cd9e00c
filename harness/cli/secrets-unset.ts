import { SluiceError } from '../errors.js';
import type { ChangedParameter } from '../secrets/choose-place.js';
import type { CliContext } from './cli-context.js';
import { chooseColors } from './colors.js';
import { createCommand, parseArguments } from './create-command.js';
import { formatWritten } from './format-secrets.js';
import {
  addSecretsFlags,
  mayWrite,
  openSession,
  readValues,
  type SecretsFlags,
  type SecretsSession,
} from './secrets-session.js';
import { choosePlaceOf } from './secrets-set.js';
import { type WrittenParameter, writeChange } from './secrets-write.js';

interface Flags extends SecretsFlags {
  deleteParameter?: boolean;
}

/** `sluice secrets unset`: takes keys out. */
export async function runSecretsUnset(args: readonly string[], context: CliContext): Promise<number> {
  const command = addSecretsFlags(
    createCommand(
      {
        name: 'secrets unset',
        usage: '[options] KEY...',
        description:
          'Take keys out of the JSON they are in. All others stay. The earlier version stays in the history.\n' +
          'A key that is a parameter of its own is deleted with its history, with --delete-parameter only.',
        example: 'sluice secrets unset -f values/staging.yaml OLD_API_KEY',
      },
      context,
    ),
    { writes: true },
  )
    .argument('<keys...>', 'keys of the release’s Secrets, or members of --path')
    .option('--delete-parameter', 'delete keys that are parameters of their own, for good');
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  const keys = command.processedArgs[0] as string[];
  using session = await openSession(flags, context);
  const { members, whole } = await findPlaces(session, keys);
  if (whole.length > 0 && !flags.deleteParameter) throw describeWhole(whole);
  await requireRest(session, members);
  if (!(await mayWrite(session, { flags, context, what: `Take out ${keys.join(', ')}` }))) return 1;
  const colors = chooseColors(context.stdout, context.env, flags.color);
  const written: WrittenParameter[] = [];
  for (const [parameter, names] of members) {
    const change = { members: new Map(names.map((name) => [name, undefined])) };
    const one = await writeChange(
      session,
      { parameter, change, create: false },
      { flags: {}, signal: context.signal },
    );
    written.push(one);
    if (!flags.json && !flags.quiet) context.stdout.write(`${formatWritten(one, colors)}\n`);
  }
  const deleted: string[] = [];
  for (const parameter of whole) {
    const { store, name } = await session.place(parameter);
    if (await store.delete(name, { signal: context.signal })) deleted.push(name);
    if (!flags.json && !flags.quiet) context.stdout.write(`${colors.green('✓')} ${name}  deleted\n`);
  }
  if (flags.json) context.stdout.write(`${JSON.stringify({ written, deleted }, null, 2)}\n`);
  return 0;
}

async function findPlaces(session: SecretsSession, keys: readonly string[]) {
  const members = new Map<ChangedParameter, string[]>();
  const whole: ChangedParameter[] = [];
  for (const key of keys) {
    const { parameter, member } = await choosePlaceOf(key, session);
    if (member === undefined) whole.push(parameter);
    else members.set(parameter, [...(members.get(parameter) ?? []), member]);
  }
  return { members, whole };
}

/** Of an object without members the operator makes no Secret, and says that all is well. */
async function requireRest(
  session: SecretsSession,
  members: ReadonlyMap<ChangedParameter, readonly string[]>,
): Promise<void> {
  const stored = await session.read([...members.keys()]);
  for (const [parameter, names] of members) {
    const present = [...readValues(parameter, stored.get(parameter.name)).keys()];
    if (present.length === 0 || present.some((name) => !names.includes(name))) continue;
    throw new SluiceError({
      code: 'LAST_KEY',
      message: `${parameter.name}: no key would be left`,
      evidence: 'Of {} the operator makes no Secret, and reports success.',
      remedy: 'Take the entry out of the chart’s externalSecrets first, then delete the parameter.',
      exitCode: 2,
    });
  }
}

function describeWhole(parameters: readonly ChangedParameter[]): SluiceError {
  return new SluiceError({
    code: 'WHOLE_PARAMETER',
    message: `${parameters.map(({ name }) => name).join(', ')}: the whole parameter is the value`,
    evidence: 'Taking it out means deleting it, and its history with it.',
    remedy: '--delete-parameter does that.',
    exitCode: 2,
  });
}
