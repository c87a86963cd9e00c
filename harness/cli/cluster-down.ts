import { type ClusterState, findCluster, listClusters } from '../cluster/cluster-state.js';
import { describeUnknown } from '../cluster/opened-cluster.js';
import { removeCluster } from '../cluster/remove-cluster.js';
import { SluiceError } from '../errors.js';
import { isRunning } from '../exec/process-identity.js';
import { formatSeconds } from '../exec/wait-until.js';
import type { CliContext } from './cli-context.js';
import { addClusterFlags, type ClusterFlags, chooseCacheFolder, DEFAULT_CLUSTER } from './cluster-flags.js';
import { createCommand, parseArguments } from './create-command.js';

interface Flags extends ClusterFlags {
  all?: boolean;
}

/** `sluice cluster down`: stops clusters and removes everything of them. */
export async function runClusterDown(args: readonly string[], context: CliContext): Promise<number> {
  const command = addClusterFlags(
    createCommand(
      {
        name: 'cluster down',
        usage: '[options] [name]',
        description: 'Stop a cluster and remove everything of it: processes, ports, folders.',
        example: 'sluice cluster down --all',
      },
      context,
    ),
  )
    .argument('[name]', `default: ${DEFAULT_CLUSTER}`)
    .option('--all', 'every cluster that belongs to no running process');
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  const name = command.processedArgs[0] as string | undefined;
  if (flags.all && name !== undefined) throw conflictingChoice(name);
  const chosen = flags.all
    ? await listUnowned(flags, context)
    : await findNamed(name ?? DEFAULT_CLUSTER, name !== undefined, context);
  const removed: string[] = [];
  for (const { folder, state } of chosen) {
    const start = performance.now();
    await removeCluster(folder, state);
    removed.push(state.name);
    tell(`cluster ${state.name} removed, ${formatSeconds(performance.now() - start)}`, flags, context);
  }
  if (removed.length === 0) tell('nothing to remove', flags, context);
  if (flags.json) context.stdout.write(`${JSON.stringify({ removed }, null, 2)}\n`);
  return 0;
}

async function findNamed(name: string, insist: boolean, context: CliContext) {
  const cacheFolder = chooseCacheFolder(context);
  const found = findCluster(cacheFolder, name);
  if (found === undefined && insist) throw await describeUnknown(name, cacheFolder);
  return found === undefined ? [] : [found];
}

async function listUnowned(flags: Flags, context: CliContext) {
  const all = await listClusters(chooseCacheFolder(context));
  for (const { state } of all.filter((one) => isOwned(one.state))) {
    tell(`cluster ${state.name} kept: it ends with process ${state.owner?.pid}`, flags, context);
  }
  return all.filter(({ state }) => !isOwned(state));
}

function isOwned({ owner }: ClusterState): boolean {
  return owner !== null && isRunning(owner);
}

function tell(text: string, flags: Flags, context: CliContext): void {
  if (!flags.quiet) context.stderr.write(`${text}\n`);
}

function conflictingChoice(name: string): SluiceError {
  return new SluiceError({
    code: 'USAGE',
    message: `--all and the name ${name} exclude each other`,
    remedy: 'sluice cluster down --help tells what it takes.',
    exitCode: 2,
  });
}
