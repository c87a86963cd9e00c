import { SluiceError } from '../errors.js';
import type { SecretValue } from '../manifest/secret-value.js';
import type { ChangedParameter } from '../secrets/choose-place.js';
import { describeValue } from '../secrets/fingerprint.js';
import { readKeys } from '../secrets/read-keys.js';
import type { StoredValue } from '../store/value-store.js';
import type { CliContext } from './cli-context.js';
import { chooseColors } from './colors.js';
import { createCommand, parseArguments } from './create-command.js';
import { summarise } from './format-secrets.js';
import { formatTable } from './format-table.js';
import {
  addSecretsFlags,
  openSession,
  requireOne,
  type SecretsFlags,
  type SecretsSession,
} from './secrets-session.js';

interface Flags extends SecretsFlags {
  reveal?: boolean;
  at?: string;
}

interface FoundKey {
  key: string;
  value: SecretValue;
  parameter: string;
  version: string;
}

/** `sluice secrets get`: shows keys with length and fingerprint, and values where asked to. */
export async function runSecretsGet(args: readonly string[], context: CliContext): Promise<number> {
  const command = addSecretsFlags(
    createCommand(
      {
        name: 'secrets get',
        usage: '[options] [KEY...]',
        description:
          'Show the keys that the release gets from its store, with the length of each value and a fingerprint by which\n' +
          'two people see whether they have the same. With --reveal the values themselves; of one key to the byte.',
        example: 'sluice secrets get -f values/prod.yaml DB_PASSWORD',
      },
      context,
    ),
  )
    .argument('[keys...]', 'default: all')
    .option('--reveal', 'show the values')
    .option('--at <version>', 'an earlier version of the one parameter there is, or of --path');
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  const wanted = command.processedArgs[0] as string[];
  using session = await openSession(flags, context);
  const { found, missing } = await readFound(session, flags, context);
  const shown = found.filter(({ key }) => wanted.length === 0 || wanted.includes(key));
  const unknown = wanted.filter((key) => !shown.some((one) => one.key === key));
  if (unknown.length > 0 || (shown.length === 0 && missing.length > 0)) {
    throw describeNotFound(unknown.length, { missing, found });
  }
  if (flags.json) printJson(shown, { missing, reveal: flags.reveal === true, context });
  else print(shown, { flags, context, isOne: wanted.length === 1 });
  if (missing.length > 0) context.stderr.write(`warning: not there: ${missing.join(', ')}\n`);
  return missing.length > 0 ? 1 : 0;
}

async function readFound(
  session: SecretsSession,
  { at }: Flags,
  { signal }: CliContext,
): Promise<{ found: FoundKey[]; missing: string[] }> {
  const parameters = at === undefined ? session.parameters : [requireOne(session)];
  const stored =
    at === undefined ? await session.read(parameters) : await readVersion(session, { version: at, signal });
  const found = parameters.flatMap((parameter) => {
    const one = stored.get(parameter.name);
    if (one === undefined) return [];
    return [...readKeys(parameter, one)].map(([key, value]) => ({
      key,
      value,
      parameter: parameter.name,
      version: one.version,
    }));
  });
  return { found, missing: parameters.map(({ name }) => name).filter((name) => !stored.has(name)) };
}

async function readVersion(
  session: SecretsSession,
  { version, signal }: { version: string; signal: AbortSignal },
): Promise<Map<string, StoredValue>> {
  const parameter: ChangedParameter = requireOne(session);
  const { store, name } = await session.place(parameter);
  const found = await store.get(name, { version, signal });
  if (found !== undefined) return new Map([[name, found]]);
  throw new SluiceError({
    code: 'VERSION_MISSING',
    message: `${name}: the store has no version ${version}`,
    remedy: 'sluice secrets history lists the versions.',
  });
}

function print(
  shown: readonly FoundKey[],
  { flags, context, isOne }: { flags: Flags; context: CliContext; isOne: boolean },
): void {
  const { stdout, env } = context;
  const [only] = shown;
  if (flags.reveal && isOne && only !== undefined) {
    stdout.write(`${only.value.reveal()}${stdout.isTTY === true ? '\n' : ''}`);
    return;
  }
  const colors = chooseColors(stdout, env, flags.color);
  const head = ['KEY', 'VALUE', 'PARAMETER', 'VERSION'].map((text) => colors.dim(text));
  const rows = shown.map(({ key, value, parameter, version }) => [
    key,
    flags.reveal ? value.reveal() : describeValue(value),
    parameter,
    version,
  ]);
  stdout.write(`${formatTable({ head, rows, columns: stdout.columns })}\n`);
}

function printJson(
  shown: readonly FoundKey[],
  { missing, reveal, context }: { missing: readonly string[]; reveal: boolean; context: CliContext },
): void {
  const keys = shown.map(({ key, value, parameter, version }) => ({
    key,
    parameter,
    version,
    ...summarise(value),
    ...(reveal ? { value: value.reveal() } : {}),
  }));
  context.stdout.write(`${JSON.stringify({ keys, missing }, null, 2)}\n`);
}

function describeNotFound(
  count: number,
  { missing, found }: { missing: readonly string[]; found: readonly FoundKey[] },
): SluiceError {
  const evidence = [
    ...(found.length === 0 ? [] : [`There are ${found.map(({ key }) => key).join(', ')}.`]),
    ...(missing.length === 0 ? [] : [`Not in the store: ${missing.join(', ')}.`]),
  ];
  return new SluiceError({
    code: 'KEY_MISSING',
    message: count === 0 ? 'nothing is there' : `${count === 1 ? 'a key is' : `${count} keys are`} not there`,
    evidence: evidence.join('\n'),
    remedy: 'sluice secrets set writes a key, sluice secrets init makes what the release reads.',
  });
}
