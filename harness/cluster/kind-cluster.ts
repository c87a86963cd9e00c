import { SluiceError } from '../errors.js';
import { KubeClient } from '../kube/kube-client.js';
import type { KubeConnection } from '../kube/kube-connection.js';
import type { ComponentName } from '../platform/component.js';
import {
  OPERATOR_PODS,
  readOperatorLog,
  redirectOperator,
  replaceOperator,
  waitForOperator,
} from '../platform/install-operator.js';
import { readContainers, waitForOtherContainers } from '../platform/other-containers.js';
import { readPodLog } from '../platform/pod-log.js';
import { readStoreLog } from '../platform/store-container.js';
import type { ClusterFolder, ClusterState, KindRecord, ReadyState } from './cluster-state.js';
import { type LoadEngineImageOptions, loadArchive, loadEngineImage } from './kind-images.js';
import { DNS_PODS, findProcess, runDocker, runKind, waitForNode } from './kind-node.js';
import {
  type ClusterProcess,
  type OpenClusterOptions,
  OpenedCluster,
  openCluster,
} from './opened-cluster.js';
import { restartKindStore } from './restart-kind-store.js';

const RESTARTED_WITHIN_MS = 180_000;

export interface KindClusterParts {
  ready: ReadyState;
  connection: KubeConnection;
  /** Called when it has been removed or is left to itself. */
  release?: () => void;
}

/** A cluster in a Docker engine, whoever started it. Pods run in it. */
export class KindCluster extends OpenedCluster {
  readonly #release: () => void;
  #lent = false;

  constructor(folder: ClusterFolder, state: ClusterState, { release, ...parts }: KindClusterParts) {
    super(folder, state, parts);
    this.#release = release ?? (() => undefined);
  }

  /** IPv4 address at which pods reach servers of this machine, and at which those must listen. */
  get hostAddress(): string {
    const { hostAddress } = this.#record;
    if (hostAddress !== undefined) return hostAddress;
    throw new SluiceError({
      code: 'DOCKER_HOST_ADDRESS',
      message: `cluster ${this.name}: pods of it do not reach servers of this machine`,
      remedy: 'Run in containers what pods are to reach.',
      exitCode: 3,
    });
  }

  /** Name of the container that is its one node. */
  get node(): string {
    return this.#record.node;
  }

  /** Makes the images of a file that `docker save` or `writeImageArchive` wrote known to the node. */
  async loadImages(archive: string): Promise<void> {
    await loadArchive(this.#record, archive);
  }

  /** Puts an image of another Docker engine into the node. */
  async loadImageFrom(options: Omit<LoadEngineImageOptions, 'folder'>): Promise<void> {
    await loadEngineImage(this.#record, { ...options, folder: this.folder.path });
  }

  /** Runs the docker client, led to the engine that the node is in; gives what it printed. */
  async docker(args: readonly string[]): Promise<string> {
    return (await runDocker(this.#record, args)).stdout;
  }

  /** Restarts the node and waits until everything works again. */
  async restartNode(): Promise<void> {
    const record = this.#record;
    const { signal } = this;
    const groups = [...OPERATOR_PODS, DNS_PODS];
    const before = await this.#withClient(async (client) => await readContainers(client, groups, signal));
    // Nobody is to take it for dead meanwhile.
    const { nodeProcess: _, ...rest } = record;
    this.folder.write({ ...this.state, kind: rest });
    await runDocker(record, ['restart', '--time=1', record.node]);
    const nodeProcess = await findProcess(record, record.node);
    if (nodeProcess !== undefined) this.folder.write({ ...this.state, kind: { ...rest, nodeProcess } });
    await this.#withClient(async (client) => {
      // First: until then everything says of itself what it said before.
      const options = { than: before, timeoutMs: RESTARTED_WITHIN_MS, signal };
      await waitForOtherContainers(client, groups, options);
      await waitForNode(client, record.node, signal);
      await waitForOperator(client, signal);
    });
  }

  /**
   * Ends the operator's pod or the parameter store, by a power cut where `kill` is set; done when it works again. The
   * store has lost everything then.
   */
  async restart(component: 'external-secrets' | 'parameter-store', { kill = false } = {}): Promise<void> {
    const { signal } = this;
    if (component === 'external-secrets') {
      await this.#withClient(async (client) => await replaceOperator(client, { kill, signal }));
      return;
    }
    const before = this.parameterStore.podUrl;
    await restartKindStore(this.folder, this.state, { kill, signal });
    const { podUrl } = this.parameterStore;
    if (podUrl !== undefined && podUrl !== before) await this.redirectOperator(podUrl);
  }

  /** Leads the operator to another endpoint for all of AWS, as pods reach it. Default: back to the store itself. */
  async redirectOperator(url?: string): Promise<void> {
    const { podUrl, endpointUrl } = this.parameterStore;
    const target = url ?? podUrl ?? endpointUrl ?? '';
    await this.#withClient(async (client) => await redirectOperator(client, target, this.signal));
  }

  /** Writes what kind collects about the cluster into a folder. */
  async exportLogs(folder: string): Promise<void> {
    await runKind(this.#record, ['export', 'logs', `--name=${this.#record.clusterName}`, folder]);
  }

  override async logs(component: ComponentName, lines = 200): Promise<string[]> {
    if (component === 'parameter-store') return await this.#readStoreLog(lines);
    return await this.#withClient(async (client) => {
      if (component === 'external-secrets') return await readOperatorLog(client, lines);
      // Pods of the control plane have the node's name in theirs.
      const metadata = { name: `${component}-${this.node}`, namespace: 'kube-system' };
      return await readPodLog(client, { apiVersion: 'v1', kind: 'Pod', metadata }, { lines });
    });
  }

  /** Leaves it to itself: it stays after this process. */
  detach(): void {
    this.folder.write({ ...this.state, owner: null });
    this.#release();
  }

  /** Makes `stop` leave it running: for one that others use, before or after. */
  lend(): this {
    this.#lent = true;
    return this;
  }

  override async stop(): Promise<void> {
    if (this.#lent) return;
    await super.stop();
    this.#release();
  }

  protected override listProcesses(): ClusterProcess[] {
    const { kind, engine } = this.state;
    return [
      ...super.listProcesses(),
      ...(kind?.storeProcess === undefined ? [] : [{ name: 'parameter-store', process: kind.storeProcess }]),
      ...(kind?.nodeProcess === undefined ? [] : [{ name: `node ${kind.node}`, process: kind.nodeProcess }]),
      ...(engine?.process === undefined ? [] : [{ name: 'Docker engine', process: engine.process }]),
    ];
  }

  async #readStoreLog(lines: number): Promise<string[]> {
    const { docker, engineEnv: env, storeContainer: name } = this.#record;
    if (name === undefined) return await super.logs('parameter-store', lines);
    return await readStoreLog({ engine: { docker, env }, name, signal: this.signal }, lines);
  }

  get #record(): KindRecord {
    const { kind } = this.state;
    if (kind === undefined) throw new Error('the cluster has not been started');
    return kind;
  }

  async #withClient<T>(use: (client: KubeClient) => Promise<T>): Promise<T> {
    const client = new KubeClient(this.connection);
    try {
      return await use(client);
    } finally {
      client.close();
    }
  }
}

/**
 * Gives a kind cluster that another process started and that is ready.
 *
 * @throws SluiceError as `openCluster`, and `CLUSTER_NOT_KIND` for one of another provider.
 */
export async function openKindCluster(name: string, options: OpenClusterOptions = {}): Promise<KindCluster> {
  const cluster = await openCluster(name, options);
  if (cluster instanceof KindCluster) return cluster;
  throw new SluiceError({
    code: 'CLUSTER_NOT_KIND',
    message: `cluster ${name}: its provider is ${cluster.provider}, not kind`,
    remedy: `Choose another name, or remove it: sluice cluster down ${name}`,
  });
}
