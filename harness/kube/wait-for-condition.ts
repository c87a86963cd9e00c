import { type WaitOptions, waitUntil } from '../exec/wait-until.js';
import type { JsonObject, KubernetesObject } from '../manifest/manifest.js';
import { readObject, readObjects, readString } from '../manifest/read-json.js';
import type { KubeClient } from './kube-client.js';
import { formatReference, type ObjectReference } from './resource-paths.js';

/** A condition as an object's status tells it. */
export interface ObjectCondition {
  type: string;
  /** `True`, `False` or `Unknown`. */
  status: string;
  reason: string;
  message: string;
}

/** Every condition in an object's status. */
export function readConditions(object: KubernetesObject): ObjectCondition[] {
  return readObjects(readObject(object, 'status'), 'conditions').map(({ item }) => ({
    type: readText(item, 'type'),
    status: readText(item, 'status'),
    reason: readText(item, 'reason'),
    message: readText(item, 'message'),
  }));
}

/** `Ready=False SecretSyncedError: could not get secret data`, or what an object without conditions says. */
export function formatConditions(object: KubernetesObject): string {
  const all = readConditions(object).map(({ type, status, reason, message }) =>
    `${type}=${status} ${reason}${message === '' ? '' : `: ${message}`}`.trimEnd(),
  );
  return all.length === 0 ? 'no conditions yet' : all.join('; ');
}

export interface WaitForConditionOptions extends Omit<WaitOptions, 'what'> {
  /** Such as `Ready`, `Established`. */
  type: string;
  /** Default `True`. */
  status?: string;
  /** A reason that must be given too. */
  reason?: string;
}

/**
 * Waits until an object has a condition, and gives the object.
 *
 * @throws SluiceError `NOT_IN_TIME` with the conditions that were seen last.
 */
export async function waitForCondition(
  client: KubeClient,
  reference: ObjectReference,
  { type, status = 'True', reason, ...options }: WaitForConditionOptions,
): Promise<KubernetesObject> {
  const wanted = `${type}=${status}${reason === undefined ? '' : ` ${reason}`}`;
  return await waitUntil(
    async (signal) => {
      const object = await client.read(reference, { signal });
      if (object === undefined) throw new Error('there is no such object');
      const reached = readConditions(object).some(
        (one) =>
          one.type === type && one.status === status && (reason === undefined || one.reason === reason),
      );
      if (!reached) throw new Error(formatConditions(object));
      return object;
    },
    { ...options, what: `${formatReference(reference)}: ${wanted}` },
  );
}

function readText(item: JsonObject, key: string): string {
  return readString(item, key) ?? '';
}
