import type { JsonObject, KubernetesObject } from '../manifest/manifest.js';
import { readName, readObject, readObjects, readString } from '../manifest/read-json.js';

/** The kubelet's words for an image that is not there and cannot be pulled. */
const IMAGE_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
]);

/** A volume may have to be found first; what has no place after this long gets none by waiting. */
const UNSCHEDULABLE_FOR_MS = 10_000;

/** Why a pod cannot run on a cluster, for reasons that are none of the release's. */
export interface Obstacle {
  reason: string;
  /** Kubernetes' own words; empty where there are none. */
  words: string;
}

/** What keeps a pod from running on this cluster; undefined where nothing shows that anything does. */
export function findObstacle(pod: KubernetesObject, now: Date): Obstacle | undefined {
  for (const status of listStatuses(pod)) {
    const waiting = readObject(readObject(status, 'state'), 'waiting');
    const reason = readName(waiting, 'reason');
    if (reason !== undefined && IMAGE_REASONS.has(reason)) {
      const words = (readName(waiting, 'message') ?? '').trim();
      return { reason: `image ${nameImage(pod, status)} cannot be had: ${reason}`, words };
    }
    if (reason === 'CrashLoopBackOff') return describeEnd(status);
  }
  for (const condition of readObjects(readObject(pod, 'status'), 'conditions').map(({ item }) => item)) {
    if (readName(condition, 'type') !== 'PodScheduled' || readName(condition, 'status') !== 'False') continue;
    const since = Date.parse(readString(condition, 'lastTransitionTime') ?? '');
    if (now.getTime() - since < UNSCHEDULABLE_FOR_MS) continue;
    return { reason: 'no node takes its pods', words: readName(condition, 'message') ?? '' };
  }
  return undefined;
}

function listStatuses(pod: KubernetesObject): JsonObject[] {
  const status = readObject(pod, 'status');
  return [...readObjects(status, 'initContainerStatuses'), ...readObjects(status, 'containerStatuses')].map(
    ({ item }) => item,
  );
}

// What was made up for its secrets is nothing that every application starts with.
function describeEnd(status: JsonObject): Obstacle {
  const ended = readObject(readObject(status, 'lastState'), 'terminated');
  const code = ended?.['exitCode'];
  const how = typeof code === 'number' ? `ends with exit code ${code}` : 'ends';
  return {
    reason: `container ${readName(status, 'name') ?? ''} ${how} each time it is started`,
    words: 'its secrets are made up here; kubectl logs --previous tells what it said',
  };
}

// The status tells the image as the runtime knows it, the spec as people wrote it.
function nameImage(pod: KubernetesObject, status: JsonObject): string {
  const spec = readObject(pod, 'spec');
  const containers = [...readObjects(spec, 'initContainers'), ...readObjects(spec, 'containers')];
  const own = containers.find(({ item }) => readName(item, 'name') === readName(status, 'name'));
  return readName(own?.item, 'image') ?? readName(status, 'image') ?? '';
}
