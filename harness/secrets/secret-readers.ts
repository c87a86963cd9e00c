import type { KubeClient } from '../kube/kube-client.js';
import type { KubernetesObject, Manifest } from '../manifest/manifest.js';
import { listPodReferences } from '../manifest/pod-references.js';
import { readWorkload } from '../manifest/workloads.js';

/** Kinds whose pods run on and are replaced by a rollout. */
export const ROLLING_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
export type RollingKind = (typeof ROLLING_KINDS)[number];

/** Names a workload whose pods can be replaced. */
export interface WorkloadName {
  kind: RollingKind;
  namespace: string;
  name: string;
}

export interface FindReadersOptions {
  namespace: string;
  /** Names of Secrets. */
  secrets: readonly string[];
  signal?: AbortSignal | undefined;
}

/** The workloads whose pods get something from one of these Secrets: variables or files. */
export async function findReaders(
  client: KubeClient,
  { namespace, secrets, signal }: FindReadersOptions,
): Promise<WorkloadName[]> {
  const listed = await Promise.all(
    ROLLING_KINDS.map(async (kind) => {
      const objects = await client.list({ apiVersion: 'apps/v1', kind, namespace, signal });
      return objects
        .filter((object) => listReadSecrets(object).some((name) => secrets.includes(name)))
        .map(({ metadata }) => ({ kind, namespace, name: metadata.name }));
    }),
  );
  return listed.flat();
}

/** Names of the Secrets that a workload's pods read. */
export function listReadSecrets(object: KubernetesObject): string[] {
  const manifest: Manifest = { object, source: { template: '', index: 0, line: 1 }, text: '' };
  const workload = readWorkload(manifest);
  if (workload === undefined) return [];
  const names = listPodReferences(workload).filter(
    ({ to, relation }) => to.kind === 'Secret' && relation !== 'image-pull-secret',
  );
  return [...new Set(names.map(({ to }) => to.name))];
}
