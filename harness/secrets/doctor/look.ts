import { SluiceError } from '../../errors.js';
import type { KubeClient, ListOptions } from '../../kube/kube-client.js';
import { KubeApiError } from '../../kube/kube-error.js';
import type { KubernetesObject, Manifest } from '../../manifest/manifest.js';
import type { Looked } from './doctor-evidence.js';

/** Reads an object that somebody names. */
export async function look(
  client: KubeClient,
  { kind, name, namespace }: { kind: string; name: string; namespace: string },
  signal: AbortSignal | undefined,
): Promise<Looked> {
  try {
    return (await client.read({ apiVersion: 'v1', kind, name, namespace }, { signal })) ?? 'absent';
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 403) return 'forbidden';
    throw error;
  }
}

/** A live object as the pure parts take it. */
export function describeManifest(object: KubernetesObject): Manifest {
  return { object, source: { template: '', index: 0, line: 1 }, text: '' };
}

/** The objects of a kind; none where we may not list them, or the cluster does not know the kind. */
export async function listAllowed(client: KubeClient, options: ListOptions): Promise<KubernetesObject[]> {
  try {
    return await client.list(options);
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 403) return [];
    if (error instanceof SluiceError && error.code === 'KIND_UNKNOWN') return [];
    throw error;
  }
}
