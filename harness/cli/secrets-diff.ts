import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SluiceError } from '../errors.js';
import type { SecretValue } from '../manifest/secret-value.js';
import { diffValues, type NamedValues } from '../secrets/diff-values.js';
import { indexDotenv, parseDotenv } from '../secrets/dotenv.js';
import { readKeys } from '../secrets/read-keys.js';
import { judgeName } from '../validate/plain-secrets/secret-names.js';
import type { CliContext } from './cli-context.js';
import { chooseColors } from './colors.js';
import { collect, createCommand, parseArguments } from './create-command.js';
import { describeDifference, formatDifference } from './format-secrets.js';
import { readStandardInput } from './read-secret-input.js';
import { addSecretsFlags, openSession, requireOne, type SecretsFlags } from './secrets-session.js';

interface Flags extends SecretsFlags {
  with?: string[];
  since?: string;
}

/** `sluice secrets diff`: compares with a dotenv file, another environment, or an earlier version. */
export async function runSecretsDiff(args: readonly string[], context: CliContext): Promise<number> {
  const command = addSecretsFlags(
    createCommand(
      {
        name: 'secrets diff',
        usage: '[options] [FILE]',
        description:
          'Compare what is stored with a dotenv file (- is standard input), with the values of another environment, or\n' +
          'with an earlier version. Keys, lengths and fingerprints only. Exit code 1 where something differs.',
        example: 'sluice secrets diff -f values/staging.yaml --with values/prod.yaml',
      },
      context,
    ),
  )
    .argument('[file]', 'dotenv file')
    .option('--with <file>', 'values file of another environment (repeatable)', collect)
    .option('--since <version>', 'an earlier version of the one parameter there is, or of --path');
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  const file = command.processedArgs[0] as string | undefined;
  requireOneOther(file, flags);
  const here = await readAll(flags, context);
  const other = await readOther(file, flags, context);
  // From what was, to what is: the file and the other environment are what might come.
  const differences = flags.since === undefined ? diffValues(here, other) : diffValues(other, here);
  const same = flags.with === undefined ? [] : listSame(here, other);
  if (flags.json) {
    const document = { differences: differences.map(describeDifference), sameSecrets: same };
    context.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    const colors = chooseColors(context.stdout, context.env, flags.color);
    for (const one of differences) context.stdout.write(`${formatDifference(one, colors)}\n`);
    if (differences.length === 0 && !flags.quiet) context.stdout.write('no difference\n');
    for (const key of same) {
      context.stderr.write(`warning: ${key} has the same value in both environments\n`);
    }
  }
  return differences.length > 0 ? 1 : 0;
}

function requireOneOther(file: string | undefined, flags: Flags): void {
  const given = [file, flags.with, flags.since].filter((one) => one !== undefined);
  if (given.length === 1) return;
  throw new SluiceError({
    code: 'USAGE',
    message: given.length === 0 ? 'nothing to compare with' : 'only one thing to compare with',
    remedy: 'Name a dotenv file, or --with VALUES_FILE, or --since VERSION.',
    exitCode: 2,
  });
}

async function readAll(flags: SecretsFlags, context: CliContext): Promise<NamedValues> {
  using session = await openSession(flags, context);
  const stored = await session.read(session.parameters);
  return new Map(
    session.parameters.flatMap((parameter) => {
      const one = stored.get(parameter.name);
      return one === undefined ? [] : [...readKeys(parameter, one)];
    }),
  );
}

async function readOther(file: string | undefined, flags: Flags, context: CliContext): Promise<NamedValues> {
  if (file !== undefined) return await readDotenvFile(file, context);
  if (flags.with !== undefined) return await readAll({ ...flags, file: flags.with }, context);
  using session = await openSession(flags, context);
  const parameter = requireOne(session);
  const { store, name } = await session.place(parameter);
  const version = flags.since ?? '';
  const found = await store.get(name, { version, signal: context.signal });
  if (found !== undefined) return readKeys(parameter, found);
  throw new SluiceError({
    code: 'VERSION_MISSING',
    message: `${name}: the store has no version ${version}`,
    remedy: 'sluice secrets history lists the versions.',
  });
}

/** Reads a dotenv file; `-` is standard input. */
export async function readDotenvText(file: string, context: CliContext): Promise<string> {
  if (file === '-') return (await readStandardInput(context)).reveal();
  return await readFile(resolve(context.cwd, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new SluiceError({
      code: 'ENV_FILE_MISSING',
      message: `${file}: can't be read`,
      ...(error.code === undefined ? {} : { evidence: error.code }),
      remedy: 'Check the path; it is taken from the folder you are in.',
      exitCode: 2,
    });
  });
}

async function readDotenvFile(file: string, context: CliContext): Promise<NamedValues> {
  return indexDotenv(parseDotenv(await readDotenvText(file, context), file));
}

/** Secrets that two environments share, and should not. */
function listSame(here: NamedValues, other: NamedValues): string[] {
  const isSame = (key: string, value: SecretValue): boolean => other.get(key)?.equals(value) === true;
  return [...here]
    .filter(([key, value]) => judgeName(key) !== undefined && isSame(key, value))
    .map(([key]) => key);
}
