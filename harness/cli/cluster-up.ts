import type { ProviderName } from '../cluster/cluster.js';
import { findCluster } from '../cluster/cluster-state.js';
import { type ClusterReport, describeCluster } from '../cluster/describe-clusters.js';
import { startEmbedded } from '../cluster/embedded.js';
import { startExisting } from '../cluster/existing.js';
import { KIND_STEPS, startKind } from '../cluster/kind.js';
import { removeCluster } from '../cluster/remove-cluster.js';
import { SluiceError } from '../errors.js';
import { COMPONENT_NAMES } from '../platform/component.js';
import type { CliContext } from './cli-context.js';
import { addExistingFlags, chooseExisting, type ExistingFlags } from './cluster-existing-flags.js';
import { addClusterFlags, type ClusterFlags, chooseCacheFolder, DEFAULT_CLUSTER } from './cluster-flags.js';
import {
  addKindFlags,
  chooseKind,
  chooseProvider,
  type KindFlags,
  refuseKindFlags,
} from './cluster-kind-flags.js';
import { openProgress } from './cluster-progress.js';
import { chooseColors } from './colors.js';
import { createCommand, parseArguments } from './create-command.js';
import { formatClusterUse, formatStoreVariables } from './format-cluster.js';

interface Flags extends ClusterFlags, ExistingFlags, KindFlags {
  provider?: ProviderName;
}

/** `sluice cluster up`: starts a cluster and leaves it running; one that runs already is told of. */
export async function runClusterUp(args: readonly string[], context: CliContext): Promise<number> {
  const command = addClusterFlags(
    createCommand(
      {
        name: 'cluster up',
        usage: '[options] [name]',
        description:
          'Start a cluster with the external-secrets operator and a parameter store, and leave it running.\n' +
          'Its programs are built once: about ten minutes on two cores.',
        example: 'sluice cluster up --provider kind && sluice cluster status',
      },
      context,
    ),
  ).argument('[name]', 'tells it from others', DEFAULT_CLUSTER);
  addKindFlags(command, {
    reuse: 'remove the one of this name that is not whole any more, and start another',
  });
  addExistingFlags(command);
  if (!parseArguments(command, args)) return 0;
  const flags = command.opts<Flags>();
  const name = command.processedArgs[0] as string;
  refuseKindFlags(flags);
  const report = (await findRunning(name, flags, context)) ?? (await start(name, flags, context));
  if (flags.json) {
    const environment = { KUBECONFIG: report.kubeconfig, ...formatStoreVariables(report.parameterStore) };
    context.stdout.write(`${JSON.stringify({ ...report, environment }, null, 2)}\n`);
  } else {
    const colors = chooseColors(context.stdout, context.env, flags.color);
    context.stdout.write(`${formatClusterUse(report, colors)}\n`);
  }
  return 0;
}

async function findRunning(
  name: string,
  { provider, reuse }: Flags,
  context: CliContext,
): Promise<ClusterReport | undefined> {
  const found = findCluster(chooseCacheFolder(context), name);
  if (found === undefined || found.state.owner !== null) return undefined;
  const report = await describeCluster(found);
  if (provider !== undefined && provider !== report.provider) throw otherProvider(report);
  // One of which nothing runs any more is a leftover, which the start takes away.
  if (report.provider === 'embedded' && report.components.every(({ running }) => !running)) return undefined;
  if (report.state === 'ready') return report;
  if (reuse) {
    await removeCluster(found.folder, found.state);
    return undefined;
  }
  throw new SluiceError({
    code: 'CLUSTER_BROKEN',
    message: `cluster ${name}: it is there, but not whole`,
    evidence: `ended: ${report.ended.join(', ')}`,
    remedy: `sluice cluster status ${name} tells more, sluice cluster down ${name} removes it.`,
  });
}

function otherProvider({ name, provider }: ClusterReport): SluiceError {
  return new SluiceError({
    code: 'CLUSTER_EXISTS',
    message: `cluster ${name}: there is one of this name, and its provider is ${provider}`,
    remedy: `Choose another name, or remove it: sluice cluster down ${name}`,
  });
}

const STEPS: Readonly<Record<ProviderName, readonly string[]>> = {
  embedded: COMPONENT_NAMES,
  kind: KIND_STEPS,
  existing: ['context', 'namespace'],
};

async function start(name: string, flags: Flags, context: CliContext): Promise<ClusterReport> {
  const provider = await chooseProvider(flags, context);
  const progress = openProgress({
    context,
    quiet: flags.quiet === true,
    color: flags.color,
    subjects: STEPS[provider],
  });
  const { env, signal } = context;
  const options = { name, background: true, env, signal, onStep: progress.onStep };
  try {
    if (provider === 'existing') await startExisting({ ...options, ...chooseExisting(flags) });
    else if (provider === 'kind') await startKind({ ...options, ...chooseKind(flags) });
    else await startEmbedded(options);
  } finally {
    await progress.end();
  }
  const found = findCluster(chooseCacheFolder(context), name);
  if (found === undefined) throw new Error(`cluster ${name} was removed while it was started`);
  return await describeCluster(found);
}
