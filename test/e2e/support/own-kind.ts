import { randomBytes } from 'node:crypto';
import { type ClusterState, findCluster } from '../../../harness/cluster/cluster-state.js';
import { removeCluster } from '../../../harness/cluster/remove-cluster.js';
import { findCacheFolder } from '../../../harness/toolchain/cache-folder.js';

/** A cluster of one's own takes half a minute, more where others are started at the same time. */
export const LONG_MS = 300_000;

const cacheFolder = findCacheFolder();

/** A name that no other cluster has. */
export function makeName(): string {
  return `life-${randomBytes(4).toString('hex')}`;
}

/** What is written down about a cluster that is there. */
export function readState(name: string): ClusterState {
  return findCluster(cacheFolder, name)!.state;
}

/** Removes the cluster of a name, if there is one. */
export async function removeByName(name: string): Promise<void> {
  const found = findCluster(cacheFolder, name);
  if (found !== undefined) await removeCluster(found.folder, found.state);
}
