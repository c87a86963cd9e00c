import { type EnvValue, knownValue, unknownValue } from './env-value.js';
import type { JsonObject } from './manifest.js';
import { divideUp, NANOS_PER_MILLI, NANOS_PER_UNIT, parseQuantity } from './quantity.js';
import { readName, readObject, readStringMap } from './read-json.js';
import type { Workload } from './workloads.js';

const RUNTIME_FIELDS: ReadonlySet<string> = new Set([
  'metadata.uid',
  'spec.nodeName',
  'spec.host',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]);

/** Labels that controllers add to the pods they make. */
const ADDED_LABELS =
  /^(?:pod-template-hash|controller-revision-hash|pod-template-generation|controller-uid|job-name|statefulset\.kubernetes\.io\/.*|apps\.kubernetes\.io\/.*|batch\.kubernetes\.io\/.*|topology\.kubernetes\.io\/.*)$/u;

/**
 * The value of an `env` entry's `fieldRef`. Known where the pod template tells it; undefined where Kubernetes does not
 * know the field.
 */
export function readFieldValue(
  fieldPath: string,
  workload: Workload,
  namespace: string | undefined,
): EnvValue | undefined {
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/su.exec(fieldPath);
  if (subscript !== null) {
    const [, map = '', key = ''] = subscript;
    const values = readStringMap(workload.podMetadata, map);
    if (Object.hasOwn(values, key)) return knownValue(values[key] ?? '');
    return map === 'labels' && ADDED_LABELS.test(key) ? unknownValue('at-runtime') : knownValue('');
  }
  switch (fieldPath) {
    case 'metadata.namespace':
      return namespace === undefined ? unknownValue('at-runtime') : knownValue(namespace);
    case 'metadata.name':
      return workload.manifest.object.kind === 'Pod'
        ? knownValue(workload.manifest.object.metadata.name)
        : unknownValue('at-runtime');
    case 'spec.serviceAccountName':
      return knownValue(readServiceAccountName(workload.podSpec));
    default:
      return RUNTIME_FIELDS.has(fieldPath) ? unknownValue('at-runtime') : undefined;
  }
}

/** The ServiceAccount of a pod: `default` where none is named. */
export function readServiceAccountName(podSpec: JsonObject): string {
  return readName(podSpec, 'serviceAccountName') ?? readName(podSpec, 'serviceAccount') ?? 'default';
}

/**
 * The value of a `resourceFieldRef`, rounded up to whole divisors. Known where the container states it; the node, a
 * LimitRange or pod-level resources decide otherwise. Undefined where Kubernetes does not know the resource.
 */
export function readResourceValue(
  reference: JsonObject,
  workload: Workload,
  own: JsonObject,
): EnvValue | undefined {
  const resource = readName(reference, 'resource') ?? '';
  const match = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/u.exec(resource);
  if (match === null) return undefined;
  const [, list = '', name = ''] = match;
  const containerName = readName(reference, 'containerName');
  const container =
    containerName === undefined
      ? own
      : workload.containers.find((candidate) => candidate.name === containerName)?.container;
  const resources = readObject(container, 'resources');
  const stated = readScalar(readObject(resources, list), name);
  const amount =
    stated ?? (list === 'requests' ? readScalar(readObject(resources, 'limits'), name) : undefined);
  if (amount === undefined) return unknownValue('at-runtime');
  const size = parseQuantity(amount);
  const divisor = parseQuantity(readScalar(reference, 'divisor') ?? '1');
  if (size === undefined || divisor === undefined) return undefined;
  const unit = name === 'cpu' ? NANOS_PER_MILLI : NANOS_PER_UNIT;
  const per = divisor === 0n ? NANOS_PER_UNIT : divisor;
  return knownValue(String(divideUp(divideUp(size, unit), divideUp(per, unit))));
}

function readScalar(parent: JsonObject | undefined, key: string): string | undefined {
  const value = parent?.[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
