import type { KubeClient } from '../kube/kube-client.js';
import type { KubernetesObject } from '../manifest/manifest.js';
import { readName } from '../manifest/read-json.js';

export interface PodLogOptions {
  lines: number;
  /** Default: the pod's only one. */
  container?: string;
  signal?: AbortSignal | undefined;
}

/**
 * Last lines of what a container of a pod has printed.
 *
 * @throws KubeApiError where it has not been started.
 */
export async function readPodLog(
  client: KubeClient,
  pod: KubernetesObject,
  { lines, container, signal }: PodLogOptions,
): Promise<string[]> {
  const namespace = readName(pod.metadata, 'namespace') ?? 'default';
  const query = new URLSearchParams({ tailLines: String(lines) });
  if (container !== undefined) query.set('container', container);
  const path = `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/log?${query}`;
  const text = await client.send({ method: 'GET', path, signal });
  return text.split('\n').filter((line) => line !== '');
}
