import { setMaxListeners } from 'node:events';
import { SluiceError } from '../errors.js';
import { isRunning, type ProcessIdentity } from '../exec/process-identity.js';
import { readLogTail } from '../exec/read-log-tail.js';
import { type KubeConnection, readKubeconfig } from '../kube/kube-connection.js';
import type { ComponentName } from '../platform/component.js';
import type { ParameterStore } from '../platform/parameter-store.js';
import { findCacheFolder } from '../toolchain/cache-folder.js';
import type { Capability, ProviderName, SecretStoreReference, StartedCluster } from './cluster.js';
import {
  type ClusterFolder,
  type ClusterState,
  findCluster,
  listClusters,
  type ReadyState,
} from './cluster-state.js';
import { readKindKubeconfig } from './kind-kubeconfig.js';
import { removeCluster } from './remove-cluster.js';
import { readOwnKubeconfig } from './write-kubeconfig.js';

const WATCH_MS = 250;

export interface OpenClusterOptions {
  env?: NodeJS.ProcessEnv;
  /** Default: `findCacheFolder(env)`. */
  cacheFolder?: string;
}

/**
 * Gives a cluster that another process started and that is ready.
 *
 * @throws SluiceError `CLUSTER_UNKNOWN` (lists those that are there), `CLUSTER_NOT_READY`.
 */
export async function openCluster(name: string, options: OpenClusterOptions = {}): Promise<StartedCluster> {
  const cacheFolder = options.cacheFolder ?? findCacheFolder(options.env);
  const found = findCluster(cacheFolder, name);
  if (found === undefined) throw await describeUnknown(name, cacheFolder);
  const { folder, state } = found;
  if (state.ready === undefined) throw describeUnready(state);
  const connection = await readConnection(state, folder.kubeconfig);
  const parts = { ready: state.ready, connection };
  if (state.provider !== 'kind') return new OpenedCluster(folder, state, parts);
  // It is a cluster known by what is written down of it too, and more.
  const { KindCluster } = await import('./kind-cluster.js');
  return new KindCluster(folder, state, parts);
}

async function readConnection({ provider }: ClusterState, path: string): Promise<KubeConnection> {
  if (provider === 'embedded') return await readOwnKubeconfig(path);
  return provider === 'kind' ? await readKindKubeconfig(path) : (await readKubeconfig({ path })).connection;
}

/** A cluster known by what is written down of it, whoever started it. */
export class OpenedCluster implements StartedCluster {
  readonly connection: KubeConnection;
  protected readonly folder: ClusterFolder;
  readonly #state: ClusterState;
  readonly #ready: ReadyState;
  readonly #death = new AbortController();
  #watch: NodeJS.Timeout | undefined;
  #stopping: Promise<void> | undefined;

  constructor(
    folder: ClusterFolder,
    state: ClusterState,
    { ready, connection }: { ready: ReadyState; connection: KubeConnection },
  ) {
    this.folder = folder;
    this.#state = state;
    this.#ready = ready;
    this.connection = connection;
    // Whatever waits in a cluster listens to it.
    setMaxListeners(0, this.#death.signal);
  }

  get name(): string {
    return this.#state.name;
  }

  get provider(): ProviderName {
    return this.#state.provider;
  }

  get namespace(): string {
    return this.#state.namespace;
  }

  get capabilities(): readonly Capability[] {
    return this.#state.capabilities;
  }

  get secretStore(): SecretStoreReference | undefined {
    return this.#ready.secretStore;
  }

  get kubeconfig(): string {
    return this.folder.kubeconfig;
  }

  get kubernetesVersion(): string {
    return this.#ready.kubernetesVersion;
  }

  get parameterStore(): ParameterStore {
    return (this.state.ready ?? this.#ready).parameterStore;
  }

  /** As it is written down now: components are started again, by whoever uses the cluster. */
  protected get state(): ClusterState {
    return this.folder.read() ?? this.#state;
  }

  // They are another process's children: nobody tells us when one ends, so we look, from the first time it matters.
  get signal(): AbortSignal {
    this.#watch ??= setInterval(() => void this.#look(), WATCH_MS).unref();
    return this.#death.signal;
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

  async #stop(): Promise<void> {
    clearInterval(this.#watch);
    const state = this.folder.read();
    // Somebody else has taken it away.
    if (state === undefined) return;
    await removeCluster(this.folder, state);
  }

  /** What it ends with when it ends. */
  protected listProcesses(): ClusterProcess[] {
    return this.state.components.map(({ name, logFile, ...process }) => ({ name, process, logFile }));
  }

  async #look(): Promise<void> {
    const dead = this.listProcesses().find(({ process }) => !isRunning(process));
    if (dead === undefined || this.#death.signal.aborted) return;
    clearInterval(this.#watch);
    this.#death.abort(await describeDeath(dead));
  }
}

/** A process of a cluster's, whoever started it. */
export interface ClusterProcess {
  name: string;
  process: ProcessIdentity;
  logFile?: string;
}

/** What is known of another process's child that has ended: all but its exit code. */
export async function describeDeath({ name, process, logFile }: ClusterProcess): Promise<SluiceError> {
  return new SluiceError({
    code: 'COMPONENT_DIED',
    message: `${name} (process ${process.pid}): has ended`,
    // A container's words are the engine's to tell.
    ...(logFile === undefined ? {} : { evidence: describeLog(await readLogTail(logFile)) }),
  });
}

function describeLog(lines: readonly string[]): string {
  return lines.length > 0 ? `its last lines:\n${lines.join('\n')}` : 'it printed nothing';
}

/** The error for a name that no cluster has. */
export async function describeUnknown(name: string, cacheFolder: string): Promise<SluiceError> {
  const names = (await listClusters(cacheFolder)).map(({ state }) => state.name);
  return new SluiceError({
    code: 'CLUSTER_UNKNOWN',
    message: `cluster ${name}: there is none of this name`,
    evidence: names.length > 0 ? `there are ${names.join(', ')}` : 'there is none at all',
    remedy: `sluice cluster up ${name} starts it.`,
  });
}

function describeUnready({ name, owner }: ClusterState): SluiceError {
  return new SluiceError({
    code: 'CLUSTER_NOT_READY',
    message: `cluster ${name}: has not been started to the end`,
    evidence: owner === null ? 'nobody is at it' : `process ${owner.pid} is at it`,
    remedy: `Wait for it, or take it away: sluice cluster down ${name}`,
  });
}
