import { randomBytes } from 'node:crypto';
import { CommandError, SluiceError } from '../../errors.js';
import { type RunCommand, runCommand } from '../../exec/run-command.js';
import { SecretValue } from '../../manifest/secret-value.js';
import { generateKey } from './generate-key.js';
import { generatePassword } from './generate-password.js';
import type { CommandSpec, GenerateSpec } from './generate-spec.js';

export interface GenerateOptions {
  /** Folder in which a command runs. Default: that of this process. */
  cwd?: string | undefined;
  /** Whole environment of a command. Default: that of this process. */
  env?: NodeJS.ProcessEnv | undefined;
  signal?: AbortSignal | undefined;
  run?: RunCommand | undefined;
}

/** A new secret. */
export interface GeneratedValue {
  value: SecretValue;
  /** What came with it, by name of variable: the public key of a key pair. */
  others: ReadonlyMap<string, SecretValue>;
  /** How it was made, for people: `32 random bytes as hex`. */
  description: string;
}

const BYTES = 32;
const COMMAND_SECONDS = 60;

/**
 * Makes a new secret as a contract asks. Randomness is the operating system's.
 *
 * @throws SluiceError `GENERATE_RULES` for a password's rules that cannot be followed (exit code 2); `GENERATE_COMMAND`
 * where the command fails, prints nothing or prints what is no text: what it printed is not in the error.
 */
export async function generateValue(
  spec: GenerateSpec,
  options: GenerateOptions = {},
): Promise<GeneratedValue> {
  switch (spec.type) {
    case 'hex': {
      const { bytes = BYTES } = spec;
      return only(randomBytes(bytes).toString('hex'), `${bytes} random bytes as hex`);
    }
    case 'base64': {
      const { bytes = BYTES, urlSafe = false } = spec;
      const encoding = urlSafe ? 'base64url' : 'base64';
      return only(randomBytes(bytes).toString(encoding), `${bytes} random bytes as ${encoding}`);
    }
    case 'password': {
      const password = generatePassword(spec);
      return only(password, `a password of ${password.length} characters`);
    }
    case 'pem':
      return only((await generateKey(spec)).privateKey, `${describeKey(spec)} as PEM`);
    case 'keypair': {
      const { privateKey, publicKey } = await generateKey(spec);
      return {
        value: new SecretValue(privateKey),
        others: new Map([[spec.publicKey, new SecretValue(publicKey)]]),
        description: `${describeKey(spec)} as PEM, its public key as ${spec.publicKey}`,
      };
    }
    case 'command':
      return only(await askCommand(spec, options), `printed by ${spec.command[0]}`);
  }
}

function only(text: string, description: string): GeneratedValue {
  return { value: new SecretValue(text), others: new Map(), description };
}

function describeKey({ algorithm }: { algorithm: string }): string {
  return `a private ${algorithm === 'ed25519' ? 'Ed25519' : algorithm.toUpperCase()} key`;
}

async function askCommand(
  { command, timeoutSeconds = COMMAND_SECONDS }: CommandSpec,
  { cwd, env, signal, run = runCommand }: GenerateOptions,
): Promise<string> {
  const [file = '', ...args] = command;
  const printed = await run(file, args, {
    timeoutMs: timeoutSeconds * 1000,
    group: true,
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    throw error instanceof CommandError ? refuse(file, describeEnd(error)) : error;
  });
  const text = printed.stdout.replace(/\r?\n$/u, '');
  if (text === '') throw refuse(file, 'it printed nothing on standard output');
  if (text.includes('\0') || text.includes('\uFFFD')) throw refuse(file, 'what it printed is no text');
  return text;
}

// Neither its output nor its arguments: both may hold the secret.
function describeEnd({ programExitCode, signal, shortMessage }: CommandError): string {
  if (signal !== undefined) return `it was ended by ${signal}`;
  if (programExitCode !== undefined) return `exit code ${programExitCode}`;
  return shortMessage.slice(shortMessage.lastIndexOf(': ') + 2);
}

function refuse(file: string, evidence: string): SluiceError {
  return new SluiceError({
    code: 'GENERATE_COMMAND',
    message: `${file}: gave no new secret`,
    evidence,
    remedy: 'Run the command of the contract by hand and see what it says.',
  });
}
