import { type BareApiServer, startBareApiServer } from '../cluster/bare-api-server.js';
import type { ClusterStep } from '../cluster/cluster.js';
import { findCluster } from '../cluster/cluster-state.js';
import { describeCluster } from '../cluster/describe-clusters.js';
import { openCluster } from '../cluster/opened-cluster.js';
import { linkSignals } from '../exec/link-signals.js';
import { KubeClient } from '../kube/kube-client.js';
import { readKubeconfig } from '../kube/kube-connection.js';
import { KubeApiError } from '../kube/kube-error.js';
import { waitForCondition } from '../kube/wait-for-condition.js';
import type { JsonObject, KubernetesObject, Manifest } from '../manifest/manifest.js';
import { readName } from '../manifest/read-json.js';

const ESTABLISHED_WITHIN_MS = 30_000;

export interface OpenCheckServerOptions {
  env: NodeJS.ProcessEnv;
  cacheFolder: string;
  /** Name of the test cluster that is used where it runs. */
  cluster: string;
  /** A kubeconfig or a context names a server that is somebody's: nothing is made in it. */
  kubeconfig?: string | undefined;
  context?: string | undefined;
  signal: AbortSignal;
  onStep?: ((step: ClusterStep) => void) | undefined;
}

/** An API server to try objects on. */
export class CheckServer implements AsyncDisposable {
  readonly client: KubeClient;
  /** For people: `context shop`, `cluster default`, `a server of its own`. */
  readonly description: string;
  /** True where namespaces and definitions may be made in it for a check. */
  readonly isOurs: boolean;
  readonly #stop: (() => Promise<void>) | undefined;
  readonly #made: KubernetesObject[] = [];

  constructor(
    client: KubeClient,
    { description, isOurs, stop }: { description: string; isOurs: boolean; stop?: () => Promise<void> },
  ) {
    this.client = client;
    this.description = description;
    this.isOurs = isOurs;
    this.#stop = stop;
  }

  /** Of Kubernetes, without the leading `v`. */
  async readVersion(signal?: AbortSignal): Promise<string> {
    const text = await this.client.send({ method: 'GET', path: '/version', signal });
    return (JSON.parse(text) as { gitVersion: string }).gitVersion.replace(/^v/u, '');
  }

  /** Makes what the objects need so that they can be tried: their namespaces, and definitions of their kinds. */
  async prepare(
    manifests: readonly Manifest[],
    {
      namespaces,
      crds,
      signal: given,
    }: { namespaces: readonly string[]; crds: readonly JsonObject[]; signal: AbortSignal },
  ): Promise<void> {
    if (!this.isOurs) return;
    using link = linkSignals([given]);
    const { signal } = link;
    const named = manifests.flatMap(({ object }) => readName(object.metadata, 'namespace') ?? []);
    const wanted = new Set([...namespaces, ...named]);
    const definitions = crds.filter(
      (crd) => crd['kind'] === 'CustomResourceDefinition',
    ) as KubernetesObject[];
    await Promise.all([
      ...[...wanted].map(async (name) => {
        await this.#make({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, signal);
      }),
      ...definitions.map(async (definition) => await this.#define(definition, signal)),
    ]);
  }

  async close(): Promise<void> {
    try {
      if (this.#stop === undefined) {
        for (const { apiVersion, kind, metadata } of this.#made.reverse()) {
          await this.client.remove({ apiVersion, kind, name: metadata.name });
        }
      }
    } finally {
      this.client.close();
      await this.#stop?.();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #make(object: KubernetesObject, signal: AbortSignal): Promise<boolean> {
    const { apiVersion, kind, metadata } = object;
    if ((await this.client.read({ apiVersion, kind, name: metadata.name }, { signal })) !== undefined)
      return false;
    this.#made.push(object);
    await this.client.apply(object, { signal });
    return true;
  }

  async #define(definition: KubernetesObject, signal: AbortSignal): Promise<void> {
    const { apiVersion, kind, metadata } = definition;
    try {
      if (!(await this.#make(definition, signal))) return;
    } catch (error) {
      // A definition that the server refuses: whatever is of its kind is then told not to have been tried.
      if (error instanceof KubeApiError && error.status < 500) return;
      throw error;
    }
    const reference = { apiVersion, kind, name: metadata.name };
    await waitForCondition(this.client, reference, {
      type: 'Established',
      timeoutMs: ESTABLISHED_WITHIN_MS,
      signal,
    });
  }
}

/**
 * Gives an API server to try objects on: the one that is named, else the test cluster where it runs, else one
 * started for this, in seconds.
 *
 * @throws SluiceError as `readKubeconfig` and `startBareApiServer`.
 */
export async function openCheckServer(options: OpenCheckServerOptions): Promise<CheckServer> {
  const { kubeconfig, context, cacheFolder, cluster } = options;
  if (kubeconfig !== undefined || context !== undefined) {
    const found = await readKubeconfig({ path: kubeconfig, context });
    return new CheckServer(new KubeClient(found.connection), {
      description: `context ${found.context}`,
      isOurs: false,
    });
  }
  if (await isReady(cluster, cacheFolder)) {
    const { connection } = await openCluster(cluster, { cacheFolder });
    return new CheckServer(new KubeClient(connection), { description: `cluster ${cluster}`, isOurs: true });
  }
  return await startOwn(options);
}

async function startOwn({ env, cacheFolder, signal, onStep }: OpenCheckServerOptions): Promise<CheckServer> {
  const server: BareApiServer = await startBareApiServer({
    env,
    cacheFolder,
    signal,
    ...(onStep ? { onStep } : {}),
  });
  return new CheckServer(new KubeClient(server.connection), {
    description: 'a server of its own',
    isOurs: true,
    stop: async () => await server.stop(),
  });
}

// One that belongs to a running process may be gone in a moment, and one of another name is there for something.
async function isReady(name: string, cacheFolder: string): Promise<boolean> {
  const found = findCluster(cacheFolder, name);
  return (
    found !== undefined && found.state.owner === null && (await describeCluster(found)).state === 'ready'
  );
}
