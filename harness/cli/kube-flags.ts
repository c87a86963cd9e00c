import type { Command } from 'commander';
import type { StartedCluster } from '../cluster/cluster.js';
import { openCluster } from '../cluster/opened-cluster.js';
import { SluiceError } from '../errors.js';
import { KubeClient } from '../kube/kube-client.js';
import { readKubeconfig } from '../kube/kube-connection.js';
import type { CliContext } from './cli-context.js';
import { chooseCacheFolder } from './cluster-flags.js';
import type { ProjectFile } from './project-file.js';

/** Options by which a command is told of a cluster. */
export interface KubeFlags {
  kubeconfig?: string;
  context?: string;
  namespace?: string;
  cluster?: string;
}

/** A cluster that a command works with. */
export interface KubeAccess extends Disposable {
  client: KubeClient;
  namespace: string;
  /** One of sluice's own, with its parameter store. */
  cluster: StartedCluster | undefined;
}

const DEFAULT_NAMESPACE = 'default';

/** Adds them. */
export function addKubeFlags(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'kubeconfig (default: what kubectl reads)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option(
      '--namespace <name>',
      "namespace (default: that of sluice.yaml, else the context's, else default)",
    )
    .option('--cluster <name>', 'a cluster of sluice cluster up, with its parameter store');
}

/**
 * Opens the cluster that the options name. Nothing is asked of it yet.
 *
 * @throws SluiceError `USAGE`, `KUBECONFIG_UNREADABLE`, `CONTEXT_UNKNOWN`, `CLUSTER_UNKNOWN`, `CLUSTER_NOT_READY`.
 */
export async function openKube(
  flags: KubeFlags,
  { context, project }: { context: CliContext; project: ProjectFile },
): Promise<KubeAccess> {
  const chosen = flags.namespace ?? project.namespace;
  if (flags.cluster !== undefined) {
    refuseBoth(flags);
    const cluster = await openCluster(flags.cluster, { cacheFolder: chooseCacheFolder(context) });
    return give(new KubeClient(cluster.connection), chosen ?? cluster.namespace, cluster);
  }
  const found = await readKubeconfig({ path: choosePath(flags, context), context: flags.context });
  return give(new KubeClient(found.connection), chosen ?? found.namespace ?? DEFAULT_NAMESPACE, undefined);
}

function give(client: KubeClient, namespace: string, cluster: StartedCluster | undefined): KubeAccess {
  return { client, namespace, cluster, [Symbol.dispose]: () => client.close() };
}

// A list of several files is for kubectl's own rules of merging.
function choosePath({ kubeconfig }: KubeFlags, { env }: CliContext): string | undefined {
  const named = env['KUBECONFIG'] ?? '';
  return kubeconfig ?? (named === '' || named.includes(':') ? undefined : named);
}

function refuseBoth({ kubeconfig, context, cluster }: KubeFlags): void {
  if (kubeconfig === undefined && context === undefined) return;
  throw new SluiceError({
    code: 'USAGE',
    message: `--cluster ${cluster} and --${kubeconfig === undefined ? 'context' : 'kubeconfig'} exclude each other`,
    remedy:
      'Name one cluster: by --cluster one of sluice cluster status, by --context one of your kubeconfig.',
    exitCode: 2,
  });
}

/** The surroundings in which stores are opened: those of a cluster of sluice's own are its parameter store's. */
export function chooseStoreContext({ cluster }: KubeAccess, context: CliContext): CliContext {
  if (cluster === undefined) return context;
  const { endpointUrl, region, credentials } = cluster.parameterStore;
  const env = {
    ...context.env,
    AWS_REGION: region,
    ...(endpointUrl === undefined ? {} : { AWS_ENDPOINT_URL: endpointUrl }),
    ...(credentials === undefined
      ? {}
      : {
          AWS_PROFILE: undefined,
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
          AWS_SESSION_TOKEN: undefined,
        }),
  };
  return { ...context, env };
}
