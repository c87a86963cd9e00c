import { randomUUID } from 'node:crypto';
import type { KubeClient } from '../kube/kube-client.js';
import {
  type ExternalSecretName,
  readSync,
  referToExternalSecret,
  type Sync,
  waitForSync,
} from './wait-for-sync.js';

/** The annotation by which people ask the operator to read again; any change of it counts. */
export const FORCE_SYNC_ANNOTATION = 'force-sync.external-secrets.io';

export interface RefreshOptions {
  namespace: string;
  /** Only this ExternalSecret. Default: all that the selector has. */
  name?: string | undefined;
  /** Label selector, such as `team=shop`. Default: every ExternalSecret of the namespace. */
  selector?: string | undefined;
  /** For each of them. Default 30 s. */
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}

/** An ExternalSecret that has been read again. */
export interface Refreshed extends ExternalSecretName {
  /** From asking to the operator's report. */
  durationMs: number;
}

/**
 * Has the operator read ExternalSecrets again, without deleting anything, and waits until each is synced.
 *
 * @returns those that were asked for, by name; empty where none is selected
 * @throws SluiceError `NOT_IN_TIME` of one that can't be synced; the others were asked for too.
 */
export async function refresh(
  client: KubeClient,
  { namespace, name, selector, timeoutMs, signal }: RefreshOptions,
): Promise<Refreshed[]> {
  const asked = await askForSync(client, { namespace, name, selector, signal });
  return await Promise.all(
    asked.map(async ({ begin, before, ...one }) => {
      await waitForSync(client, one, {
        after: before,
        signal,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      });
      return { ...one, durationMs: Math.round(performance.now() - begin) };
    }),
  );
}

interface Asked extends ExternalSecretName {
  begin: number;
  before: Sync;
}

/** Asks as `refresh` does, and waits for nothing. */
export async function askForSync(
  client: KubeClient,
  { namespace, name, selector, signal }: Omit<RefreshOptions, 'timeoutMs'>,
): Promise<Asked[]> {
  const found = await client.list({
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    namespace,
    labelSelector: selector,
    fieldSelector: name === undefined ? undefined : `metadata.name=${name}`,
    signal,
  });
  return await Promise.all(
    found.map(async (object) => {
      const one = { namespace, name: object.metadata.name };
      const annotations = { [FORCE_SYNC_ANNOTATION]: randomUUID() };
      const begin = performance.now();
      await client.patch(referToExternalSecret(one), { metadata: { annotations } }, { signal });
      return { ...one, begin, before: readSync(object) };
    }),
  );
}
