import { setMaxListeners } from 'node:events';
import { distance } from 'fastest-levenshtein';
import { SluiceError } from '../errors.js';
import type { CliContext } from './cli-context.js';
import { commandEntries } from './command-entries.js';
import { readVersion } from './read-version.js';
import { reportError } from './report-error.js';

/**
 * Runs `sluice` with these arguments and gives its exit code: 0 fine, 1 problems found, 2 wrong usage, 3 a needed
 * program or service is missing, 130 interrupted.
 */
export async function runSluice(args: readonly string[], context: CliContext): Promise<number> {
  // All that a command does side by side listens to it.
  setMaxListeners(0, context.signal);
  try {
    return await dispatch(args, context);
  } catch (error) {
    if (context.signal.aborted) return 130;
    return reportError(error, { context, json: args.includes('--json') });
  }
}

async function dispatch(args: readonly string[], context: CliContext): Promise<number> {
  const [first] = args;
  if (first === '--version' || first === '-V' || first === 'version') {
    context.stdout.write(`${readVersion()}\n`);
    return 0;
  }
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    const topic = first === 'help' ? args[1] : undefined;
    if (topic !== undefined) return await dispatch([topic, '--help'], context);
    (first === undefined ? context.stderr : context.stdout).write(formatHelp());
    return first === undefined ? 2 : 0;
  }
  const entry = commandEntries.find(({ name }) => name === first);
  if (entry === undefined) throw unknownCommand(first);
  return await (await entry.load()).run(args.slice(1), context);
}

function unknownCommand(name: string): SluiceError {
  const nearest = commandEntries
    .map((entry) => ({ name: entry.name, far: distance(entry.name, name) }))
    .sort((a, b) => a.far - b.far)[0];
  const hint = nearest !== undefined && nearest.far <= 3 ? `Did you mean ${nearest.name}? ` : '';
  return new SluiceError({
    code: 'USAGE',
    message: `sluice ${name}: no such command`,
    remedy: `${hint}sluice --help lists them.`,
    exitCode: 2,
  });
}

function formatHelp(): string {
  const width = Math.max(...commandEntries.map(({ name }) => name.length));
  const commands = commandEntries.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Usage: sluice COMMAND [OPTIONS]',
    '',
    'Shows what configuration and secrets every pod of a chart will see, and what is wrong with them.',
    '',
    'Commands:',
    ...commands,
    '',
    'Example:',
    '  sluice check -f values/prod.yaml',
    '',
    'sluice COMMAND --help tells the options of one. sluice --version tells the version.',
    'Exit codes: 0 fine, 1 problems found, 2 wrong usage, 3 a needed program or service is missing.',
    '',
  ].join('\n');
}
