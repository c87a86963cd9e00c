import { mkdir } from 'node:fs/promises';
import type { DockerEngine } from '../docker/docker-engine.js';
import { endWithProcess } from '../exec/end-with-process.js';
import { findCacheFolder } from '../toolchain/cache-folder.js';
import { CleanUp } from './clean-up.js';
import type { StartClusterOptions } from './cluster.js';
import { type ClusterFolder, claimCluster, type KindState, requireClusterName } from './cluster-state.js';
import { ProcessHost } from './component-host.js';
import { draftKindState, makeClusterName } from './draft-state.js';
import { KindCluster } from './kind-cluster.js';
import { nameKindCluster, nameNode } from './kind-config.js';
import type { KindPrograms } from './kind-programs.js';
import { removeCluster, removeClusterNow } from './remove-cluster.js';
import { type NodeImage, startKindParts } from './start-kind.js';
import { tellLeftovers } from './tell-leftovers.js';
import { timeSteps } from './time-steps.js';

export interface StartKindOptions extends StartClusterOptions {
  /** Leaves it running after this process has ended, until somebody takes it down. */
  background?: boolean;
  programs: KindPrograms;
  engine: DockerEngine;
  nodeImage: NodeImage;
  /** Endpoint that the operator reads from instead of the store itself, such as a proxy before it. */
  operatorStoreUrl?: string;
}

/**
 * Starts a cluster of one node in a Docker engine, with the operator by its own chart, webhook and certificate
 * controller on, and a parameter store beside it.
 *
 * What other harnesses left behind is removed before.
 *
 * @throws SluiceError `CLUSTER_EXISTS`, the errors of having the programs; everything that was started is gone then.
 */
export async function startKind(options: StartKindOptions): Promise<KindCluster> {
  const { env = process.env, onStep } = options;
  const cacheFolder = options.cacheFolder ?? findCacheFolder(env);
  const name = requireClusterName(options.name ?? makeClusterName());
  await tellLeftovers(cacheFolder, onStep);
  const state = await draftKindState(name);
  const folder = await claimCluster(cacheFolder, state);
  const release = endWithProcess(() => removeClusterNow(folder, folder.read() ?? state));
  try {
    const cluster = await start({ options, folder, state, release });
    if (options.background) cluster.detach();
    return cluster;
  } catch (error) {
    const tell = (failure: unknown): void => {
      onStep?.({ subject: name, state: 'note', text: String(failure) });
    };
    await removeCluster(folder, folder.read() ?? state).catch(tell);
    release();
    throw error;
  }
}

interface Claimed {
  options: StartKindOptions;
  folder: ClusterFolder;
  state: KindState;
  release: () => void;
}

async function start({ options, folder, state, release }: Claimed): Promise<KindCluster> {
  const { env = process.env, signal, onStep, engine, programs, nodeImage } = options;
  const begin = performance.now();
  await mkdir(state.dataFolder, { mode: 0o700 });
  const clusterName = nameKindCluster(state.name);
  const record = {
    clusterName,
    node: nameNode(clusterName),
    nodeImage: nodeImage.image,
    program: programs.kind.path,
    docker: engine.docker,
    engineEnv: engine.env,
  };
  state.kind = record;
  folder.write(state);
  const host = new ProcessHost({
    folder: state.dataFolder,
    env,
    signal,
    // What is written down is removed by what is written down.
    cleanUp: new CleanUp(),
    record: (component) => {
      state.components = [...state.components.filter(({ name }) => name !== component.name), component];
      folder.write(state);
    },
  });
  try {
    const { connection, ready } = await startKindParts({
      folder,
      state,
      record,
      engine,
      nodeImage,
      programs,
      host,
      operatorStoreUrl: options.operatorStoreUrl,
      time: timeSteps(onStep),
    });
    state.ready = { ...ready, startedInMs: Math.round(performance.now() - begin) };
    folder.write(state);
    return new KindCluster(folder, state, { ready: state.ready, connection, release });
  } finally {
    host.detach();
  }
}
