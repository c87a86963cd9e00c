import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { SluiceError } from '../errors.js';
import { identifyProcess } from '../exec/process-identity.js';
import { KubeClient } from '../kube/kube-client.js';
import { type KubeconfigContext, readKubeconfig } from '../kube/kube-connection.js';
import type { StoreCredentials } from '../platform/parameter-store.js';
import { findCacheFolder } from '../toolchain/cache-folder.js';
import type {
  ClusterProvider,
  SecretStoreReference,
  StartClusterOptions,
  StartedCluster,
} from './cluster.js';
import {
  type ClusterFolder,
  type ClusterState,
  claimCluster,
  type ReadyState,
  requireClusterName,
} from './cluster-state.js';
import { makeClusterName } from './draft-state.js';
import { OpenedCluster } from './opened-cluster.js';
import { createOwnNamespace, type OwnNamespace } from './own-namespace.js';
import { refuseProduction } from './production-context.js';
import { removeCluster } from './remove-cluster.js';
import { tellLeftovers } from './tell-leftovers.js';
import { timeSteps } from './time-steps.js';

export interface StartExistingOptions extends StartClusterOptions {
  /** Default: what kubectl would read. */
  kubeconfig?: string;
  /** Default: the kubeconfig's current one. */
  context?: string;
  /** Made for it and removed with it. Default: its name. */
  namespace?: string;
  /** Contexts that may be used although they look like production, by exact name. */
  allowContexts?: readonly string[];
  /** Endpoint that the operator there reads from. Default: AWS itself. */
  storeEndpoint?: string;
  /** Default: that of the environment, else us-east-1. */
  storeRegion?: string;
  /** Default: what the AWS SDK finds in the environment. */
  storeCredentials?: StoreCredentials;
  /** A store that is there already and is to be used. */
  secretStore?: SecretStoreReference;
  /** Leaves the namespace after this process has ended, until somebody takes it down. */
  background?: boolean;
}

/** A cluster that is there: a namespace of its own in it, which is all that is made and all that is removed. */
export const existingProvider: ClusterProvider = {
  name: 'existing',
  start: async (options) => await startExisting(options),
};

/**
 * Makes a namespace in the cluster of a kubeconfig's context. The operator must run there.
 *
 * @throws SluiceError `CONTEXT_LOOKS_LIKE_PRODUCTION`, `OPERATOR_MISSING`, `NAMESPACE_EXISTS`, those of
 * `readKubeconfig`; KubeApiError.
 */
export async function startExisting(options: StartExistingOptions = {}): Promise<StartedCluster> {
  const { env = process.env, signal, onStep } = options;
  const cacheFolder = options.cacheFolder ?? findCacheFolder(env);
  const name = requireClusterName(options.name ?? makeClusterName());
  const begin = performance.now();
  const time = timeSteps(onStep);
  await tellLeftovers(cacheFolder, onStep);
  const found = await readKubeconfig({ path: options.kubeconfig, context: options.context });
  const { context, cluster, connection } = found;
  refuseProduction({ context, cluster, server: connection.server }, options.allowContexts ?? []);
  const client = new KubeClient(connection);
  try {
    const kubernetesVersion = await time('context', context, async () => await examine(client, signal));
    const mark = randomBytes(8).toString('hex');
    const state = draftState(name, { name: options.namespace ?? name, mark });
    const folder = await claimCluster(cacheFolder, state);
    try {
      await writeOwnKubeconfig(folder, found, state.namespace);
      await time('namespace', state.namespace, async () => {
        await createOwnNamespace(client, { name: state.namespace, mark }, signal);
      });
      const ready = describeReady(options, { server: connection.server, kubernetesVersion, begin, env });
      folder.write({ ...state, ready, owner: options.background ? null : state.owner });
      return new OpenedCluster(folder, { ...state, ready }, { ready, connection });
    } catch (error) {
      await removeCluster(folder, state).catch((failure: unknown) => {
        onStep?.({ subject: name, state: 'note', text: String(failure) });
      });
      throw error;
    }
  } finally {
    client.close();
  }
}

async function examine(client: KubeClient, signal: AbortSignal | undefined): Promise<string> {
  const text = await client.send({ method: 'GET', path: '/version', signal });
  const { gitVersion } = JSON.parse(text) as { gitVersion: string };
  try {
    await client.findResource({ apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret' }, { signal });
  } catch (error) {
    if (!(error instanceof SluiceError && error.code === 'KIND_UNKNOWN')) throw error;
    throw new SluiceError({
      code: 'OPERATOR_MISSING',
      message: `cluster ${client.server}: it does not serve external-secrets.io/v1`,
      evidence: error.shortMessage,
      remedy:
        'Install the operator, 0.16 or newer: helm install external-secrets external-secrets ' +
        '--repo https://charts.external-secrets.io --namespace external-secrets --create-namespace',
      exitCode: 3,
      cause: error,
    });
  }
  return gitVersion.replace(/^v/u, '');
}

function draftState(name: string, namespace: OwnNamespace): ClusterState {
  return {
    format: 1,
    name,
    provider: 'existing',
    createdAt: new Date().toISOString(),
    owner: identifyProcess(process.pid),
    components: [],
    namespace: namespace.name,
    namespaceMark: namespace.mark,
    capabilities: ['pods'],
  };
}

// A copy with this context alone, and with our namespace for commands that name none.
async function writeOwnKubeconfig(
  folder: ClusterFolder,
  { exported }: KubeconfigContext,
  namespace: string,
): Promise<void> {
  const config = JSON.parse(exported) as { contexts: { context: { namespace?: string } }[] };
  for (const { context } of config.contexts) context.namespace = namespace;
  await writeFile(folder.kubeconfig, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
}

interface Seen {
  server: string;
  kubernetesVersion: string;
  begin: number;
  env: NodeJS.ProcessEnv;
}

function describeReady(
  options: StartExistingOptions,
  { server, kubernetesVersion, begin, env }: Seen,
): ReadyState {
  const { storeEndpoint, storeCredentials } = options;
  return {
    apiServer: server,
    kubernetesVersion,
    parameterStore: {
      name: storeEndpoint === undefined ? 'aws' : 'endpoint',
      region: options.storeRegion ?? (env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || 'us-east-1'),
      ...(storeEndpoint === undefined ? {} : { endpointUrl: storeEndpoint }),
      ...(storeCredentials === undefined ? {} : { credentials: storeCredentials }),
    },
    ...(options.secretStore === undefined ? {} : { secretStore: options.secretStore }),
    startedInMs: Math.round(performance.now() - begin),
  };
}
