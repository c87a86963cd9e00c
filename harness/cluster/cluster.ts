import type { KubeConnection } from '../kube/kube-connection.js';
import type { ComponentName } from '../platform/component.js';
import type { ParameterStore } from '../platform/parameter-store.js';

/** Ways of having a cluster. */
export type ProviderName = 'embedded' | 'kind' | 'existing';

/** What not every cluster can do: scenarios name what they need. */
export type Capability = 'pods' | 'reloader';

/** A store of the operator's, by kind and name. */
export interface SecretStoreReference {
  kind: 'SecretStore' | 'ClusterSecretStore';
  name: string;
}

/** A step of starting or stopping, for people. */
export interface ClusterStep {
  /** What it is about, such as a component's name. */
  subject: string;
  /** `preparing`: its program is fetched or built. `note`: something that happened besides. */
  state: 'preparing' | 'working' | 'done' | 'failed' | 'note';
  /** What goes on, or what came of it. */
  text: string;
  /** Of a step that is done or has failed. */
  durationMs?: number;
}

export interface StartClusterOptions {
  /** Told apart from others by it. Default: one made up. */
  name?: string;
  /** Default: that of this process. */
  env?: NodeJS.ProcessEnv;
  /** Default: `findCacheFolder(env)`. */
  cacheFolder?: string;
  /** Ends the start, which undoes what it has done; a cluster that runs is not concerned. */
  signal?: AbortSignal;
  onStep?: (step: ClusterStep) => void;
}

/** A way of having a cluster. */
export interface ClusterProvider {
  readonly name: ProviderName;
  /** Starts or prepares one and waits until it is ready. What it had begun is undone where it fails. */
  start(options: StartClusterOptions): Promise<StartedCluster>;
}

/** A cluster with the operator and a parameter store, ready to be used. */
export interface StartedCluster extends AsyncDisposable {
  readonly name: string;
  readonly provider: ProviderName;
  /** Path of a kubeconfig of its own: never the user's. */
  readonly kubeconfig: string;
  /** How its API server is reached: address, authority, credentials. */
  readonly connection: KubeConnection;
  /** Of Kubernetes, without the leading `v`. */
  readonly kubernetesVersion: string;
  /** A namespace to use freely. */
  readonly namespace: string;
  readonly parameterStore: ParameterStore;
  /** A store that was there already and is to be used; else everybody brings one along. */
  readonly secretStore: SecretStoreReference | undefined;
  readonly capabilities: readonly Capability[];
  /** Aborted when a part of it dies; the reason tells which, its exit code and its last lines. */
  readonly signal: AbortSignal;
  /** Last lines of a component's log; empty where it is not one of ours. Default 200. */
  logs(component: ComponentName, lines?: number): Promise<string[]>;
  /** Removes everything that `start` made, to the end, and only then throws the first error. */
  stop(): Promise<void>;
}
