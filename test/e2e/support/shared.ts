import { inject } from 'vitest';
import type { StartedCluster } from '../../../harness/cluster/cluster.js';
import { openCluster } from '../../../harness/cluster/opened-cluster.js';

/** True where the shared cluster is made of processes: for what is about those. kind-cluster.test.ts is about the other. */
export const isEmbedded = inject('clusterProvider') === 'embedded';

let opened: Promise<StartedCluster> | undefined;

/** The cluster that the whole suite shares. It must not be stopped, nor a component of it. */
export async function useSharedCluster(): Promise<StartedCluster> {
  opened ??= openCluster(inject('clusterName'));
  return await opened;
}
