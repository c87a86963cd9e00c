import { type WaitOptions, waitUntil } from '../exec/wait-until.js';
import type { KubeClient } from '../kube/kube-client.js';
import { formatReference } from '../kube/resource-paths.js';
import { formatConditions, readConditions } from '../kube/wait-for-condition.js';
import type { KubernetesObject } from '../manifest/manifest.js';
import { readObject, readString } from '../manifest/read-json.js';

/** Names one ExternalSecret. */
export interface ExternalSecretName {
  namespace: string;
  name: string;
}

export interface WaitForSyncOptions extends Partial<Omit<WaitOptions, 'what'>> {
  /** A sync that is another than this one, as `readSync` gave it. */
  after?: Sync | undefined;
  /** The ExternalSecret was changed since: only a sync of the change counts, none that was under way. */
  changed?: boolean;
}

/** A sync that the operator has reported. */
export interface Sync {
  /** Changes with every sync of a changed ExternalSecret. */
  resourceVersion: string | undefined;
  /** When, to the second; undefined before the first. */
  refreshTime: string | undefined;
}

const SYNCED_WITHIN_MS = 30_000;

/** How an ExternalSecret is named to the API server. */
export function referToExternalSecret({ namespace, name }: ExternalSecretName) {
  return { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', namespace, name };
}

/** The last sync that the operator has reported of an ExternalSecret. */
export function readSync(object: KubernetesObject): Sync {
  const status = readObject(object, 'status');
  return {
    resourceVersion: readString(status, 'syncedResourceVersion'),
    refreshTime: readString(status, 'refreshTime'),
  };
}

/**
 * Waits until the operator reports an ExternalSecret as synced, and gives it. Default: within 30 s.
 *
 * With `after` a sync counts only if the ExternalSecret was changed for it (`refresh` does) or a second has passed.
 *
 * @throws SluiceError `NOT_IN_TIME` with the conditions that were seen last.
 */
export async function waitForSync(
  client: KubeClient,
  name: ExternalSecretName,
  { after, changed = false, timeoutMs = SYNCED_WITHIN_MS, ...options }: WaitForSyncOptions = {},
): Promise<KubernetesObject> {
  const reference = referToExternalSecret(name);
  return await waitUntil(
    async (signal) => {
      const object = await client.read(reference, { signal });
      if (object === undefined) throw new Error('there is no such object');
      const ready = readConditions(object).find(({ type }) => type === 'Ready');
      if (ready?.status !== 'True') throw new Error(formatConditions(object));
      if (after !== undefined && isSame(readSync(object), after, changed)) {
        throw new Error(`synced, but not since ${after.refreshTime ?? 'the beginning'}`);
      }
      return object;
    },
    { ...options, timeoutMs, what: `${formatReference(reference)}: synced` },
  );
}

/**
 * Waits until the operator reports that it can't sync an ExternalSecret, and gives it. Default: within 30 s.
 *
 * @throws SluiceError `NOT_IN_TIME`.
 */
export async function waitForSyncFailure(
  client: KubeClient,
  name: ExternalSecretName,
  { timeoutMs = SYNCED_WITHIN_MS, ...options }: Omit<WaitForSyncOptions, 'after'> = {},
): Promise<KubernetesObject> {
  const reference = referToExternalSecret(name);
  return await waitUntil(
    async (signal) => {
      const object = await client.read(reference, { signal });
      if (object === undefined) throw new Error('there is no such object');
      const ready = readConditions(object).find(({ type }) => type === 'Ready');
      if (ready?.status !== 'False') throw new Error(formatConditions(object));
      return object;
    },
    { ...options, timeoutMs, what: `${formatReference(reference)}: reported as failing` },
  );
}

function isSame(one: Sync, other: Sync, changed: boolean): boolean {
  return one.resourceVersion === other.resourceVersion && (changed || one.refreshTime === other.refreshTime);
}
