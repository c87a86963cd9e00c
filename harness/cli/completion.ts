import { SluiceError } from '../errors.js';
import type { CliContext } from './cli-context.js';
import { commandEntries } from './command-entries.js';
import { describeCommands } from './completion/describe-commands.js';
import { formatCompletion, SHELLS } from './completion/format-completion.js';
import { createCommand, parseArguments } from './create-command.js';

/** `sluice completion SHELL`: prints the script by which a shell completes what is typed. */
export async function runCompletion(args: readonly string[], context: CliContext): Promise<number> {
  const command = createCommand(
    {
      name: 'completion',
      usage: `[options] ${SHELLS.join('|')}`,
      description: 'Print the script by which a shell completes commands, options and their values.',
      example: 'sluice completion bash > ~/.local/share/bash-completion/completions/sluice',
    },
    context,
  )
    .argument('[SHELL]', SHELLS.join(', '))
    .option('--json', 'the commands and their options as one JSON document')
    .option('--quiet', 'print nothing but problems')
    .option('--no-color', 'no colour, even on a terminal');
  if (!parseArguments(command, args)) return 0;
  const wanted = command.processedArgs[0] as string | undefined;
  const shell = SHELLS.find((one) => one === wanted);
  const { json } = command.opts<{ json?: boolean }>();
  if (shell === undefined && !json) throw unknownShell(wanted);
  const commands = await describeCommands(commandEntries, context);
  const text =
    shell === undefined || json
      ? `${JSON.stringify({ commands }, null, 2)}\n`
      : formatCompletion(shell, commands);
  context.stdout.write(text);
  return 0;
}

function unknownShell(wanted: string | undefined): SluiceError {
  return new SluiceError({
    code: 'USAGE',
    message: wanted === undefined ? 'no shell is named' : `${wanted}: no shell that can be completed in`,
    remedy: `Name one of ${SHELLS.join(', ')}: source <(sluice completion bash)`,
    exitCode: 2,
  });
}
