import { isRunning } from '../exec/process-identity.js';
import type { ClusterStep } from './cluster.js';
import { type ClusterState, findCluster } from './cluster-state.js';
import { type KindCluster, openKindCluster } from './kind-cluster.js';
import { removeCluster } from './remove-cluster.js';

/**
 * Gives the kind cluster of a name that belongs to no process and is whole; one that is not whole is removed.
 *
 * @throws SluiceError `CLUSTER_NOT_KIND`.
 */
export async function findReusable(
  cacheFolder: string,
  name: string,
  onStep: ((step: ClusterStep) => void) | undefined,
): Promise<KindCluster | undefined> {
  const found = findCluster(cacheFolder, name);
  // Somebody else's is found taken by the claim.
  if (found === undefined || found.state.owner !== null) return undefined;
  if (found.state.provider !== 'kind' || isWhole(found.state)) {
    return (await openKindCluster(name, { cacheFolder })).lend();
  }
  await removeCluster(found.folder, found.state);
  onStep?.({ subject: name, state: 'note', text: 'was there, but not whole: removed' });
  return undefined;
}

function isWhole({ ready, components, kind, engine }: ClusterState): boolean {
  const processes = [...components, kind?.nodeProcess, kind?.storeProcess, engine?.process];
  return ready !== undefined && processes.every((one) => one === undefined || isRunning(one));
}
