import { type ClusterReport, describeClusters } from '../cluster/describe-clusters.js';
import { describeUnknown } from '../cluster/opened-cluster.js';
import type { CliContext } from './cli-context.js';
import { addClusterFlags, type ClusterFlags, chooseCacheFolder } from './cluster-flags.js';
import { chooseColors } from './colors.js';
import { createCommand, parseArguments } from './create-command.js';
import { formatClusterStatus } from './format-cluster.js';

/** `sluice cluster status`: exit code 1 where one of the clusters it shows is not whole. */
export async function runClusterStatus(args: readonly string[], context: CliContext): Promise<number> {
  const command = addClusterFlags(
    createCommand(
      {
        name: 'cluster status',
        usage: '[options] [name]',
        description: 'List clusters, their components and where they are reached.',
        example: 'sluice cluster status --json',
      },
      context,
    ),
  ).argument('[name]', 'only this one');
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<ClusterFlags>();
  const name = command.processedArgs[0] as string | undefined;
  const cacheFolder = chooseCacheFolder(context);
  const all = await describeClusters(cacheFolder);
  const clusters = name === undefined ? all : all.filter((cluster) => cluster.name === name);
  if (name !== undefined && clusters.length === 0) throw await describeUnknown(name, cacheFolder);
  if (flags.json) context.stdout.write(`${JSON.stringify({ clusters }, null, 2)}\n`);
  else printClusters(clusters, flags, context);
  return clusters.some(({ state }) => state === 'broken') ? 1 : 0;
}

function printClusters(clusters: readonly ClusterReport[], flags: ClusterFlags, context: CliContext): void {
  const colors = chooseColors(context.stdout, context.env, flags.color);
  const { columns } = context.stdout;
  if (clusters.length === 0) {
    context.stdout.write('no cluster. sluice cluster up starts one.\n');
    return;
  }
  const texts = clusters.map((cluster) => formatClusterStatus(cluster, { colors, columns }));
  context.stdout.write(`${texts.join('\n\n')}\n`);
}
