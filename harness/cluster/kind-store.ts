import { type ReservedPort, reservePort } from '../exec/reserve-port.js';
import { waitUntil } from '../exec/wait-until.js';
import type { ParameterStore } from '../platform/parameter-store.js';
import { type PreparedStoreProgram, startParameterStore } from '../platform/start-parameter-store.js';
import {
  STORE_IMAGE,
  type StoreContainerOptions,
  startStoreContainer,
  waitForStore,
} from '../platform/store-container.js';
import type { KindRecord } from './cluster-state.js';
import { findProcess, runDocker } from './kind-node.js';
import type { KindStart } from './start-kind.js';

const NETWORK_WITHIN_MS = 60_000;

/** A parameter store from when it is known where it will be. */
export interface PromisedStore {
  /** Where pods will reach it. */
  podUrl: Promise<string>;
  ready: Promise<ParameterStore>;
}

/**
 * Starts the parameter store: as a container where the engine has its image, else as a process of this machine at the
 * address where containers reach that.
 */
export function startKindStore(start: KindStart): PromisedStore {
  const { store } = start.parts;
  return store === undefined ? startContainer(start) : startProcess(start, store);
}

function startProcess(start: KindStart, store: PreparedStoreProgram): PromisedStore {
  const { host, time } = start;
  const place = reservePlace(start);
  return {
    podUrl: quietly(place.then(({ url }) => url)),
    ready: time('parameter-store', `${store.name} ${store.version}`, async () => {
      return await startParameterStore(store, (await place).port, host);
    }),
  };
}

function startContainer(start: KindStart): PromisedStore {
  const { engine, record, time } = start;
  const container = runContainer(start);
  return {
    podUrl: quietly(container.then(({ podUrl = '' }) => podUrl)),
    ready: time('parameter-store', STORE_IMAGE, async () => {
      const store = await container;
      await waitForStore(describeContainer(start), store);
      const process = await findProcess(record, nameContainer(record));
      if (process !== undefined) record.storeProcess = process;
      // Not before: a docker network without containers is down, and its address nobody's.
      const address = await engine.findHostAddress().catch(() => undefined);
      if (address !== undefined) record.hostAddress = address;
      return store;
    }),
  };
}

// An engine of ours has its address at once. In another it comes with the docker network, which the node needs too.
async function reservePlace(start: KindStart): Promise<{ url: string; port: ReservedPort }> {
  const { engine, host, record } = start;
  const address = await waitUntil(async () => await engine.findHostAddress(), {
    what: 'the address at which containers reach this machine',
    timeoutMs: NETWORK_WITHIN_MS,
    intervalMs: 250,
    signal: host.signal,
  });
  record.hostAddress = address;
  start.write();
  const port = await reservePort(address);
  return { port, url: `http://${address}:${port.port}` };
}

async function runContainer(start: KindStart): Promise<ParameterStore> {
  const { host, record } = start;
  const { network } = record;
  await waitUntil(async (ended) => await runDocker(record, ['network', 'inspect', network], ended), {
    what: `docker network ${network}`,
    timeoutMs: NETWORK_WITHIN_MS,
    intervalMs: 250,
    signal: host.signal,
  });
  record.storeContainer = nameContainer(record);
  start.write();
  return await startStoreContainer(describeContainer(start));
}

function describeContainer({ engine, record, host }: KindStart): StoreContainerOptions {
  return { engine, name: nameContainer(record), network: record.network, signal: host.signal };
}

function nameContainer({ clusterName }: KindRecord): string {
  return `${clusterName}-parameter-store`;
}

// It is told by whoever waits for the store itself.
function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
