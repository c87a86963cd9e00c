import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { isRunning } from '../exec/process-identity.js';
import { killProcessNow, stopProcess } from '../exec/stop-process.js';
import { CleanUp, describeCleanUp } from './clean-up.js';
import { type ClusterFolder, type ClusterState, listClusters } from './cluster-state.js';

/**
 * Takes a cluster away by what is written down of it: processes in reverse, data, state. A process that took over the
 * number of one of them is left alone.
 *
 * @throws SluiceError `CLEAN_UP_FAILED`, after everything that could be removed is gone.
 */
export async function removeCluster(folder: ClusterFolder, state: ClusterState): Promise<void> {
  const cleanUp = new CleanUp();
  cleanUp.add(`folder ${state.dataFolder}`, async () => await removeFolder(state.dataFolder));
  for (const component of state.components) {
    cleanUp.add(`${component.name} (process ${component.pid})`, async () => {
      await stopProcess(component, component.graceMs);
    });
  }
  const failure = describeCleanUp(`cluster ${state.name}`, await cleanUp.run());
  // What is still there must be found again.
  if (failure !== undefined) throw failure;
  await folder.remove();
}

/** As `removeCluster`, when nothing can be awaited any more. */
export function removeClusterNow(folder: ClusterFolder, state: ClusterState): void {
  for (const component of [...state.components].reverse()) killProcessNow(component);
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 20 };
  rmSync(state.dataFolder, options);
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
 * That is a cluster whose owner has ended, or one without an owner of which no process is left.
 */
export async function removeLeftovers(cacheFolder: string): Promise<string[]> {
  const removed: string[] = [];
  for (const { folder, state } of await listClusters(cacheFolder)) {
    if (!isLeftover(state)) continue;
    await removeCluster(folder, state);
    removed.push(state.name);
  }
  return removed;
}

function isLeftover({ owner, components }: ClusterState): boolean {
  return owner === null ? !components.some(isRunning) : !isRunning(owner);
}
