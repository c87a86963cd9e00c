import type { JsonObject, KubernetesObject } from '../../../../harness/manifest/manifest.js';
import { readName, readObjects, readString } from '../../../../harness/manifest/read-json.js';
import type { Workload, WorkloadContainer } from '../../../../harness/manifest/workloads.js';

/** A container of some release that is to run among many others. */
export interface Member {
  /** Tells it from the others: up to 63 letters, digits and hyphens. */
  name: string;
  workload: Workload;
  container: WorkloadContainer;
}

/** A pod that runs containers of many releases to their end, each with its own environment and files. */
export function buildCrowd(name: string, namespace: string, members: readonly Member[]): KubernetesObject {
  const parts = members.map(buildMember);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      // As every pod of the chart has it.
      enableServiceLinks: false,
      securityContext: { runAsUser: 65_532, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      terminationGracePeriodSeconds: 1,
      containers: parts.map(({ container }) => container),
      volumes: parts.flatMap(({ volumes }) => volumes),
    },
  };
}

// What the environment is made of stays as it was rendered; what the container runs is told by the test.
function buildMember({ name, workload, container: { container } }: Member) {
  const mounts = readObjects(container, 'volumeMounts').map(({ item }) => item);
  const volumes = readObjects(workload.podSpec, 'volumes')
    .map(({ item }) => item)
    .filter((volume) => volume['secret'] !== undefined || volume['configMap'] !== undefined);
  const names = new Set(volumes.map((volume) => readName(volume, 'name')));
  const kept = mounts.filter((mount) => names.has(readName(mount, 'name')));
  const rename = (part: JsonObject): JsonObject => ({ ...part, name: `${name}-${readName(part, 'name')}` });
  const folders = kept.flatMap((mount) => ['--folder', readString(mount, 'mountPath') ?? '']);
  const used = new Set(kept.map((mount) => readName(mount, 'name')));
  return {
    container: {
      name,
      image: container['image'] ?? '',
      args: ['print', ...folders],
      env: container['env'] ?? [],
      envFrom: container['envFrom'] ?? [],
      securityContext: container['securityContext'] ?? {},
      volumeMounts: kept.map(rename),
    },
    volumes: volumes.filter((volume) => used.has(readName(volume, 'name'))).map(rename),
  };
}
