import { waitUntil } from '../exec/wait-until.js';
import type { KubeClient } from '../kube/kube-client.js';
import type { KubernetesObject } from '../manifest/manifest.js';
import { readName, readObject, readObjects } from '../manifest/read-json.js';

/** Pods by their labels. */
export interface PodGroup {
  namespace: string;
  /** Such as `app.kubernetes.io/name=external-secrets`. */
  labelSelector: string;
}

export interface WaitForOthersOptions {
  /** From `readContainers`, of before. */
  than: ReadonlySet<string>;
  timeoutMs: number;
  signal: AbortSignal;
}

/** The containers of pods by the runtime's ids, each of which is given once. */
export async function readContainers(
  client: KubeClient,
  groups: readonly PodGroup[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const pods = await Promise.all(groups.map(async (group) => await listPods(client, group, signal)));
  return new Set(pods.flat().flatMap((pod) => listContainers(pod).flatMap(({ id }) => id ?? [])));
}

/**
 * Waits until the pods of every group run other containers than before, all of them ready.
 *
 * The conditions of Deployments and nodes tell for a while of what was before: they come from others, who look later. A
 * pod's status tells at once which container it is about and whether that is ready.
 *
 * @throws SluiceError `NOT_IN_TIME`.
 */
export async function waitForOtherContainers(
  client: KubeClient,
  groups: readonly PodGroup[],
  { than, ...options }: WaitForOthersOptions,
): Promise<void> {
  await waitUntil(
    async (ended) => {
      for (const group of groups) {
        const pods = (await listPods(client, group, ended)).filter((pod) => !hasEnded(pod));
        if (pods.length === 0) throw new Error(`${group.labelSelector}: no pods`);
        const late = pods.find((pod) => !runsOthers(pod, than));
        if (late !== undefined) throw new Error(`pod ${late.metadata.name}: not yet`);
      }
    },
    { ...options, what: `${groups.map((group) => group.labelSelector).join(', ')}: other containers ready` },
  );
}

function hasEnded(pod: KubernetesObject): boolean {
  return ['Succeeded', 'Failed'].includes(readName(readObject(pod, 'status'), 'phase') ?? '');
}

function runsOthers(pod: KubernetesObject, than: ReadonlySet<string>): boolean {
  // It may have started its container after the others were read.
  if (pod.metadata['deletionTimestamp'] !== undefined) return false;
  const containers = listContainers(pod);
  return (
    containers.length > 0 &&
    containers.every(({ id, isReady }) => id !== undefined && isReady && !than.has(id))
  );
}

function listContainers(pod: KubernetesObject) {
  return readObjects(readObject(pod, 'status'), 'containerStatuses').map(({ item }) => ({
    id: readName(item, 'containerID'),
    isReady: item['ready'] === true,
  }));
}

async function listPods(client: KubeClient, group: PodGroup, signal: AbortSignal) {
  return await client.list({ apiVersion: 'v1', kind: 'Pod', ...group, signal });
}
