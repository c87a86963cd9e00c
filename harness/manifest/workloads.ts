import { joinPointer, readPointer } from './json-pointer.js';
import { isJsonObject, type JsonObject, type Manifest } from './manifest.js';
import { unwrapLists } from './manifest-index.js';
import { readName, readObject, readObjects } from './read-json.js';

/** `sidecar` is an init container with `restartPolicy: Always`, which keeps running beside the others. */
export type ContainerRole = 'container' | 'init' | 'sidecar' | 'ephemeral';

export interface WorkloadContainer {
  /** The container's name; `#0` and so on where it has none, which Kubernetes refuses. */
  name: string;
  container: JsonObject;
  role: ContainerRole;
  /** JSON pointer of the container in its manifest. */
  pointer: string;
}

/** An object that carries pods, with the parts of the pod that environment and references depend on. */
export interface Workload {
  manifest: Manifest;
  /** Metadata of the pods it makes; empty where none is given. */
  podMetadata: JsonObject;
  podSpec: JsonObject;
  /** JSON pointer of the pod spec in the manifest. */
  podSpecPointer: string;
  /** In the order in which they start: init containers and sidecars, containers, ephemeral ones. */
  containers: WorkloadContainer[];
}

const POD_POINTERS: Readonly<Record<string, string>> = {
  Pod: '',
  PodTemplate: '/template',
  Deployment: '/spec/template',
  StatefulSet: '/spec/template',
  DaemonSet: '/spec/template',
  ReplicaSet: '/spec/template',
  ReplicationController: '/spec/template',
  Job: '/spec/template',
  CronJob: '/spec/jobTemplate/spec/template',
};

const CORE_GROUPS: ReadonlySet<string> = new Set(['', 'apps', 'batch', 'extensions']);

/** Every object that carries pods, also those inside a `List`, in order. */
export function listWorkloads(manifests: readonly Manifest[]): Workload[] {
  return unwrapLists(manifests)
    .map(readWorkload)
    .filter((workload) => workload !== undefined);
}

/** A manifest as a workload, or undefined when its kind carries no pods or it has no pod spec. */
export function readWorkload(manifest: Manifest): Workload | undefined {
  const { object } = manifest;
  const podPointer = POD_POINTERS[object.kind];
  if (podPointer === undefined || !CORE_GROUPS.has(readGroup(object.apiVersion))) return undefined;
  const pod = readPointer(object, podPointer);
  if (!isJsonObject(pod)) return undefined;
  const podSpec = readObject(pod, 'spec');
  if (podSpec === undefined) return undefined;
  const podSpecPointer = joinPointer(podPointer, 'spec');
  return {
    manifest,
    podMetadata: readObject(pod, 'metadata') ?? {},
    podSpec,
    podSpecPointer,
    containers: listContainers(podSpec, podSpecPointer),
  };
}

/** The group of an `apiVersion`: `apps` of `apps/v1`, empty for the core group's `v1`. */
export function readGroup(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

function listContainers(podSpec: JsonObject, podSpecPointer: string): WorkloadContainer[] {
  const read = (key: string, role: (container: JsonObject) => ContainerRole): WorkloadContainer[] =>
    readObjects(podSpec, key).map(({ item, index }) => ({
      name: readName(item, 'name') ?? `#${index}`,
      container: item,
      role: role(item),
      pointer: joinPointer(podSpecPointer, key, index),
    }));
  return [
    ...read('initContainers', (item) => (item['restartPolicy'] === 'Always' ? 'sidecar' : 'init')),
    ...read('containers', () => 'container'),
    ...read('ephemeralContainers', () => 'ephemeral'),
  ];
}
