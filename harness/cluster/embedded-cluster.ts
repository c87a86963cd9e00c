import { endWithProcess } from '../exec/end-with-process.js';
import { readLogTail } from '../exec/read-log-tail.js';
import type { KubeConnection } from '../kube/kube-connection.js';
import type { ComponentName } from '../platform/component.js';
import type { ParameterStore } from '../platform/parameter-store.js';
import { CleanUp, describeCleanUp } from './clean-up.js';
import type { StartedCluster } from './cluster.js';
import type { ClusterFolder, EmbeddedState, ReadyState } from './cluster-state.js';
import { ProcessHost } from './component-host.js';
import { removeClusterNow, removeFolder } from './remove-cluster.js';

export interface EmbeddedClusterOptions {
  env: NodeJS.ProcessEnv;
  signal: AbortSignal | undefined;
}

/** A cluster of child processes, from the first of them to the last. */
export class EmbeddedCluster implements StartedCluster {
  readonly provider = 'embedded';
  readonly namespace = 'default';
  readonly secretStore = undefined;
  readonly capabilities = [];
  readonly #cleanUp = new CleanUp();
  readonly #release: () => void;
  readonly #folder: ClusterFolder;
  readonly #options: EmbeddedClusterOptions;
  #host: ProcessHost | undefined;
  #connection: KubeConnection | undefined;
  #stopping: Promise<void> | undefined;

  constructor(
    folder: ClusterFolder,
    readonly state: EmbeddedState,
    options: EmbeddedClusterOptions,
  ) {
    this.#folder = folder;
    this.#options = options;
    this.#release = endWithProcess(() => removeClusterNow(folder, state));
    const { dataFolder } = state;
    this.#cleanUp.add(`folder ${dataFolder}`, async () => await removeFolder(dataFolder));
  }

  get name(): string {
    return this.state.name;
  }

  get kubeconfig(): string {
    return this.#folder.kubeconfig;
  }

  get connection(): KubeConnection {
    return requireStarted(this.#connection);
  }

  get kubernetesVersion(): string {
    return requireStarted(this.state.ready).kubernetesVersion;
  }

  get parameterStore(): ParameterStore {
    return requireStarted(this.state.ready).parameterStore;
  }

  get signal(): AbortSignal {
    return requireStarted(this.#host).death;
  }

  /** Makes the place where components run. The data folder must be there. */
  openHost(): ProcessHost {
    this.#host = new ProcessHost({
      ...this.#options,
      folder: this.state.dataFolder,
      cleanUp: this.#cleanUp,
      record: (component) => {
        const others = this.state.components.filter(({ name }) => name !== component.name);
        this.state.components = [...others, component];
        this.#folder.write(this.state);
      },
    });
    return this.#host;
  }

  becomeReady(connection: KubeConnection, ready: ReadyState): void {
    this.#connection = connection;
    this.state.ready = ready;
    this.#folder.write(this.state);
  }

  /** Leaves it to itself: it stays after this process. */
  detach(): void {
    this.state.owner = null;
    this.#folder.write(this.state);
    this.#host?.detach();
    this.#release();
  }

  /** Ends a component, by a power cut where `kill` is set, and starts it again; done when it is ready. */
  async restart(component: ComponentName, options: { kill?: boolean } = {}): Promise<void> {
    await requireStarted(this.#host).restart(component, options);
  }

  /** Ends a component and leaves it ended, until it is restarted. `signal` does not take that for a death. */
  async end(component: ComponentName, options: { kill?: boolean } = {}): Promise<void> {
    await requireStarted(this.#host).end(component, options);
  }

  async logs(component: ComponentName, lines = 200): Promise<string[]> {
    const record = this.state.components.find(({ name }) => name === component);
    return record === undefined ? [] : await readLogTail(record.logFile, lines);
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    await this.#stopping;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Undoes a start that failed; what can't be undone is told, and does not hide why. */
  async rollBack(tell: (text: string) => void): Promise<void> {
    await this.stop().catch((error: unknown) => tell(error instanceof Error ? error.message : String(error)));
  }

  async #stop(): Promise<void> {
    const failure = describeCleanUp(`cluster ${this.name}`, await this.#cleanUp.run());
    this.#host?.close();
    this.#release();
    // What is still there must be found again by the next start.
    if (failure !== undefined) throw failure;
    await this.#folder.remove();
  }
}

function requireStarted<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the cluster has not been started');
  return value;
}
