import { resolve } from 'node:path';
import { Option } from 'commander';
import { SluiceError } from '../errors.js';
import type { SecretValue } from '../manifest/secret-value.js';
import { EXPORT_FORMATS, type ExportFormat, formatExport } from '../secrets/format-export.js';
import { readKeys } from '../secrets/read-keys.js';
import { writePrivateFile } from '../secrets/write-private-file.js';
import type { CliContext } from './cli-context.js';
import { createCommand, parseArguments } from './create-command.js';
import { addSecretsFlags, openSession, type SecretsFlags, type SecretsSession } from './secrets-session.js';

interface Flags extends SecretsFlags {
  format: ExportFormat;
  out?: string;
  replace?: boolean;
  reveal?: boolean;
  service: string;
}

/** `sluice secrets export`: writes the values for something else to read. */
export async function runSecretsExport(args: readonly string[], context: CliContext): Promise<number> {
  const command = addSecretsFlags(
    createCommand(
      {
        name: 'secrets export',
        description:
          'Write the values that the release reads into a file that only you can read (mode 0600): a dotenv file, JSON,\n' +
          'or commands that make Docker secrets. For Compose, a file without any value.',
        example: 'sluice secrets export -f values/dev.yaml --format dotenv --out .env',
      },
      context,
    ),
  )
    .addOption(new Option('--format <format>', 'what to write').choices(EXPORT_FORMATS).default('dotenv'))
    .option('--out <file>', 'file to write; what is there is not written over')
    .option('--replace', 'write over an ordinary file that is there')
    .option('--reveal', 'print the values instead')
    .option('--service <name>', 'service that gets the secrets, for compose and swarm', 'app');
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  const { format, out } = flags;
  if (out === undefined && !flags.reveal && format !== 'compose') throw describeNowhere();
  using session = await openSession(flags, context);
  const { values, missing } = await readAll(session);
  if (missing.length > 0) throw describeMissing(missing);
  const text = formatExport(values, format, { service: flags.service });
  if (out !== undefined) {
    await writePrivateFile(resolve(context.cwd, out), text, { replace: flags.replace === true });
  }
  const keys = [...values.keys()].sort();
  if (flags.json) {
    const document = { format, file: out, keys, ...(out === undefined ? { text } : {}) };
    context.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else if (out === undefined) context.stdout.write(text);
  else if (!flags.quiet) context.stdout.write(`${out}: ${keys.length} keys, ${format}\n`);
  return 0;
}

async function readAll(
  session: SecretsSession,
): Promise<{ values: Map<string, SecretValue>; missing: string[] }> {
  const stored = await session.read(session.parameters);
  const values = new Map<string, SecretValue>();
  const missing: string[] = [];
  for (const parameter of session.parameters) {
    const one = stored.get(parameter.name);
    if (one === undefined) missing.push(parameter.name);
    else for (const [key, value] of readKeys(parameter, one)) values.set(key, value);
  }
  return { values, missing };
}

function describeNowhere(): SluiceError {
  return new SluiceError({
    code: 'USAGE',
    message: 'nowhere to write the values to',
    remedy: '--out FILE writes a file that only you can read; --reveal prints them.',
    exitCode: 2,
  });
}

function describeMissing(names: readonly string[]): SluiceError {
  return new SluiceError({
    code: 'PARAMETER_MISSING',
    message: `not in the store: ${names.join(', ')}`,
    remedy: 'Nothing was written. sluice secrets init makes what is missing.',
  });
}
