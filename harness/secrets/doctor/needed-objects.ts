import type { KubeClient } from '../../kube/kube-client.js';
import type { KubernetesObject } from '../../manifest/manifest.js';
import { listPodReferences } from '../../manifest/pod-references.js';
import { readWorkload } from '../../manifest/workloads.js';
import type { NeededObject } from './doctor-evidence.js';
import { describeManifest, look } from './look.js';

type Need = NeededObject['needs'][number];

/** Reads every ConfigMap and Secret that workloads name, each once. */
export async function readNeededObjects(
  client: KubeClient,
  workloads: readonly KubernetesObject[],
  { namespace, signal }: { namespace: string; signal?: AbortSignal | undefined },
): Promise<NeededObject[]> {
  const needs = new Map<string, { kind: NeededObject['kind']; name: string; needs: Need[] }>();
  for (const object of workloads) {
    for (const need of listNeeds(object)) {
      const id = `${need.kind}/${need.name}`;
      const known = needs.get(id) ?? { kind: need.kind, name: need.name, needs: [] };
      known.needs.push({ workload: need.workload, key: need.key, optional: need.optional });
      needs.set(id, known);
    }
  }
  return await Promise.all(
    [...needs.values()].map(async (one) => ({
      ...one,
      object: await look(client, { kind: one.kind, name: one.name, namespace }, signal),
    })),
  );
}

function listNeeds(object: KubernetesObject): (Need & Pick<NeededObject, 'kind' | 'name'>)[] {
  const workload = readWorkload(describeManifest(object));
  if (workload === undefined) return [];
  return listPodReferences(workload).flatMap(({ to, relation }) => {
    if ((to.kind !== 'ConfigMap' && to.kind !== 'Secret') || relation === 'image-pull-secret') return [];
    const { kind, name, key, optional } = to;
    return [{ kind, name, key, optional, workload: `${object.kind} ${object.metadata.name}` }];
  });
}
