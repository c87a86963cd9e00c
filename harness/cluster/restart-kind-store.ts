import { join } from 'node:path';
import { stopProcess } from '../exec/stop-process.js';
import type { ParameterStore } from '../platform/parameter-store.js';
import { startParameterStore } from '../platform/start-parameter-store.js';
import { restartStoreContainer, waitForStore } from '../platform/store-container.js';
import { CleanUp } from './clean-up.js';
import type { ClusterFolder, ClusterState, KindRecord } from './cluster-state.js';
import { ProcessHost } from './component-host.js';
import { prepareStore } from './embedded-programs.js';
import { findProcess } from './kind-node.js';

export interface RestartStoreOptions {
  /** As a power cut does. */
  kill: boolean;
  signal: AbortSignal;
}

/** Ends a cluster's parameter store, whoever started it, and starts it again; done when it answers. */
export async function restartKindStore(
  folder: ClusterFolder,
  state: ClusterState,
  options: RestartStoreOptions,
): Promise<void> {
  const { kind } = state;
  if (kind?.storeContainer === undefined) await restartProcess(folder, state, options);
  else await restartContainer(folder, { kind, name: kind.storeContainer }, options);
}

async function restartContainer(
  folder: ClusterFolder,
  { kind, name }: { kind: KindRecord; name: string },
  { kill, signal }: RestartStoreOptions,
): Promise<void> {
  const { storeProcess: _, ...rest } = kind;
  // Nobody is to take it for dead meanwhile.
  update(folder, () => ({ kind: rest }));
  const options = {
    engine: { docker: kind.docker, env: kind.engineEnv },
    name,
    network: kind.network,
    signal,
  };
  const store = await restartStoreContainer(options, { kill });
  update(folder, ({ ready }) => (ready === undefined ? {} : { ready: { ...ready, parameterStore: store } }));
  await waitForStore(options, store);
  const storeProcess = await findProcess(kind, name);
  if (storeProcess !== undefined) update(folder, () => ({ kind: { ...rest, storeProcess } }));
}

async function restartProcess(
  folder: ClusterFolder,
  { components, dataFolder, ready }: ClusterState,
  { kill, signal }: RestartStoreOptions,
): Promise<void> {
  const old = components.find(({ name }) => name === 'parameter-store');
  if (old === undefined || dataFolder === undefined || ready === undefined) {
    throw new Error('the cluster has no parameter store of its own');
  }
  // Nobody is to take it for dead meanwhile.
  update(folder, (state) => ({ components: state.components.filter(({ name }) => name !== old.name) }));
  await stopProcess(old, kill ? 0 : old.graceMs);
  const program = await prepareStore({ cacheFolder: join(folder.path, '..', '..') });
  const host = new ProcessHost({
    folder: dataFolder,
    env: process.env,
    signal,
    cleanUp: new CleanUp(),
    record: (component) => update(folder, (state) => ({ components: [...state.components, component] })),
  });
  try {
    await startParameterStore(program, readPlace(ready.parameterStore), host);
  } finally {
    host.detach();
  }
}

function readPlace({ endpointUrl = '' }: ParameterStore) {
  const { hostname, port } = new URL(endpointUrl);
  return { host: hostname, port: Number(port), release: async () => undefined };
}

function update(folder: ClusterFolder, change: (state: ClusterState) => Partial<ClusterState>): void {
  const state = folder.read();
  if (state !== undefined) folder.write({ ...state, ...change(state) });
}
