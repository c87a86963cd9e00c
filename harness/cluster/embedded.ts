import { findCacheFolder } from '../toolchain/cache-folder.js';
import type { ClusterProvider, StartClusterOptions } from './cluster.js';
import { claimCluster, requireClusterName } from './cluster-state.js';
import { draftEmbeddedState, makeClusterName } from './draft-state.js';
import { EmbeddedCluster } from './embedded-cluster.js';
import { type EmbeddedPrograms, ensureEmbeddedPrograms } from './embedded-programs.js';
import { startComponents } from './start-components.js';
import { tellLeftovers } from './tell-leftovers.js';

export interface StartEmbeddedOptions extends StartClusterOptions {
  /** Leaves it running after this process has ended, until somebody takes it down. */
  background?: boolean;
  /** Default: from the cache, built into it the first time. */
  programs?: EmbeddedPrograms;
  /** Endpoint that the operator reads from instead of the store itself, such as a proxy before it. */
  operatorStoreUrl?: string;
}

/** A cluster of the user's own processes: no root, no Docker. Pods do not run in it. */
export const embeddedProvider: ClusterProvider = {
  name: 'embedded',
  start: async (options) => await startEmbedded(options),
};

/**
 * Starts etcd, the API server, its controllers, the operator and a parameter store, each on loopback alone, with
 * credentials and data of this cluster's own.
 *
 * What other harnesses left behind is removed before.
 *
 * @throws SluiceError `CLUSTER_EXISTS`, CommandError `PROCESS_DIED` with a component's last words, the errors of having
 * the programs; everything that was started is gone then.
 */
export async function startEmbedded(options: StartEmbeddedOptions = {}): Promise<EmbeddedCluster> {
  const { env = process.env, signal, onStep } = options;
  const cacheFolder = options.cacheFolder ?? findCacheFolder(env);
  const name = requireClusterName(options.name ?? makeClusterName());
  await tellLeftovers(cacheFolder, onStep);
  const programs =
    options.programs ??
    (await ensureEmbeddedPrograms({ cacheFolder, env, onStep, ...(signal ? { signal } : {}) }));
  const state = await draftEmbeddedState(name);
  const folder = await claimCluster(cacheFolder, state);
  const cluster = new EmbeddedCluster(folder, state, { env, signal });
  try {
    await startComponents(cluster, { programs, onStep, operatorStoreUrl: options.operatorStoreUrl });
    if (options.background) cluster.detach();
    return cluster;
  } catch (error) {
    await cluster.rollBack((text) => onStep?.({ subject: name, state: 'note', text }));
    throw error;
  }
}
