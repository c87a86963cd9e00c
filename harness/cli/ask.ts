import { SluiceError } from '../errors.js';
import { SecretValue } from '../manifest/secret-value.js';
import type { CliContext } from './cli-context.js';

/** True where somebody sits there who can be asked. */
export function canAsk({ stdin }: CliContext): boolean {
  return stdin?.isTTY === true;
}

/** Asks for a secret, whose characters are not shown. */
export async function askSecret(message: string, context: CliContext): Promise<SecretValue> {
  const { default: password } = await import('@inquirer/password');
  return new SecretValue(await orInterrupted(password({ message, mask: true }, describePrompt(context))));
}

/** Asks whether to go on; no is the answer to Enter alone. */
export async function askWhether(message: string, context: CliContext): Promise<boolean> {
  const { default: confirm } = await import('@inquirer/confirm');
  return await orInterrupted(confirm({ message, default: false }, describePrompt(context)));
}

/** Somebody pressed Ctrl-C where they were asked. */
export class InterruptedError extends SluiceError {
  constructor() {
    super({ code: 'INTERRUPTED', message: 'interrupted: nothing was written' });
  }
}

// What is asked goes to stderr: stdout is what the command gives.
function describePrompt({ stdin, stderr, signal }: CliContext) {
  return { output: stderr, signal, ...(stdin === undefined ? {} : { input: stdin }) };
}

async function orInterrupted<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const isEnd =
      error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError');
    throw isEnd ? new InterruptedError() : error;
  }
}
