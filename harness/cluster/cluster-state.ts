import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineRecord } from '../docker/docker-engine.js';
import { SluiceError } from '../errors.js';
import type { ProcessIdentity } from '../exec/process-identity.js';
import type { ComponentName } from '../platform/component.js';
import type { ParameterStore } from '../platform/parameter-store.js';
import type { Capability, SecretStoreReference } from './cluster.js';

/** A component's process as it is written down. */
export interface ComponentRecord extends ProcessIdentity {
  name: ComponentName;
  logFile: string;
  graceMs: number;
}

/** Everything that another process needs to use a cluster, beside its kubeconfig, or to take it away. */
export interface ClusterState {
  format: 1;
  name: string;
  provider: 'embedded' | 'kind' | 'existing';
  /** ISO 8601. */
  createdAt: string;
  /** The process that takes it away when it ends; null for one that stays until it is told to go. */
  owner: ProcessIdentity | null;
  /** Folder with the data of the components, outside the cache. Only where there are any. */
  dataFolder?: string;
  components: ComponentRecord[];
  /** Engine of its own, written down as soon as there is anything of it. */
  engine?: EngineRecord;
  /** There once something of it may be in a Docker engine. */
  kind?: KindRecord;
  /** Namespace to use freely; made by us, and taken away, in a cluster that is not ours. */
  namespace: string;
  /** What that namespace is labelled with, so that no other is ever taken away. */
  namespaceMark?: string;
  capabilities: readonly Capability[];
  /** There once it is ready. */
  ready?: ReadyState;
}

/** State of a cluster that has components. */
export type EmbeddedState = ClusterState & { provider: 'embedded'; dataFolder: string };

/** State of a cluster that runs in a Docker engine. */
export type KindState = ClusterState & { provider: 'kind'; dataFolder: string };

/** What there is of a cluster in a Docker engine. */
export interface KindRecord {
  /** By which kind knows it. */
  clusterName: string;
  /** Container that is its one node. */
  node: string;
  /** Docker network of the cluster's containers. */
  network: string;
  /** Image of the node. */
  nodeImage: string;
  /** Path of kind. */
  program: string;
  /** Path of the docker client. */
  docker: string;
  /** What leads docker and kind to the engine. */
  engineEnv: Readonly<Record<string, string>>;
  /** IPv4 address at which pods reach servers of this machine; undefined where they can't. */
  hostAddress?: string;
  /** What creates the cluster, while it does: a node may still come of it. */
  creation?: ProcessIdentity;
  /** The node's first process, where it can be seen from here. */
  nodeProcess?: ProcessIdentity;
  /** Container of the parameter store, where it is one. */
  storeContainer?: string;
  /** That container's first process, where it can be seen from here. */
  storeProcess?: ProcessIdentity;
}

/** What is known once a cluster is ready. */
export interface ReadyState {
  apiServer: string;
  kubernetesVersion: string;
  /** Where it is ours. */
  operatorVersion?: string;
  /** Where it is ours. */
  operatorMetricsUrl?: string;
  parameterStore: ParameterStore;
  /** A store that was there already and is to be used. */
  secretStore?: SecretStoreReference;
  startedInMs: number;
}

/** Where clusters are written down: one folder each, named as the cluster. */
export function findClustersFolder(cacheFolder: string): string {
  return join(cacheFolder, 'clusters');
}

const STATE_FILE = 'state.json';
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/u;

/** @throws SluiceError `CLUSTER_NAME`, exit code 2. */
export function requireClusterName(name: string): string {
  if (NAME.test(name)) return name;
  throw new SluiceError({
    code: 'CLUSTER_NAME',
    message: `cluster ${JSON.stringify(name)}: not a name`,
    remedy:
      'Use up to 40 lower-case letters, digits and hyphens, beginning and ending with a letter or digit.',
    exitCode: 2,
  });
}

/** A cluster's folder in the cache, with its state and its kubeconfig. */
export class ClusterFolder {
  constructor(readonly path: string) {}

  get kubeconfig(): string {
    return join(this.path, 'kubeconfig');
  }

  /** Undefined where there is no state that this version understands. */
  read(): ClusterState | undefined {
    try {
      const value = JSON.parse(readFileSync(join(this.path, STATE_FILE), 'utf8')) as Partial<ClusterState>;
      return value.format === 1 ? (value as ClusterState) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Writes the whole state at once, so that it is there before anything else can happen. */
  write(state: ClusterState): void {
    writeState(this.path, state);
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/**
 * Takes a name for a new cluster by making its folder, whole with its state: of two processes that want the same name
 * one gets it.
 *
 * @throws SluiceError `CLUSTER_EXISTS`.
 */
export async function claimCluster(cacheFolder: string, state: ClusterState): Promise<ClusterFolder> {
  const clusters = findClustersFolder(cacheFolder);
  await mkdir(clusters, { recursive: true, mode: 0o700 });
  const draft = join(clusters, `.${randomUUID()}.part`);
  await mkdir(draft, { mode: 0o700 });
  try {
    writeState(draft, state);
    await rename(draft, join(clusters, state.name));
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (isTaken(error)) throw nameTaken(state.name);
    throw error;
  }
  return new ClusterFolder(join(clusters, state.name));
}

/** Every cluster that is written down, by name. */
export async function listClusters(
  cacheFolder: string,
): Promise<{ folder: ClusterFolder; state: ClusterState }[]> {
  const clusters = findClustersFolder(cacheFolder);
  const names = await readdir(clusters).catch(() => []);
  return names
    .filter((name) => !name.startsWith('.'))
    .sort()
    .flatMap((name) => {
      const folder = new ClusterFolder(join(clusters, name));
      const state = folder.read();
      return state === undefined ? [] : [{ folder, state }];
    });
}

/** The cluster of this name, or undefined. */
export function findCluster(cacheFolder: string, name: string) {
  const folder = new ClusterFolder(join(findClustersFolder(cacheFolder), requireClusterName(name)));
  const state = folder.read();
  return state === undefined ? undefined : { folder, state };
}

function writeState(folder: string, state: ClusterState): void {
  const draft = join(folder, `${STATE_FILE}.part`);
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, join(folder, STATE_FILE));
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST');
}

function nameTaken(name: string): SluiceError {
  return new SluiceError({
    code: 'CLUSTER_EXISTS',
    message: `cluster ${name}: there is one of this name`,
    remedy: `sluice cluster status ${name} tells about it, sluice cluster down ${name} removes it.`,
  });
}
