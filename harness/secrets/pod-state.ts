import type { KubeClient } from '../kube/kube-client.js';
import { readConditions } from '../kube/wait-for-condition.js';
import type { JsonObject, KubernetesObject } from '../manifest/manifest.js';
import { readName, readObject, readObjects, readStringMap } from '../manifest/read-json.js';

/** Something that keeps a pod from running. */
export interface PodTrouble {
  pod: string;
  /** Undefined where it is about the pod as a whole. */
  container: string | undefined;
  /** Kubernetes' own word, such as `CreateContainerConfigError`, `Unschedulable`. */
  reason: string;
  message: string;
}

/** Reasons of a container that only waits for its turn. */
const USUAL = new Set(['ContainerCreating', 'PodInitializing']);

/** What keeps a pod from running, by its status; empty for one that runs or is on its way. */
export function listPodTroubles(pod: KubernetesObject): PodTrouble[] {
  const { name } = pod.metadata;
  const status = readObject(pod, 'status');
  const troubles: PodTrouble[] = [];
  for (const { type, status: holds, reason, message } of readConditions(pod)) {
    if (type === 'PodScheduled' && holds === 'False')
      troubles.push({ pod: name, container: undefined, reason, message });
  }
  for (const { item } of [
    ...readObjects(status, 'initContainerStatuses'),
    ...readObjects(status, 'containerStatuses'),
  ]) {
    const trouble = findContainerTrouble(item);
    if (trouble !== undefined) troubles.push({ pod: name, container: readName(item, 'name'), ...trouble });
  }
  return troubles;
}

function findContainerTrouble(status: JsonObject): { reason: string; message: string } | undefined {
  const waiting = readObject(readObject(status, 'state'), 'waiting');
  const reason = readName(waiting, 'reason');
  if (reason === undefined || USUAL.has(reason)) return undefined;
  const ended = readObject(readObject(status, 'lastState'), 'terminated');
  const code = ended?.['exitCode'];
  const message = readName(waiting, 'message') ?? '';
  return {
    reason,
    message: typeof code === 'number' ? `${message} (it ended with exit code ${code})`.trim() : message,
  };
}

/** The troubles of a workload's pods as lines, each once. */
export async function describePodTroubles(
  client: KubeClient,
  workload: KubernetesObject,
  signal?: AbortSignal,
): Promise<string[]> {
  const labelSelector = formatSelector(workload);
  const namespace = readName(workload.metadata, 'namespace');
  const pods = await client.list({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector, signal });
  return [...new Set(pods.flatMap(listPodTroubles).map(formatPodTrouble))];
}

/** `pod shop-1 › app: CreateContainerConfigError: secret "shop-app" not found`. */
export function formatPodTrouble({ pod, container, reason, message }: PodTrouble): string {
  const place = container === undefined ? `pod ${pod}` : `pod ${pod} › ${container}`;
  return `${place}: ${reason}${message === '' ? '' : `: ${message}`}`;
}

/** The labels by which a workload finds its pods, as kubectl takes them. */
export function formatSelector(workload: KubernetesObject): string {
  const selector = readObject(readObject(workload, 'spec'), 'selector');
  return Object.entries(readStringMap(selector, 'matchLabels'))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
