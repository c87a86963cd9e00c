import { waitUntil } from '../exec/wait-until.js';
import { installRelease } from '../helm/helm-release.js';
import type { KubeClient } from '../kube/kube-client.js';
import type { ObjectReference } from '../kube/resource-paths.js';
import { waitForCondition } from '../kube/wait-for-condition.js';
import type { KubernetesObject } from '../manifest/manifest.js';
import { readObject, readObjects, readStringMap } from '../manifest/read-json.js';
import { installCustomResources } from './custom-resources.js';
import { redirectAws, requireWorkers } from './external-secrets.js';
import { OPERATOR_NAMESPACE } from './operator-access.js';
import { chooseOperatorValues } from './operator-chart.js';
import { type PodGroup, readContainers, waitForOtherContainers } from './other-containers.js';
import { readPodLog } from './pod-log.js';

const READY_WITHIN_MS = 120_000;

/** Release of the operator, and the name that its chart gives to what it makes. */
const RELEASE = 'external-secrets';
const DEPLOYMENTS = [RELEASE, `${RELEASE}-cert-controller`, `${RELEASE}-webhook`];

/** Its pods: of its controllers, its certificate controller and its webhook. */
export const OPERATOR_PODS: readonly PodGroup[] = DEPLOYMENTS.map(selectPods);

export interface InstallOperatorOptions {
  client: KubeClient;
  kubeconfig: string;
  /** Folder of the chart, from `ensureOperatorChart`. */
  chart: string;
  /** YAML file with all CustomResourceDefinitions. */
  crdBundle: string;
  /** Image that the nodes have or can pull. */
  reference: string;
  /** As pods reach it. */
  storeEndpointUrl: string | undefined;
  /** Nothing that runs in pods is installed before it is fulfilled. */
  beforePods: Promise<void>;
  signal: AbortSignal;
}

/**
 * Installs the operator by its own chart, with its webhook and its certificate controller, and waits until its
 * controllers work and its webhook answers.
 *
 * @throws CommandError `INSTALL_FAILED`, SluiceError `NOT_IN_TIME` with what was seen last; KubeApiError.
 */
export async function installOperator(options: InstallOperatorOptions): Promise<void> {
  const { client, kubeconfig, chart, crdBundle, reference, storeEndpointUrl, signal } = options;
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: OPERATOR_NAMESPACE } };
  await Promise.all([
    client.apply(namespace, { signal }),
    installCustomResources(crdBundle, client, signal),
    options.beforePods,
  ]);
  await installRelease(
    { kubeconfig, namespace: OPERATOR_NAMESPACE, signal },
    { chart, release: RELEASE, values: chooseOperatorValues({ reference, storeEndpointUrl }) },
  );
  await hastenWebhook(client, signal);
  await waitForOperator(client, signal);
}

/** Waits until the operator's controllers work and its webhook answers. */
export async function waitForOperator(client: KubeClient, signal: AbortSignal): Promise<void> {
  await Promise.all(
    DEPLOYMENTS.map(async (name) => {
      const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name, namespace: OPERATOR_NAMESPACE };
      await waitForCondition(client, reference, { type: 'Available', timeoutMs: READY_WITHIN_MS, signal });
    }),
  );
  const options = { timeoutMs: READY_WITHIN_MS, signal };
  await Promise.all([
    waitUntil(async (ended) => requireWorkers(await readOperatorLog(client, 2000, ended)), {
      ...options,
      what: 'external-secrets: its controllers work',
    }),
    waitUntil(async (ended) => await askWebhook(client, ended), {
      ...options,
      what: 'external-secrets: its webhook answers',
    }),
  ]);
}

/** Last lines of the operator's log; none where it has no pod. */
export async function readOperatorLog(
  client: KubeClient,
  lines: number,
  signal?: AbortSignal,
): Promise<string[]> {
  const pods = await listPods(client, RELEASE, signal);
  const newest = pods.at(-1);
  return newest === undefined ? [] : await readPodLog(client, newest, { lines, signal });
}

/** Ends the operator's pod, at once, as a power cut would, with `kill`; waits until its successor works. */
export async function replaceOperator(
  client: KubeClient,
  { kill, signal }: { kill: boolean; signal: AbortSignal },
): Promise<void> {
  const before = await readContainers(client, [selectPods(RELEASE)], signal);
  await removePods(client, RELEASE, { kill, signal });
  await waitForSuccessor(client, before, signal);
}

/** Leads the operator to another store, as pods reach it, and waits until it works with that. */
export async function redirectOperator(
  client: KubeClient,
  storeEndpointUrl: string,
  signal: AbortSignal,
): Promise<void> {
  const before = await readContainers(client, [selectPods(RELEASE)], signal);
  const reference = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: RELEASE,
    namespace: OPERATOR_NAMESPACE,
  };
  const deployment = await client.read(reference, { signal });
  const pod = readObject(readObject(readObject(deployment, 'spec'), 'template'), 'spec');
  const env = Object.entries(redirectAws(storeEndpointUrl)).map(([name, value]) => ({ name, value }));
  const containers = readObjects(pod, 'containers').map(({ item }) => ({ ...item, env }));
  await client.patch(reference, { spec: { template: { spec: { containers } } } }, { signal });
  await waitForSuccessor(client, before, signal);
}

async function waitForSuccessor(
  client: KubeClient,
  before: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const options = { than: before, timeoutMs: READY_WITHIN_MS, signal };
  await waitForOtherContainers(client, [selectPods(RELEASE)], options);
  await waitForOperator(client, signal);
}

// The webhook looks for its certificates once in ten seconds, and is shown new ones about once a minute: a pod that is
// made after them has them at once.
async function hastenWebhook(client: KubeClient, signal: AbortSignal): Promise<void> {
  const name = `${RELEASE}-webhook`;
  const secret = { apiVersion: 'v1', kind: 'Secret', name, namespace: OPERATOR_NAMESPACE };
  await waitUntil(
    async (ended) => {
      const object = await client.read(secret, { signal: ended });
      const data = object === undefined ? {} : readStringMap(object, 'data');
      if (data['tls.crt'] === undefined) throw new Error('no certificate in it');
    },
    { what: `Secret ${name}: made by the certificate controller`, timeoutMs: READY_WITHIN_MS, signal },
  );
  const before = await readContainers(client, [selectPods(name)], signal);
  await removePods(client, name, { kill: true, signal });
  // Else one that was ready already would be taken for its successor.
  const options = { than: before, timeoutMs: READY_WITHIN_MS, signal };
  await waitForOtherContainers(client, [selectPods(name)], options);
}

function selectPods(name: string): PodGroup {
  return { namespace: OPERATOR_NAMESPACE, labelSelector: `app.kubernetes.io/name=${name}` };
}

async function listPods(client: KubeClient, name: string, signal: AbortSignal | undefined) {
  const pods = await client.list({ apiVersion: 'v1', kind: 'Pod', ...selectPods(name), signal });
  return pods.sort((a, b) => readCreation(a).localeCompare(readCreation(b)));
}

function readCreation({ metadata }: KubernetesObject): string {
  return String(metadata['creationTimestamp']);
}

async function removePods(
  client: KubeClient,
  name: string,
  { kill, signal }: { kill: boolean; signal: AbortSignal },
): Promise<void> {
  const grace = kill ? '?gracePeriodSeconds=0' : '';
  for (const { metadata } of await listPods(client, name, signal)) {
    const path = `/api/v1/namespaces/${OPERATOR_NAMESPACE}/pods/${metadata.name}${grace}`;
    await client.send({ method: 'DELETE', path, signal });
  }
}

// Nothing is made: the server asks its webhooks all the same.
async function askWebhook(client: KubeClient, signal: AbortSignal): Promise<void> {
  const metadata = { name: 'sluice-probe', namespace: OPERATOR_NAMESPACE };
  const apiVersion = 'external-secrets.io/v1';
  const secretStoreRef = { name: 'sluice-probe', kind: 'SecretStore' };
  const store = { provider: { aws: { service: 'ParameterStore', region: 'us-east-1' } } };
  const objects: KubernetesObject[] = [
    { apiVersion, kind: 'SecretStore', metadata, spec: store },
    {
      apiVersion,
      kind: 'ExternalSecret',
      metadata,
      spec: { secretStoreRef, dataFrom: [{ extract: { key: '/sluice/probe' } }] },
    },
  ];
  await Promise.all(
    objects.map(async (object) => {
      const reference: ObjectReference = { apiVersion, kind: object.kind, ...metadata };
      await client.tryText(JSON.stringify(object), reference, { signal });
    }),
  );
}
