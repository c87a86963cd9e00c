import { measureMemory } from '../exec/measure-memory.js';
import { isRunning } from '../exec/process-identity.js';
import type { ComponentName } from '../platform/component.js';
import type { ParameterStore } from '../platform/parameter-store.js';
import type { ProviderName } from './cluster.js';
import { type ClusterFolder, type ClusterState, listClusters } from './cluster-state.js';

/** One of a cluster's processes as it is now. */
export interface ComponentReport {
  name: ComponentName;
  pid: number;
  running: boolean;
  /** Resident memory; undefined where it has ended. */
  memoryBytes: number | undefined;
  logFile: string;
}

/** A cluster as it is now. */
export interface ClusterReport {
  name: string;
  provider: ProviderName;
  /** `broken`: a component has ended. */
  state: 'starting' | 'ready' | 'broken';
  createdAt: string;
  /** Number of the process it ends with; undefined for one that stays. */
  ownerPid: number | undefined;
  kubeconfig: string;
  namespace: string;
  apiServer: string | undefined;
  kubernetesVersion: string | undefined;
  /** Of our own operator. */
  operatorVersion: string | undefined;
  parameterStore: ParameterStore | undefined;
  startedInMs: number | undefined;
  /** Container that is the node of a kind cluster. */
  node: { name: string; image: string; running: boolean } | undefined;
  /** Names of what has ended. */
  ended: string[];
  memoryBytes: number;
  components: ComponentReport[];
}

/** Every cluster that is written down, as it is now. */
export async function describeClusters(cacheFolder: string): Promise<ClusterReport[]> {
  return await Promise.all((await listClusters(cacheFolder)).map(async (one) => await describeCluster(one)));
}

/** A cluster as it is now. */
export async function describeCluster({
  folder,
  state,
}: {
  folder: ClusterFolder;
  state: ClusterState;
}): Promise<ClusterReport> {
  const living = state.components.filter(isRunning);
  const memory = await measureMemory(living.map(({ pid }) => pid));
  const components = state.components.map(({ name, pid, logFile, start }) => {
    const running = isRunning({ pid, start });
    return { name, pid, running, memoryBytes: running ? memory.get(pid) : undefined, logFile };
  });
  const node = describeNode(state);
  const ended = [
    ...components.filter(({ running }) => !running).map(({ name }) => name),
    ...(state.kind?.storeProcess === undefined || isRunning(state.kind.storeProcess)
      ? []
      : ['parameter-store']),
    ...(node?.running === false ? [`node ${node.name}`] : []),
  ];
  return {
    name: state.name,
    provider: state.provider,
    state: chooseState(state, ended),
    createdAt: state.createdAt,
    ownerPid: state.owner?.pid,
    kubeconfig: folder.kubeconfig,
    namespace: state.namespace,
    apiServer: state.ready?.apiServer,
    kubernetesVersion: state.ready?.kubernetesVersion,
    operatorVersion: state.ready?.operatorVersion,
    parameterStore: state.ready?.parameterStore,
    startedInMs: state.ready?.startedInMs,
    node,
    ended,
    memoryBytes: components.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0),
    components,
  };
}

// A node that cannot be seen from here is taken to run.
function describeNode({ kind, engine }: ClusterState): ClusterReport['node'] {
  if (kind === undefined) return undefined;
  const processes = [kind.nodeProcess, engine?.process];
  const running = processes.every((one) => one === undefined || isRunning(one));
  return { name: kind.node, image: kind.nodeImage, running };
}

function chooseState(state: ClusterState, ended: readonly string[]): ClusterReport['state'] {
  if (ended.length > 0) return 'broken';
  return state.ready === undefined ? 'starting' : 'ready';
}
