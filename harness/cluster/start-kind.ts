import type { DockerEngine } from '../docker/docker-engine.js';
import { type ReservedPort, reservePort } from '../exec/reserve-port.js';
import { waitUntil } from '../exec/wait-until.js';
import { KubeClient } from '../kube/kube-client.js';
import type { KubeConnection } from '../kube/kube-connection.js';
import { installOperator } from '../platform/install-operator.js';
import type { ParameterStore } from '../platform/parameter-store.js';
import { startParameterStore } from '../platform/start-parameter-store.js';
import type { ClusterFolder, KindRecord, KindState, ReadyState } from './cluster-state.js';
import type { ProcessHost } from './component-host.js';
import { readKindKubeconfig } from './kind-kubeconfig.js';
import { createNode, findNodeProcess, loadArchive, runDocker, waitForNode } from './kind-node.js';
import type { KindPrograms } from './kind-programs.js';
import type { TimeStep } from './time-steps.js';
import { untilOneFails } from './until-one-fails.js';

const HOST_ADDRESS_WITHIN_MS = 60_000;

/** Image of the node: one that the engine has or can have, or an archive that is loaded into it. */
export interface NodeImage {
  image: string;
  /** File that `docker load` takes. */
  archive?: string | undefined;
}

export interface KindStart {
  folder: ClusterFolder;
  state: KindState;
  record: KindRecord;
  engine: DockerEngine;
  nodeImage: NodeImage;
  programs: KindPrograms;
  /** Where the parameter store runs. */
  host: ProcessHost;
  /** Where the operator reads from instead of the store itself. */
  operatorStoreUrl: string | undefined;
  time: TimeStep;
}

export interface KindStarted {
  connection: KubeConnection;
  ready: Omit<ReadyState, 'startedInMs'>;
}

/** Starts everything of a kind cluster, side by side where one does not need another, until all of it works. */
export async function startKindParts(start: KindStart): Promise<KindStarted> {
  const { host, record, folder, state } = start;
  const place = promiseStorePlace(start);
  const [store, node] = await untilOneFails(host, [
    startStore(start, place),
    startNode(start, place),
    loadImages(start),
  ]);
  const nodeProcess = await findNodeProcess(record);
  state.kind = { ...record, ...(nodeProcess === undefined ? {} : { nodeProcess }) };
  folder.write(state);
  return {
    connection: node.connection,
    ready: {
      apiServer: node.connection.server,
      kubernetesVersion: node.kubernetesVersion,
      operatorVersion: start.programs.operator.version,
      parameterStore: store,
    },
  };
}

/** Where the parameter store will be, known before it is there. */
interface StorePlace {
  url: string;
  port: ReservedPort;
}

// An engine of ours has its address at once. In another it comes with the docker network that the node needs too.
function promiseStorePlace({ engine, host, record, folder, state }: KindStart): Promise<StorePlace> {
  const find = async (): Promise<StorePlace> => {
    const address = await waitUntil(async () => await engine.findHostAddress(), {
      what: 'the address at which containers reach this machine',
      timeoutMs: HOST_ADDRESS_WITHIN_MS,
      intervalMs: 250,
      signal: host.signal,
    });
    record.hostAddress = address;
    state.kind = record;
    folder.write(state);
    const port = await reservePort(address);
    return { port, url: `http://${address}:${port.port}` };
  };
  const place = find();
  // Told by whoever needs it.
  place.catch(() => undefined);
  return place;
}

async function startStore({ host, programs, time }: KindStart, place: Promise<StorePlace>) {
  const { store } = programs;
  return await time<ParameterStore>('parameter-store', `${store.name} ${store.version}`, async () => {
    return await startParameterStore(store, (await place).port, host);
  });
}

async function startNode(start: KindStart, place: Promise<StorePlace>) {
  const { engine, nodeImage, record, folder, host, programs, time } = start;
  const { signal } = host;
  await time('node', nodeImage.image, async () => {
    if (nodeImage.archive !== undefined) {
      await runDocker(record, ['load', '--quiet', `--input=${nodeImage.archive}`], signal);
    }
    await createNode({ engine, record, kubeconfig: folder.kubeconfig, signal });
  });
  const connection = await readKindKubeconfig(folder.kubeconfig);
  const client = new KubeClient(connection);
  try {
    const { operator } = programs;
    const [kubernetesVersion] = await untilOneFails(host, [
      readVersion(client, signal),
      waitForNode(client, record.node, signal),
      time('external-secrets', operator.version, async () => {
        await installOperator({
          client,
          kubeconfig: folder.kubeconfig,
          chart: operator.chart,
          crdBundle: operator.crdBundle,
          reference: operator.image.reference,
          storeEndpointUrl: start.operatorStoreUrl ?? (await place).url,
          signal,
        });
      }),
    ]);
    return { connection, kubernetesVersion };
  } finally {
    client.close();
  }
}

async function readVersion(client: KubeClient, signal: AbortSignal): Promise<string> {
  const text = await client.send({ method: 'GET', path: '/version', signal });
  return (JSON.parse(text) as { gitVersion: string }).gitVersion.replace(/^v/u, '');
}

// While the control plane comes up.
async function loadImages({ record, programs, host, time }: KindStart): Promise<void> {
  const { reference, file } = programs.operator.image;
  await time('images', reference, async () => await loadArchive(record, file, host.signal));
}
