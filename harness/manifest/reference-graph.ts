import { DataObjects } from './data-objects.js';
import { SelectionReader } from './list-selections.js';
import { listLocalReferences } from './local-references.js';
import type { Manifest } from './manifest.js';
import { ManifestIndex } from './manifest-index.js';
import { listObjectReferences } from './object-references.js';
import { listPodReferences } from './pod-references.js';
import { isAlwaysProvided, ProvidedIndex } from './provided-objects.js';
import { readObject, readObjects } from './read-json.js';
import type { LocalReference, Reference, ReferenceTarget, Selection, WrittenReference } from './reference.js';
import { listWorkloads, readGroup } from './workloads.js';

export interface ReferenceGraphOptions {
  /** The release's namespace. Default: not known; a namespace given on one side only is then taken to agree. */
  namespace?: string | undefined;
}

/** How the objects of a release depend on each other. */
export interface ReferenceGraph {
  /** By name, in the order of the manifests. */
  references: readonly Reference[];
  /** By label. */
  selections: readonly Selection[];
  /** Names of volumes and ports within a pod or what a selector selects. */
  locals: readonly LocalReference[];
}

/**
 * Follows every reference of a release: what pods need, backends, scale targets, roles, stores, selectors, ports.
 * An object counts as found when its manifest is there or another object's controller makes it (a Secret by its
 * ExternalSecret); whether a missing one exists in the cluster is for the caller to judge.
 */
export function referenceGraph(
  manifests: readonly Manifest[],
  options: ReferenceGraphOptions = {},
): ReferenceGraph {
  const index = new ManifestIndex(manifests, options.namespace);
  const workloads = listWorkloads(index.manifests);
  const resolver = new ReferenceResolver(index);
  const written = [
    ...workloads.flatMap(listPodReferences),
    ...index.manifests.filter(hasKnownReferences).flatMap(listObjectReferences),
  ];
  const selections = new SelectionReader(index, workloads);
  return {
    references: written.map((reference) => resolver.resolve(reference)),
    selections: selections.selections,
    locals: [...workloads.flatMap(listLocalReferences), ...selections.portReferences],
  };
}

/** Knative, Istio and others reuse names of kinds; their fields mean other things. */
const FOREIGN_GROUPS = /(?:knative\.dev|istio\.io|projectcontour\.io|traefik\.(?:io|containo\.us))$/u;

function hasKnownReferences({ object }: Manifest): boolean {
  return !FOREIGN_GROUPS.test(readGroup(object.apiVersion));
}

const CLUSTER_KINDS: ReadonlySet<string> = new Set(['ClusterRole', 'ClusterSecretStore', 'ClusterGenerator']);

class ReferenceResolver {
  readonly #index: ManifestIndex;
  readonly #provided: ProvidedIndex;
  readonly #objects: DataObjects;

  constructor(index: ManifestIndex) {
    this.#index = index;
    this.#provided = new ProvidedIndex(index);
    this.#objects = new DataObjects(index);
  }

  resolve(reference: WrittenReference): Reference {
    const { to } = reference;
    const manifest = CLUSTER_KINDS.has(to.kind)
      ? this.#index.findAnywhere(to.kind, to.name)
      : this.#index.find(to);
    const found = manifest ?? this.#provided.findAll(to.kind, to.name, to.namespace)[0]?.by;
    const state =
      found === undefined ? (isAlwaysProvided(to.kind, to.name) ? 'always-there' : 'missing') : 'found';
    return {
      ...reference,
      found,
      state,
      keyState: found === undefined ? undefined : this.#findKey(to),
      portState: manifest === undefined ? undefined : findPort(manifest, to),
    };
  }

  #findKey({ kind, name, namespace, key }: ReferenceTarget): Reference['keyState'] {
    if (key === undefined || (kind !== 'ConfigMap' && kind !== 'Secret')) return undefined;
    const content = this.#objects.contentOf(kind, { name, namespace });
    if (content.entries.has(key) || content.binary.has(key)) return 'found';
    return content.open.length > 0 ? 'unknown' : 'missing';
  }
}

function findPort({ object }: Manifest, { kind, port }: ReferenceTarget): Reference['portState'] {
  if (kind !== 'Service' || port === undefined) return undefined;
  const spec = readObject(object, 'spec');
  if (spec?.['type'] === 'ExternalName') return undefined;
  const isThere = readObjects(spec, 'ports').some(
    ({ item }) => item['name'] === port || item['port'] === port,
  );
  return isThere ? 'found' : 'missing';
}
