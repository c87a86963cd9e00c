import type { DockerEngine } from '../docker/docker-engine.js';
import { KubeClient } from '../kube/kube-client.js';
import type { KubeConnection } from '../kube/kube-connection.js';
import { installOperator } from '../platform/install-operator.js';
import { installReloader } from '../platform/install-reloader.js';
import { installSealedSecrets } from '../platform/install-sealed-secrets.js';
import type { ClusterFolder, KindRecord, KindState, ReadyState } from './cluster-state.js';
import type { ProcessHost } from './component-host.js';
import { hasImage, loadArchive, loadEngineImage } from './kind-images.js';
import { readKindKubeconfig } from './kind-kubeconfig.js';
import {
  createNode,
  findProcess,
  runDocker,
  waitForContainerd,
  waitForNode,
  waitForServices,
} from './kind-node.js';
import type { KindParts } from './kind-parts.js';
import { type PromisedStore, startKindStore } from './kind-store.js';
import type { TimeStep } from './time-steps.js';
import { untilOneFails } from './until-one-fails.js';

/** A start of a kind cluster with everything that it needs. */
export interface KindStart {
  folder: ClusterFolder;
  state: KindState;
  record: KindRecord;
  engine: DockerEngine;
  parts: KindParts;
  /** Where the parameter store runs, if it is a process. */
  host: ProcessHost;
  /** Where the operator reads from instead of the store itself. */
  operatorStoreUrl: string | undefined;
  time: TimeStep;
  /** Writes the state down. */
  write: () => void;
}

export interface KindStarted {
  connection: KubeConnection;
  ready: Omit<ReadyState, 'startedInMs'>;
}

/** Starts everything of a kind cluster, side by side where one does not need another, until all of it works. */
export async function startKindParts(start: KindStart): Promise<KindStarted> {
  const { host, record, parts } = start;
  const store = startKindStore(start);
  const loaded = loadImages(start);
  const [parameterStore, node] = await untilOneFails(host, [store.ready, startNode(start, store), loaded]);
  const nodeProcess = await findProcess(record, record.node);
  if (nodeProcess !== undefined) record.nodeProcess = nodeProcess;
  return {
    connection: node.connection,
    ready: {
      apiServer: node.connection.server,
      kubernetesVersion: node.kubernetesVersion,
      operatorVersion: parts.operator.version,
      parameterStore,
    },
  };
}

async function startNode(start: KindStart, store: PromisedStore) {
  const { engine, parts, record, folder, host, time } = start;
  await time('node', parts.node.reference, async () => {
    await provideNodeImage(start);
    const { kubeconfig } = folder;
    await createNode({ engine, record, kubeconfig, signal: host.signal, write: start.write });
  });
  const connection = await readKindKubeconfig(folder.kubeconfig);
  const client = new KubeClient(connection);
  try {
    const services = waitForServices(client, record, host.signal);
    const [kubernetesVersion] = await untilOneFails(host, [
      readVersion(client, host.signal),
      waitForNode(client, record.node, host.signal),
      services,
      installOperatorPart(start, client, { store, services }),
      services.then(async () => await installSealedSecretsPart(start, client)),
      services.then(async () => await installReloaderPart(start)),
    ]);
    return { connection, kubernetesVersion };
  } finally {
    client.close();
  }
}

async function provideNodeImage({ parts, record, host }: KindStart): Promise<void> {
  const { reference, archive } = parts.node;
  if (archive === undefined) return;
  // Most engines of our own have it from their start, others from the time before.
  if (await hasImage(record, reference)) return;
  await runDocker(record, ['load', '--quiet', `--input=${archive}`], host.signal);
}

async function installOperatorPart(
  start: KindStart,
  client: KubeClient,
  { store, services }: { store: PromisedStore; services: Promise<void> },
) {
  const { folder, host, time, operatorStoreUrl } = start;
  const { operator } = start.parts;
  await time('external-secrets', operator.version, async () => {
    await installOperator({
      client,
      kubeconfig: folder.kubeconfig,
      chart: operator.chart,
      crdBundle: operator.crdBundle,
      reference: operator.image.reference,
      storeEndpointUrl: operatorStoreUrl ?? (await store.podUrl),
      beforePods: services,
      signal: host.signal,
    });
  });
}

async function installSealedSecretsPart(start: KindStart, client: KubeClient): Promise<void> {
  const { folder, host, time } = start;
  const { sealedSecrets } = start.parts;
  if (sealedSecrets === undefined) return;
  await time('sealed-secrets', sealedSecrets.version, async () => {
    await installSealedSecrets({
      client,
      kubeconfig: folder.kubeconfig,
      chart: sealedSecrets.chart,
      reference: sealedSecrets.image.reference,
      signal: host.signal,
    });
  });
}

// Its chart is in a registry too, which may refuse what another has given.
async function installReloaderPart({ parts, folder, host, time, state }: KindStart): Promise<void> {
  const { reloader } = parts;
  if (reloader === undefined) return;
  const installing = time('reloader', reloader.reference, async () => {
    await installReloader(folder.kubeconfig, host.signal);
  });
  const installed = await installing.then(
    () => true,
    () => false,
  );
  if (installed) state.capabilities = ['pods', 'reloader'];
}

async function readVersion(client: KubeClient, signal: AbortSignal): Promise<string> {
  const text = await client.send({ method: 'GET', path: '/version', signal });
  return (JSON.parse(text) as { gitVersion: string }).gitVersion.replace(/^v/u, '');
}

// While the control plane comes up.
async function loadImages({ record, parts, host, time }: KindStart): Promise<void> {
  const all = [parts.operator.image, parts.sealedSecrets?.image, parts.reloader].filter(
    (image) => image !== undefined,
  );
  const text = all.map(({ reference }) => reference).join(', ');
  await time('images', text, async () => {
    await waitForContainerd(record, host.signal);
    for (const { archive, reference } of all) {
      if (archive !== undefined) await loadArchive(record, archive, host.signal);
      else await loadEngineImage(record, { reference, folder: host.folder, signal: host.signal });
    }
  });
}
