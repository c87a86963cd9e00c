import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DockerEngine } from '../docker/docker-engine.js';
import { findDockerEngine } from '../docker/find-docker-engine.js';
import { prepareOwnDockerEngine, startOwnDockerEngine } from '../docker/start-own-engine.js';
import { endWithProcess } from '../exec/end-with-process.js';
import { findCacheFolder } from '../toolchain/cache-folder.js';
import type { ToolchainOptions } from '../toolchain/toolchain-options.js';
import { CleanUp } from './clean-up.js';
import type { ClusterProvider, StartClusterOptions } from './cluster.js';
import {
  type ClusterFolder,
  claimCluster,
  type KindRecord,
  type KindState,
  requireClusterName,
} from './cluster-state.js';
import { ProcessHost } from './component-host.js';
import { draftKindState, makeClusterName } from './draft-state.js';
import { KindCluster } from './kind-cluster.js';
import { nameKindCluster, nameNode } from './kind-config.js';
import { exportFailureLogs } from './kind-logs.js';
import { ensureKindParts, type KindParts } from './kind-parts.js';
import { removeCluster, removeClusterNow } from './remove-cluster.js';
import { findReusable } from './reuse-kind.js';
import { startKindParts } from './start-kind.js';
import { tellLeftovers } from './tell-leftovers.js';
import { timeSteps } from './time-steps.js';

export interface StartKindOptions extends StartClusterOptions {
  /** Leaves it running after this process has ended, until somebody takes it down. */
  background?: boolean;
  /** Takes the one of this name that runs, and leaves it or the one that is started instead running. Default false. */
  reuse?: boolean;
  /** Image of the node, which decides the version of Kubernetes. Default: kind's own, else one that is made here. */
  nodeImage?: string;
  /** Installs missing packages of this machine where a Docker engine must be started. Default: only in CI. */
  installHostPackages?: boolean;
  /** The controller of Sealed Secrets too. Default false. */
  sealedSecrets?: boolean;
  /** Endpoint that the operator reads from instead of the store itself, such as a proxy before it. */
  operatorStoreUrl?: string;
}

/** What `onStep` tells of, in its order. */
export const KIND_STEPS = ['docker', 'node', 'images', 'parameter-store', 'external-secrets'] as const;

/** A kind cluster: pods run in it. */
export const kindProvider: ClusterProvider = {
  name: 'kind',
  start: async (options) => await startKind(options),
};

/**
 * Starts a kind cluster of one node, with the operator by its own chart, webhook and certificate controller on, and a
 * parameter store beside it.
 *
 * What other harnesses left behind is removed before.
 *
 * @throws SluiceError `CLUSTER_EXISTS`, `NODE_IMAGE_MISSING`, the errors of having the programs and of starting a Docker
 * engine; CommandError `KIND_CREATE_FAILED`. Everything that was started is gone then, and where there was a node its
 * logs are in a folder that `onStep` tells.
 */
export async function startKind(options: StartKindOptions = {}): Promise<KindCluster> {
  const { env = process.env, onStep } = options;
  const cacheFolder = options.cacheFolder ?? findCacheFolder(env);
  const name = requireClusterName(options.name ?? makeClusterName());
  await tellLeftovers(cacheFolder, onStep);
  const running = options.reuse ? await findReusable(cacheFolder, name, onStep) : undefined;
  if (running !== undefined) return running;
  const { tools, engine, parts } = await prepareKind(options);
  const state = await draftKindState(name);
  const folder = await claimCluster(cacheFolder, state);
  const release = endWithProcess(() => removeClusterNow(folder, folder.read() ?? state));
  try {
    const cluster = await start({ options, tools, found: engine, parts, folder, state, release });
    if (options.background || options.reuse) cluster.detach();
    return options.reuse ? cluster.lend() : cluster;
  } catch (error) {
    const tell = (text: string): void => onStep?.({ subject: name, state: 'note', text });
    const last = folder.read() ?? state;
    if (!options.signal?.aborted) await exportFailureLogs(cacheFolder, last, tell);
    await removeCluster(folder, last).catch((failure: unknown) => tell(String(failure)));
    release();
    throw error;
  }
}

/** What a kind cluster is started from. */
export interface PreparedKind {
  /** The engine of this machine; undefined where one is started for each cluster. */
  engine: DockerEngine | undefined;
  parts: KindParts;
  tools: Omit<ToolchainOptions, 'onProgress'>;
}

/**
 * Finds or builds everything that a kind cluster is made of, and starts nothing: minutes the first time.
 *
 * @throws SluiceError as `startKind`, before long work where no engine can be had.
 */
export async function prepareKind(options: StartKindOptions = {}): Promise<PreparedKind> {
  const { env = process.env, signal, onStep, nodeImage, sealedSecrets, installHostPackages } = options;
  const cacheFolder = options.cacheFolder ?? findCacheFolder(env);
  const tools = { env, cacheFolder, ...(signal === undefined ? {} : { signal }) };
  const onProgress = tellPreparing(options, 'docker');
  const engine = await findDockerEngine({ ...tools, onProgress });
  if (engine === undefined) await prepareOwnDockerEngine({ ...tools, onProgress, installHostPackages });
  const parts = await ensureKindParts({
    ...tools,
    ...{ engine, nodeImage, sealedSecrets, installHostPackages, onStep },
  });
  return { engine, parts, tools };
}

interface Claimed {
  options: StartKindOptions;
  tools: Omit<ToolchainOptions, 'onProgress'>;
  /** The engine of this machine. */
  found: DockerEngine | undefined;
  parts: KindParts;
  folder: ClusterFolder;
  state: KindState;
  release: () => void;
}

async function start(claimed: Claimed): Promise<KindCluster> {
  const { options, found, parts, folder, state, release } = claimed;
  const begin = performance.now();
  const time = timeSteps(options.onStep);
  await mkdir(state.dataFolder, { mode: 0o700 });
  const write = (): void => folder.write(state);
  const engine = await time(
    'docker',
    found === undefined ? 'an engine of its own' : `engine ${found.version}`,
    async () => found ?? (await startEngine(claimed, write)),
  );
  const record = describeKind(claimed, engine);
  state.kind = record;
  write();
  const host = new ProcessHost({
    folder: state.dataFolder,
    env: options.env ?? process.env,
    signal: options.signal,
    // What is written down is removed by what is written down.
    cleanUp: new CleanUp(),
    record: (component) => {
      state.components = [...state.components.filter(({ name }) => name !== component.name), component];
      write();
    },
  });
  try {
    const { operatorStoreUrl } = options;
    const { connection, ready } = await startKindParts({
      ...{ folder, state, record, engine, parts, host, operatorStoreUrl, time, write },
    });
    state.ready = { ...ready, startedInMs: Math.round(performance.now() - begin) };
    write();
    return new KindCluster(folder, state, { ready: state.ready, connection, release });
  } finally {
    host.detach();
    engine.detach();
  }
}

async function startEngine(
  { options, tools, parts, state }: Claimed,
  write: () => void,
): Promise<DockerEngine> {
  const { reference, archive } = parts.node;
  return await startOwnDockerEngine({
    ...tools,
    onProgress: tellPreparing(options, 'docker'),
    folder: join(state.dataFolder, 'docker'),
    installHostPackages: options.installHostPackages,
    ...(archive === undefined ? {} : { image: { reference, archive } }),
    onRecord: (record) => {
      state.engine = record;
      write();
    },
  });
}

function tellPreparing({ onStep }: StartKindOptions, subject: string): (text: string) => void {
  return (text) => onStep?.({ subject, state: 'preparing', text });
}

function describeKind({ options, parts, state }: Claimed, engine: DockerEngine): KindRecord {
  const clusterName = nameKindCluster(state.name);
  const { env = process.env } = options;
  return {
    clusterName,
    node: nameNode(clusterName),
    network: env['KIND_EXPERIMENTAL_DOCKER_NETWORK'] || 'kind',
    nodeImage: parts.node.reference,
    program: parts.kind,
    docker: engine.docker,
    engineEnv: engine.env,
  };
}
