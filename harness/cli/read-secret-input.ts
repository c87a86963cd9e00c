import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SluiceError } from '../errors.js';
import { SecretValue } from '../manifest/secret-value.js';
import { askSecret, canAsk } from './ask.js';
import type { CliContext } from './cli-context.js';

/** A key and where its value comes from. */
interface ValueSource {
  key: string;
  from: 'prompt' | 'stdin' | { file: string };
}

/**
 * Reads the values that arguments ask for: `KEY` is prompted for, `KEY=-` is read from standard input, and
 * `--from-file KEY=FILE` from a file, to the byte. Of one line on standard input the line's end is no part.
 *
 * @throws SluiceError `VALUE_IN_ARGUMENT` for `KEY=value`, which is never shown; `VALUE_MISSING` where nobody can be
 * asked; `VALUE_NOT_TEXT`, `VALUE_UNREADABLE`; exit code 2.
 */
export async function readSecretInputs(
  args: readonly string[],
  fromFile: readonly string[],
  context: CliContext,
): Promise<Map<string, SecretValue>> {
  const sources = [...args.map(parseArgument), ...fromFile.map(parseFromFile)];
  requireDistinct(sources);
  const values = new Map<string, SecretValue>();
  for (const { key, from } of sources) {
    if (from === 'prompt') values.set(key, await prompt(key, context));
    else if (from === 'stdin') values.set(key, dropLineEnd(await readStandardInput(context)));
    else values.set(key, toText(await readNamed(from.file, context), from.file));
  }
  return values;
}

/** Everything that is piped in, as text. */
export async function readStandardInput({ stdin }: CliContext): Promise<SecretValue> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin ?? []) chunks.push(Buffer.from(chunk as Uint8Array));
  return toText(Buffer.concat(chunks), 'standard input');
}

function parseArgument(argument: string, at: number): ValueSource {
  const border = argument.indexOf('=');
  if (border < 0) return { key: argument, from: 'prompt' };
  if (argument.slice(border) === '=-') return { key: argument.slice(0, border), from: 'stdin' };
  throw new SluiceError({
    code: 'VALUE_IN_ARGUMENT',
    message: `a value stands in argument ${at + 1}: nothing was written`,
    evidence: 'Everybody on this machine can read arguments, and the shell keeps them.',
    remedy:
      'KEY alone asks for the value, KEY=- reads it from standard input, --from-file KEY=FILE from a file. ' +
      'If that was a real secret, take it out of the shell’s history and change it.',
    exitCode: 2,
  });
}

function parseFromFile(text: string): ValueSource {
  const border = text.indexOf('=');
  if (border > 0) return { key: text.slice(0, border), from: { file: text.slice(border + 1) } };
  throw new SluiceError({
    code: 'USAGE',
    message: '--from-file: no KEY=FILE',
    remedy: 'Such as --from-file TLS_KEY=tls.pem',
    exitCode: 2,
  });
}

function requireDistinct(sources: readonly ValueSource[]): void {
  const keys = new Set(sources.map(({ key }) => key));
  const isTwice = keys.size < sources.length;
  if (!isTwice && sources.filter(({ from }) => from === 'stdin').length <= 1) return;
  throw new SluiceError({
    code: 'USAGE',
    message: isTwice ? 'a key is given twice' : 'only one value can be read from standard input',
    remedy: 'Several at once come from a dotenv file: sluice secrets import FILE.',
    exitCode: 2,
  });
}

async function prompt(key: string, context: CliContext): Promise<SecretValue> {
  if (canAsk(context)) return await askSecret(`Value of ${key}`, context);
  throw new SluiceError({
    code: 'VALUE_MISSING',
    message: 'a key has no value, and there is nobody to ask',
    remedy: 'KEY=- reads the value from standard input, --from-file KEY=FILE from a file.',
    exitCode: 2,
  });
}

async function readNamed(file: string, { cwd }: CliContext): Promise<Buffer> {
  return await readFile(resolve(cwd, file)).catch((error: NodeJS.ErrnoException) => {
    throw new SluiceError({
      code: 'VALUE_UNREADABLE',
      message: `${file}: can't be read`,
      ...(error.code === undefined ? {} : { evidence: error.code }),
      remedy: 'Check the path; it is taken from the folder you are in.',
      exitCode: 2,
    });
  });
}

function toText(bytes: Buffer, from: string): SecretValue {
  if (isUtf8(bytes)) return new SecretValue(bytes.toString('utf8'));
  throw new SluiceError({
    code: 'VALUE_NOT_TEXT',
    message: `${from}: is no text in UTF-8`,
    remedy:
      'A store keeps text: encode it (base64 FILE) and let the chart decode it (decodingStrategy: Base64).',
    exitCode: 2,
  });
}

function dropLineEnd(value: SecretValue): SecretValue {
  return new SecretValue(value.reveal().replace(/^([^\n]*)\r?\n$/u, '$1'));
}
