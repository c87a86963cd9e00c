import { readServiceAccountName } from './downward-values.js';
import { joinPointer } from './json-pointer.js';
import type { JsonObject } from './manifest.js';
import { readFlag, readName, readObject, readObjects } from './read-json.js';
import type { ReferenceRelation, WrittenReference } from './reference.js';
import type { Workload, WorkloadContainer } from './workloads.js';

/** Everything outside the pod that a workload's pods need by name. */
export function listPodReferences(workload: Workload): WrittenReference[] {
  const { manifest, podSpec, podSpecPointer } = workload;
  const references: WrittenReference[] = workload.containers.flatMap((container) =>
    listContainerReferences(workload, container),
  );
  for (const { item, index } of readObjects(podSpec, 'volumes')) {
    references.push(...listVolumeReferences(workload, item, joinPointer(podSpecPointer, 'volumes', index)));
  }
  for (const { item, index } of readObjects(podSpec, 'imagePullSecrets')) {
    const pointer = joinPointer(podSpecPointer, 'imagePullSecrets', index, 'name');
    add(
      references,
      { workload, pointer, relation: 'image-pull-secret' },
      { kind: 'Secret', reference: item },
    );
  }
  const accountKey =
    readName(podSpec, 'serviceAccountName') === undefined ? 'serviceAccount' : 'serviceAccountName';
  if (readName(podSpec, accountKey) !== undefined) {
    references.push({
      from: manifest,
      pointer: joinPointer(podSpecPointer, accountKey),
      relation: 'service-account',
      to: {
        ...own(workload),
        kind: 'ServiceAccount',
        name: readServiceAccountName(podSpec),
        optional: false,
      },
    });
  }
  return references;
}

interface Place {
  workload: Workload;
  pointer: string;
  relation: ReferenceRelation;
}

function listContainerReferences(workload: Workload, container: WorkloadContainer): WrittenReference[] {
  const references: WrittenReference[] = [];
  for (const { item, index } of readObjects(container.container, 'envFrom')) {
    for (const [field, kind] of ENV_FROM_KINDS) {
      const pointer = joinPointer(container.pointer, 'envFrom', index, field);
      const reference = readObject(item, field);
      add(references, { workload, pointer, relation: 'env-from' }, { kind, reference });
    }
  }
  for (const { item, index } of readObjects(container.container, 'env')) {
    const valueFrom = readObject(item, 'valueFrom');
    for (const [field, kind] of ENV_KINDS) {
      const reference = readObject(valueFrom, field);
      const pointer = joinPointer(container.pointer, 'env', index, 'valueFrom', field);
      const key = readName(reference, 'key');
      add(references, { workload, pointer, relation: 'env' }, { kind, reference, key });
    }
  }
  return references;
}

const ENV_FROM_KINDS = [
  ['configMapRef', 'ConfigMap'],
  ['secretRef', 'Secret'],
] as const;
const ENV_KINDS = [
  ['configMapKeyRef', 'ConfigMap'],
  ['secretKeyRef', 'Secret'],
] as const;

function listVolumeReferences(workload: Workload, volume: JsonObject, pointer: string): WrittenReference[] {
  const references = listSourceReferences(workload, volume, pointer);
  const claim = readName(readObject(volume, 'persistentVolumeClaim'), 'claimName');
  if (claim !== undefined) {
    references.push({
      from: workload.manifest,
      pointer: joinPointer(pointer, 'persistentVolumeClaim', 'claimName'),
      relation: 'claim',
      to: { ...own(workload), kind: 'PersistentVolumeClaim', name: claim, optional: false },
    });
  }
  const nodePublish = readObject(readObject(volume, 'csi'), 'nodePublishSecretRef');
  const csiPointer = joinPointer(pointer, 'csi', 'nodePublishSecretRef');
  add(
    references,
    { workload, pointer: csiPointer, relation: 'volume' },
    { kind: 'Secret', reference: nodePublish },
  );
  for (const { item, index } of readObjects(readObject(volume, 'projected'), 'sources')) {
    references.push(
      ...listSourceReferences(workload, item, joinPointer(pointer, 'projected', 'sources', index)),
    );
  }
  return references;
}

function listSourceReferences(workload: Workload, source: JsonObject, pointer: string): WrittenReference[] {
  const references: WrittenReference[] = [];
  for (const [field, kind] of [
    ['configMap', 'ConfigMap'],
    ['secret', 'Secret'],
  ] as const) {
    const reference = readObject(source, field);
    const place: Place = { workload, pointer: joinPointer(pointer, field), relation: 'volume' };
    const items = readObjects(reference, 'items');
    if (items.length === 0) add(references, place, { kind, reference });
    for (const { item, index } of items) {
      const itemPointer = joinPointer(place.pointer, 'items', index);
      add(references, { ...place, pointer: itemPointer }, { kind, reference, key: readName(item, 'key') });
    }
  }
  return references;
}

function add(
  references: WrittenReference[],
  { workload, pointer, relation }: Place,
  { kind, reference, key }: { kind: string; reference: JsonObject | undefined; key?: string | undefined },
): void {
  const name = readName(reference, 'name') ?? readName(reference, 'secretName');
  if (name === undefined) return;
  const optional = readFlag(reference, 'optional');
  references.push({
    from: workload.manifest,
    pointer,
    relation,
    to: { ...own(workload), kind, name, key, optional },
  });
}

function own({ manifest }: Workload): { namespace: string | undefined } {
  return { namespace: readName(manifest.object.metadata, 'namespace') };
}
