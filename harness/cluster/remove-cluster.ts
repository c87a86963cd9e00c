import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { removeOwnEngine, removeOwnEngineNow } from '../docker/remove-own-engine.js';
import { isRunning } from '../exec/process-identity.js';
import { killProcessNow, stopProcess } from '../exec/stop-process.js';
import { CleanUp, describeCleanUp } from './clean-up.js';
import { type ClusterFolder, type ClusterState, listClusters } from './cluster-state.js';
import { removeContainers, removeContainersNow } from './kind-containers.js';
import { removeOwnNamespace } from './own-namespace.js';

/**
 * Takes a cluster away by what is written down of it: processes in reverse, data, state. A process that took over the
 * number of one of them is left alone.
 *
 * @throws SluiceError `CLEAN_UP_FAILED`, after everything that could be removed is gone.
 */
export async function removeCluster(folder: ClusterFolder, state: ClusterState): Promise<void> {
  const cleanUp = new CleanUp();
  const { dataFolder } = state;
  if (dataFolder !== undefined) {
    cleanUp.add(`folder ${dataFolder}`, async () => await removeFolder(dataFolder));
  }
  const { kind, engine } = state;
  if (engine !== undefined) {
    cleanUp.add(`Docker engine ${engine.id}`, async () => await removeOwnEngine(engine));
  } else if (kind !== undefined) {
    cleanUp.add(`container ${kind.node}`, async () => await removeContainers(kind));
  }
  for (const component of state.components) {
    cleanUp.add(`${component.name} (process ${component.pid})`, async () => {
      await stopProcess(component, component.graceMs);
    });
  }
  const { namespace: name, namespaceMark: mark } = state;
  if (mark !== undefined) {
    cleanUp.add(`namespace ${name}`, async () => await removeOwnNamespace(folder.kubeconfig, { name, mark }));
  }
  const failure = describeCleanUp(`cluster ${state.name}`, await cleanUp.run());
  // What is still there must be found again.
  if (failure !== undefined) throw failure;
  await folder.remove();
}

/** As `removeCluster`, when nothing can be awaited any more. */
export function removeClusterNow(folder: ClusterFolder, state: ClusterState): void {
  for (const component of [...state.components].reverse()) killProcessNow(component);
  if (state.engine !== undefined) removeOwnEngineNow(state.engine);
  else if (state.kind !== undefined) removeContainersNow(state.kind);
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 20 };
  if (state.dataFolder !== undefined) rmSync(state.dataFolder, options);
  rmSync(folder.path, options);
}

/** Removes a folder that its users may still be writing to for a moment. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

/**
 * Finds what harnesses left behind that could not clean up after themselves (killed, or the machine went down), and
 * takes it away; gives the names.
 *
 * That is a cluster whose owner has ended, or one without an owner of which no process is left: an embedded one, or one
 * in a Docker engine of its own.
 */
export async function removeLeftovers(
  cacheFolder: string,
  onFailure: (name: string, error: unknown) => void = () => undefined,
): Promise<string[]> {
  const removed: string[] = [];
  for (const { folder, state } of await listClusters(cacheFolder)) {
    if (!isLeftover(state)) continue;
    try {
      await removeCluster(folder, state);
      removed.push(state.name);
    } catch (error) {
      // It stays written down for the next time; nobody's own cluster has to wait for it.
      onFailure(state.name, error);
    }
  }
  return removed;
}

function isLeftover({ owner, components, provider, engine }: ClusterState): boolean {
  if (owner !== null) return !isRunning(owner);
  if (engine !== undefined) return engine.process === undefined || !isRunning(engine.process);
  return provider === 'embedded' && !components.some(isRunning);
}
