import { joinPointer } from './json-pointer.js';
import { LabelIndex, type Labelled } from './label-index.js';
import { matchesSelector } from './label-selector.js';
import { listPortNames } from './local-references.js';
import type { JsonObject, Manifest } from './manifest.js';
import type { ManifestIndex } from './manifest-index.js';
import { readFlag, readList, readName, readObject, readObjects, readStringMap } from './read-json.js';
import type { LocalReference, LocalRelation, Selection, SelectionRelation } from './reference.js';
import type { Workload } from './workloads.js';

interface LabelledWorkload extends Labelled {
  workload: Workload;
}

/** The selectors of a release with what they select, and the names of ports that depend on that. */
export class SelectionReader {
  readonly selections: Selection[] = [];
  readonly portReferences: LocalReference[] = [];
  readonly #pods: LabelIndex<LabelledWorkload>;
  readonly #services: LabelIndex<Labelled>;

  constructor(index: ManifestIndex, workloads: readonly Workload[]) {
    const pods = workloads.map((workload) => ({
      workload,
      manifest: workload.manifest,
      labels: readStringMap(workload.podMetadata, 'labels'),
    }));
    this.#pods = new LabelIndex(pods, index);
    const services = index.ofKind('Service').map((manifest) => ({
      manifest,
      labels: readStringMap(manifest.object.metadata, 'labels'),
    }));
    this.#services = new LabelIndex(services, index);
    for (const manifest of index.ofKind('Service')) this.#readService(manifest);
    for (const manifest of index.ofKind('PodDisruptionBudget')) {
      this.#selectPods(manifest, '/spec/selector', 'disruption-budget-pods');
    }
    for (const manifest of index.ofKind('NetworkPolicy')) this.#readNetworkPolicy(manifest);
    for (const manifest of index.ofKind('ServiceMonitor')) this.#readServiceMonitor(manifest);
    for (const manifest of index.ofKind('PodMonitor')) this.#readPodMonitor(manifest);
    for (const workload of workloads) this.#readWorkload(workload);
  }

  #readService(from: Manifest): void {
    const spec = readObject(from.object, 'spec');
    const labels = readObject(spec, 'selector');
    if (labels === undefined || Object.keys(labels).length === 0) return;
    const found = this.#pods.select({ matchLabels: labels }, readName(from.object.metadata, 'namespace'));
    this.#add({ from, pointer: '/spec/selector', relation: 'service-pods' }, found);
    for (const { item, index } of readObjects(spec, 'ports')) {
      const pointer = joinPointer('/spec/ports', index, 'targetPort');
      this.#checkPort(from, { pointer, relation: 'service-target-port', name: item['targetPort'] }, found);
    }
  }

  #readNetworkPolicy(from: Manifest): void {
    const found = this.#selectPods(from, '/spec/podSelector', 'network-policy-pods');
    for (const { item, index } of readObjects(readObject(from.object, 'spec'), 'ingress')) {
      for (const { item: port, index: position } of readObjects(item, 'ports')) {
        const pointer = joinPointer('/spec/ingress', index, 'ports', position, 'port');
        this.#checkPort(from, { pointer, relation: 'policy-port', name: port['port'] }, found);
      }
    }
  }

  #readPodMonitor(from: Manifest): void {
    const found = this.#selectPods(from, '/spec/selector', 'pod-monitor-pods');
    for (const { item, index } of readObjects(readObject(from.object, 'spec'), 'podMetricsEndpoints')) {
      const pointer = joinPointer('/spec/podMetricsEndpoints', index, 'port');
      this.#checkPort(from, { pointer, relation: 'monitor-port', name: item['port'] }, found);
    }
  }

  #readServiceMonitor(from: Manifest): void {
    const spec = readObject(from.object, 'spec');
    const selector = readObject(spec, 'selector');
    if (selector === undefined) return;
    const found = this.#services.select(selector, monitoredNamespace(from));
    this.#add({ from, pointer: '/spec/selector', relation: 'service-monitor-services' }, found);
    const available = found.flatMap(({ manifest }) => listServicePortNames(manifest));
    for (const { item, index } of readObjects(spec, 'endpoints')) {
      const name = readName(item, 'port');
      if (name === undefined || found.length === 0) continue;
      const pointer = joinPointer('/spec/endpoints', index, 'port');
      const isFound = available.includes(name);
      this.portReferences.push({ from, pointer, relation: 'monitor-port', name, found: isFound, available });
    }
  }

  #readWorkload({ manifest, podMetadata, podSpec, podSpecPointer }: Workload): void {
    const spec = readObject(manifest.object, 'spec');
    const written = readObject(spec, 'selector');
    const isMap = manifest.object.kind === 'ReplicationController';
    if (written !== undefined && manifest.object.kind !== 'Job') {
      const own = { manifest, labels: readStringMap(podMetadata, 'labels') };
      const selector = isMap ? { matchLabels: written } : written;
      const isOwn = matchesSelector(selector, own.labels);
      this.#add({ from: manifest, pointer: '/spec/selector', relation: 'own-pods' }, isOwn ? [own] : []);
    }
    for (const { item, index } of readObjects(podSpec, 'topologySpreadConstraints')) {
      const selector = readObject(item, 'labelSelector');
      if (selector === undefined) continue;
      const pointer = joinPointer(podSpecPointer, 'topologySpreadConstraints', index, 'labelSelector');
      const found = this.#pods.select(selector, readName(manifest.object.metadata, 'namespace'));
      this.#add({ from: manifest, pointer, relation: 'topology-spread-pods' }, found);
    }
  }

  #selectPods(from: Manifest, pointer: string, relation: SelectionRelation): LabelledWorkload[] {
    const selector = readObject(readObject(from.object, 'spec'), pointer.slice('/spec/'.length));
    if (selector === undefined) return [];
    const found = this.#pods.select(selector, readName(from.object.metadata, 'namespace'));
    this.#add({ from, pointer, relation }, found);
    return found;
  }

  #add(selection: Omit<Selection, 'matches'>, found: readonly Labelled[]): void {
    this.selections.push({ ...selection, matches: found.map(({ manifest }) => manifest) });
  }

  #checkPort(
    from: Manifest,
    { pointer, relation, name }: { pointer: string; relation: LocalRelation; name: unknown },
    pods: readonly LabelledWorkload[],
  ): void {
    if (typeof name !== 'string' || /^\d+$/u.test(name) || pods.length === 0) return;
    const available = [
      ...new Set(pods.flatMap(({ workload }) => workload.containers.flatMap(listPortNames))),
    ];
    this.portReferences.push({ from, pointer, relation, name, found: available.includes(name), available });
  }
}

function monitoredNamespace(from: Manifest): string | undefined | '*' {
  const selector = readObject(readObject(from.object, 'spec'), 'namespaceSelector');
  if (readFlag(selector, 'any')) return '*';
  return readList(selector, 'matchNames').length > 0 ? '*' : readName(from.object.metadata, 'namespace');
}

function listServicePortNames({ object }: Manifest): string[] {
  return readObjects(readObject(object, 'spec'), 'ports').flatMap(({ item }: { item: JsonObject }) => {
    const name = readName(item, 'name');
    return name === undefined ? [] : [name];
  });
}
