import { SluiceError } from '../errors.js';
import type { CliContext, CommandEntry } from './cli-context.js';

/** Commands under one name, such as `sluice contract check|docs`. */
export interface CommandGroup {
  name: string;
  description: string;
  /** One command line that works. */
  example: string;
  commands: readonly CommandEntry[];
}

/**
 * Runs a command of a group, or tells which there are.
 *
 * @throws SluiceError `USAGE`, exit code 2.
 */
export async function runCommandGroup(
  group: CommandGroup,
  args: readonly string[],
  context: CliContext,
): Promise<number> {
  const [first] = args;
  if (first === undefined || first === '--help' || first === '-h') {
    (first === undefined ? context.stderr : context.stdout).write(formatHelp(group));
    return first === undefined ? 2 : 0;
  }
  const found = group.commands.find(({ name }) => name === first);
  if (found === undefined) {
    throw new SluiceError({
      code: 'USAGE',
      message: `sluice ${group.name} ${first}: no such command`,
      remedy: `sluice ${group.name} --help lists them.`,
      exitCode: 2,
    });
  }
  return await (await found.load()).run(args.slice(1), context);
}

function formatHelp({ name, description, example, commands }: CommandGroup): string {
  const width = Math.max(...commands.map((one) => one.name.length));
  return [
    `Usage: sluice ${name} ${commands.map((one) => one.name).join('|')} [OPTIONS]`,
    '',
    description,
    '',
    'Commands:',
    ...commands.map((one) => `  ${one.name.padEnd(width)}  ${one.summary}`),
    '',
    'Example:',
    `  ${example}`,
    '',
    `sluice ${name} COMMAND --help tells the options of one.`,
    '',
  ].join('\n');
}
