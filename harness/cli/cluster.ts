import { SluiceError } from '../errors.js';
import type { CliContext, CommandModule } from './cli-context.js';

interface Subcommand {
  name: string;
  summary: string;
  load: () => Promise<CommandModule>;
}

const SUBCOMMANDS: readonly Subcommand[] = [
  {
    name: 'up',
    summary: 'start a cluster with operator and parameter store, and leave it running',
    load: async () => ({ run: (await import('./cluster-up.js')).runClusterUp }),
  },
  {
    name: 'status',
    summary: 'list clusters, their components and where they are reached',
    load: async () => ({ run: (await import('./cluster-status.js')).runClusterStatus }),
  },
  {
    name: 'down',
    summary: 'stop a cluster and remove everything of it',
    load: async () => ({ run: (await import('./cluster-down.js')).runClusterDown }),
  },
];

/** `sluice cluster up|status|down`. */
export async function runCluster(args: readonly string[], context: CliContext): Promise<number> {
  const [first] = args;
  if (first === undefined || first === '--help' || first === '-h') {
    (first === undefined ? context.stderr : context.stdout).write(formatHelp());
    return first === undefined ? 2 : 0;
  }
  const found = SUBCOMMANDS.find(({ name }) => name === first);
  if (found === undefined) {
    throw new SluiceError({
      code: 'USAGE',
      message: `sluice cluster ${first}: no such command`,
      remedy: 'sluice cluster --help lists them.',
      exitCode: 2,
    });
  }
  return await (await found.load()).run(args.slice(1), context);
}

function formatHelp(): string {
  return [
    'Usage: sluice cluster up|status|down [OPTIONS] [NAME]',
    '',
    'A test cluster with the external-secrets operator and a parameter store, on this machine.',
    '',
    'Commands:',
    ...SUBCOMMANDS.map(({ name, summary }) => `  ${name.padEnd(6)}  ${summary}`),
    '',
    'Example:',
    '  sluice cluster up && sluice cluster status',
    '',
    'sluice cluster up --help tells its options.',
    '',
  ].join('\n');
}
