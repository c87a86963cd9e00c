import type { ChangedParameter } from '../secrets/choose-place.js';
import { type InitialisedParameter, initParameter } from '../secrets/init-parameter.js';
import type { CliContext } from './cli-context.js';
import { chooseColors } from './colors.js';
import { createCommand, parseArguments } from './create-command.js';
import { addSecretsFlags, mayWrite, openSession, type SecretsFlags } from './secrets-session.js';
import { addWriteFlags, type WriteFlags } from './secrets-write.js';

interface Flags extends SecretsFlags, WriteFlags {}

/** `sluice secrets init`: makes what the release reads and is not there. */
export async function runSecretsInit(args: readonly string[], context: CliContext): Promise<number> {
  const command = addWriteFlags(
    addSecretsFlags(
      createCommand(
        {
          name: 'secrets init',
          description:
            'Make the parameters that the release reads and that are not there: JSON with CHANGE_ME for each key that is\n' +
            'known, else {}. What is there is never touched; it can run at every deployment.',
          example: 'sluice secrets init -f values/staging.yaml',
        },
        context,
      ),
      { writes: true },
    ),
  );
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  using session = await openSession(flags, context);
  const stored = await session.read(session.parameters);
  const missing = session.parameters.filter(({ name }) => !stored.has(name));
  const names = missing.map(({ name }) => name).join(', ');
  if (missing.length > 0 && !(await mayWrite(session, { flags, context, what: `Make ${names}` }))) return 1;
  const done: InitialisedParameter[] = [];
  const { type, tier, keyId } = flags;
  for (const parameter of missing) {
    context.signal.throwIfAborted();
    done.push(await initParameter(await session.place(parameter), parameter, { type, tier, keyId }));
  }
  const kept = session.parameters.filter(({ name }) => !done.some((one) => one.made && one.name === name));
  if (flags.json) {
    const made = done.filter((one) => one.made).map(({ name, keys }) => ({ name, placeholders: keys }));
    context.stdout.write(`${JSON.stringify({ made, kept: kept.map(({ name }) => name) }, null, 2)}\n`);
  } else if (!flags.quiet) print(done, kept, { flags, context });
  return 0;
}

function print(
  done: readonly InitialisedParameter[],
  kept: readonly ChangedParameter[],
  { flags, context }: { flags: Flags; context: CliContext },
): void {
  const colors = chooseColors(context.stdout, context.env, flags.color);
  for (const { name } of kept) context.stdout.write(`${colors.dim('=')} ${name}  is there\n`);
  for (const { name, made, keys } of done) {
    if (!made) continue;
    const hint =
      keys.length === 0
        ? '{}: the operator makes no Secret of it before it has a key'
        : `CHANGE_ME in ${keys.join(', ')}`;
    context.stdout.write(`${colors.green('✓')} ${name}  made, ${hint}\n`);
  }
  if (done.some(({ made }) => made))
    context.stderr.write('Set the values with sluice secrets set or import.\n');
}
