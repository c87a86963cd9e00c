import { joinPointer } from './json-pointer.js';
import type { JsonObject } from './manifest.js';
import { readName, readObject, readObjects } from './read-json.js';
import type { LocalReference } from './reference.js';
import type { Workload, WorkloadContainer } from './workloads.js';

/** Names of volumes and ports that a workload's containers use, and whether the pod defines them. */
export function listLocalReferences(workload: Workload): LocalReference[] {
  return workload.containers.flatMap((container) => [
    ...listVolumeMounts(workload, container),
    ...listProbePorts(workload, container),
  ]);
}

/** The names of a container's ports. */
export function listPortNames({ container }: WorkloadContainer): string[] {
  return readObjects(container, 'ports').flatMap(({ item }) => {
    const name = readName(item, 'name');
    return name === undefined ? [] : [name];
  });
}

function listVolumeMounts({ manifest, podSpec }: Workload, container: WorkloadContainer): LocalReference[] {
  const claims = readObjects(readObject(manifest.object, 'spec'), 'volumeClaimTemplates');
  const available = [
    ...readObjects(podSpec, 'volumes').map(({ item }) => readName(item, 'name')),
    ...claims.map(({ item }) => readName(readObject(item, 'metadata'), 'name')),
  ].filter((name) => name !== undefined);
  return ['volumeMounts', 'volumeDevices'].flatMap((list) =>
    readObjects(container.container, list).flatMap(({ item, index }) => {
      const name = readName(item, 'name');
      if (name === undefined) return [];
      const pointer = joinPointer(container.pointer, list, index, 'name');
      const found = available.includes(name);
      return [{ from: manifest, pointer, relation: 'volume-mount', name, found, available } as const];
    }),
  );
}

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const HOOKS = ['postStart', 'preStop'];
const ACTIONS = ['httpGet', 'tcpSocket'];

function listProbePorts({ manifest }: Workload, container: WorkloadContainer): LocalReference[] {
  const lifecycle = readObject(container.container, 'lifecycle');
  const probes: [JsonObject | undefined, string][] = [
    ...PROBES.map((probe): [JsonObject | undefined, string] => [
      readObject(container.container, probe),
      joinPointer(container.pointer, probe),
    ]),
    ...HOOKS.map((hook): [JsonObject | undefined, string] => [
      readObject(lifecycle, hook),
      joinPointer(container.pointer, 'lifecycle', hook),
    ]),
  ];
  const available = listPortNames(container);
  return probes.flatMap(([probe, probePointer]) =>
    ACTIONS.flatMap((action) => {
      const name = readName(readObject(probe, action), 'port');
      if (name === undefined || /^\d+$/u.test(name)) return [];
      const pointer = joinPointer(probePointer, action, 'port');
      const found = available.includes(name);
      return [{ from: manifest, pointer, relation: 'probe-port', name, found, available } as const];
    }),
  );
}
