import type { SecretValue } from '../manifest/secret-value.js';
import { type ChangedParameter, choosePlace, isText } from '../secrets/choose-place.js';
import { canAsk } from './ask.js';
import type { CliContext } from './cli-context.js';
import { chooseColors } from './colors.js';
import { collect, createCommand, parseArguments } from './create-command.js';
import { formatWritten } from './format-secrets.js';
import { readSecretInputs } from './read-secret-input.js';
import {
  addSecretsFlags,
  holdsDocument,
  mayWrite,
  openSession,
  readValues,
  requireOne,
  type SecretsFlags,
  type SecretsSession,
} from './secrets-session.js';
import {
  addWriteFlags,
  type PlannedChange,
  type WriteFlags,
  type WrittenParameter,
  warnOfWeak,
  writeChange,
} from './secrets-write.js';

interface Flags extends SecretsFlags, WriteFlags {
  fromFile?: string[];
  create?: boolean;
}

/** `sluice secrets set`: writes values of keys, and keeps all others. */
export async function runSecretsSet(args: readonly string[], context: CliContext): Promise<number> {
  const command = addWriteFlags(
    addSecretsFlags(
      createCommand(
        {
          name: 'secrets set',
          usage: '[options] KEY|KEY=-...',
          description:
            'Write the values of keys. All other keys of the same parameter stay, those that somebody else writes at\n' +
            'the same time too. KEY asks for the value, KEY=- reads it from standard input.',
          example: 'openssl rand -hex 32 | sluice secrets set -f values/staging.yaml JWT_SECRET=-',
        },
        context,
      ),
      { writes: true },
    ),
  )
    .argument(
      '[keys...]',
      'keys of the release’s Secrets; with --path: members of its JSON, or none for its whole text',
    )
    .option('--from-file <key=file>', 'take a value from a file, to the byte (repeatable)', collect)
    .option('--create', 'make the parameter of --path where there is none');
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  const keys = command.processedArgs[0] as string[];
  using session = await openSession(flags, context);
  const isWhole = session.isNamed && keys.length === 0 && flags.fromFile === undefined;
  const inputs = await readSecretInputs(
    isWhole ? [`${requireOne(session).name}${canAsk(context) ? '' : '=-'}`] : keys,
    flags.fromFile ?? [],
    context,
  );
  const plan = isWhole
    ? planWhole(session, inputs, flags)
    : await planChanges(session, inputs, flags.create ?? false);
  warnOfWeak(inputs, context);
  if (!(await mayWrite(session, { flags, context, what: `Write ${[...inputs.keys()].join(', ')}` })))
    return 1;
  const written: WrittenParameter[] = [];
  const colors = chooseColors(context.stdout, context.env, flags.color);
  for (const change of plan) {
    const one = await writeChange(session, change, { flags, signal: context.signal });
    written.push(one);
    if (!flags.json && !flags.quiet) context.stdout.write(`${formatWritten(one, colors)}\n`);
  }
  if (flags.json) context.stdout.write(`${JSON.stringify({ written }, null, 2)}\n`);
  return written.some(({ conflicts }) => conflicts.some(({ winner }) => winner === 'theirs')) ? 1 : 0;
}

function planWhole(
  session: SecretsSession,
  inputs: ReadonlyMap<string, SecretValue>,
  { create = false }: Flags,
): PlannedChange[] {
  const parameter = requireOne(session);
  return [...inputs.values()].map((text) => ({ parameter, change: { text }, create }));
}

async function planChanges(
  session: SecretsSession,
  inputs: ReadonlyMap<string, SecretValue>,
  create: boolean,
): Promise<PlannedChange[]> {
  const members = new Map<ChangedParameter, Map<string, SecretValue>>();
  const plan: PlannedChange[] = [];
  for (const [key, value] of inputs) {
    const { parameter, member } = await choosePlaceOf(key, session);
    // What the release reads is made where it is missing; what --path names may be a slip of the pen.
    const mayCreate = create || !session.isNamed || parameter.uses.length > 0;
    if (member === undefined) plan.push({ parameter, change: { text: value }, create: mayCreate });
    else {
      const known = members.get(parameter);
      if (known === undefined) {
        const changes = new Map([[member, value]]);
        members.set(parameter, changes);
        plan.push({ parameter, change: { members: changes }, create: mayCreate });
      } else known.set(member, value);
    }
  }
  return plan;
}

/** Where a key is kept; of what `--path` names, as its member. */
export async function choosePlaceOf(key: string, session: SecretsSession) {
  const [only] = session.parameters;
  if (session.isNamed && only !== undefined && !isText(only)) return { parameter: only, member: key };
  return await choosePlace(key, session.parameters, async (parameter) => {
    const stored = (await session.read([parameter])).get(parameter.name);
    return holdsDocument(parameter, stored) ? [...readValues(parameter, stored).keys()] : [];
  });
}
