import { SluiceError } from '../errors.js';
import { KubeClient } from '../kube/kube-client.js';
import type { KubeConnection } from '../kube/kube-connection.js';
import type { ComponentName } from '../platform/component.js';
import { readOperatorLog, replaceOperator, waitForOperator } from '../platform/install-operator.js';
import { readPodLog } from '../platform/pod-log.js';
import type { ClusterFolder, ClusterState, KindRecord, ReadyState } from './cluster-state.js';
import { findNodeProcess, loadArchive, runDocker, runKind, waitForNode } from './kind-node.js';
import { type OpenClusterOptions, OpenedCluster, openCluster } from './opened-cluster.js';

export interface KindClusterParts {
  ready: ReadyState;
  connection: KubeConnection;
  /** Called when it has been removed or is left to itself. */
  release?: () => void;
}

/** A cluster in a Docker engine, whoever started it. Pods run in it. */
export class KindCluster extends OpenedCluster {
  readonly #release: () => void;

  constructor(folder: ClusterFolder, state: ClusterState, { release, ...parts }: KindClusterParts) {
    super(folder, state, parts);
    this.#release = release ?? (() => undefined);
  }

  /** IPv4 address at which pods reach servers of this machine, and at which those must listen. */
  get hostAddress(): string {
    const { hostAddress } = this.record;
    if (hostAddress === undefined) throw new Error('pods of this cluster do not reach this machine');
    return hostAddress;
  }

  /** Name of the container that is its one node. */
  get node(): string {
    return this.record.node;
  }

  /** Makes the images of a file that `docker save` or `writeImageArchive` wrote known to the node. */
  async loadImages(archive: string): Promise<void> {
    await loadArchive(this.record, archive);
  }

  /** Restarts the node as a power cut would, and waits until everything works again. */
  async restartNode(): Promise<void> {
    const { record, state } = this;
    const { nodeProcess: _, ...rest } = record;
    this.folder.write({ ...state, kind: rest });
    await runDocker(record, ['restart', '--time=1', record.node]);
    const nodeProcess = await findNodeProcess(record);
    if (nodeProcess !== undefined) this.folder.write({ ...state, kind: { ...rest, nodeProcess } });
    await this.#withClient(async (client) => {
      await waitForNode(client, record.node, this.signal);
      await waitForOperator(client, this.signal);
    });
  }

  /** Ends the operator's pod, by a power cut where `kill` is set; done when its successor works. */
  async restart(component: 'external-secrets', { kill = false } = {}): Promise<void> {
    await this.#withClient(async (client) => {
      if (component === 'external-secrets') await replaceOperator(client, { kill, signal: this.signal });
    });
  }

  /** Writes what kind collects about the cluster into a folder. */
  async exportLogs(folder: string): Promise<void> {
    await runKind(this.record, ['export', 'logs', `--name=${this.record.clusterName}`, folder]);
  }

  override async logs(component: ComponentName, lines = 200): Promise<string[]> {
    if (component === 'parameter-store') return await super.logs(component, lines);
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

  override async stop(): Promise<void> {
    await super.stop();
    this.#release();
  }

  protected get record(): KindRecord {
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
  });
}
