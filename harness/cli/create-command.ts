import { Command, CommanderError } from 'commander';
import { SluiceError } from '../errors.js';
import type { CliContext } from './cli-context.js';

export interface CommandText {
  name: string;
  /** Shown after `sluice NAME`, such as `[options]`. */
  usage?: string;
  description: string;
  /** One command line that works. */
  example: string;
}

/** A commander command that prints to the context's streams and never ends the process. */
export function createCommand(
  { name, usage, description, example }: CommandText,
  context: CliContext,
): Command {
  const command = new Command(`sluice ${name}`)
    .description(description)
    .exitOverride()
    .showSuggestionAfterError(true)
    .allowExcessArguments(false)
    .helpOption('-h, --help', 'show this text')
    .addHelpText('after', `\nExample:\n  ${example}`)
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      getErrHelpWidth: () => context.stderr.columns ?? 100,
    });
  return usage === undefined ? command : command.usage(usage);
}

/**
 * Parses arguments; false means that help was asked for and printed, and nothing is left to do.
 *
 * @throws SluiceError `USAGE`, exit code 2.
 */
export function parseArguments(command: Command, args: readonly string[]): boolean {
  try {
    command.parse([...args], { from: 'user' });
    return true;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return false;
    throw new SluiceError({
      code: 'USAGE',
      // What stands after an option's name may be a secret that was meant for another place.
      message: error.message
        .replace(/^error: /u, '')
        .replaceAll('\n', ' ')
        .replace(/(unknown option '-[^'=]*)=.*'/u, "$1'"),
      remedy: `${command.name()} --help tells what it takes.`,
      exitCode: 2,
    });
  }
}

/** Gathers an option that may be given several times. */
export function collect(value: string, gathered: readonly string[] = []): string[] {
  return [...gathered, value];
}
