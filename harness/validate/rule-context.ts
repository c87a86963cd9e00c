import type { ContainerEnvironment } from '../manifest/container-environment.js';
import { DataObjects } from '../manifest/data-objects.js';
import { effectiveEnv } from '../manifest/effective-env.js';
import type { JsonObject, Manifest } from '../manifest/manifest.js';
import { ManifestIndex } from '../manifest/manifest-index.js';
import { listCreatedObjects, type ProvidedObject } from '../manifest/provided-objects.js';
import { readName, readObject } from '../manifest/read-json.js';
import { type ReferenceGraph, referenceGraph } from '../manifest/reference-graph.js';
import { listWorkloads, type Workload } from '../manifest/workloads.js';
import { ExternalNames } from './external-names.js';
import { nearestName } from './nearest-name.js';
import { checkSchemas, type SchemaFinding } from './schemas/check-schemas.js';
import type { SchemaStore } from './schemas/schema-store.js';
import type { ParameterStoreLimits, ValidateInput, ValidateOptions } from './validate-input.js';
import { ValuesPositions } from './values/values-position.js';

/** What rules look at. Dear parts are worked out when a rule first asks, once for all rules. */
export class RuleContext {
  readonly manifests: readonly Manifest[];
  readonly index: ManifestIndex;
  readonly namespace: string | undefined;
  readonly externals: ExternalNames;
  readonly kubernetesVersions: readonly string[];
  readonly parameterStore: Required<{ [key in keyof ParameterStoreLimits]: number }>;
  readonly schemas: SchemaStore;
  /** Entries of the values files. */
  readonly positions: ValuesPositions;
  #workloads: Workload[] | undefined;
  #dataObjects: DataObjects | undefined;
  #schemaFindings: SchemaFinding[] | undefined;
  #graph: ReferenceGraph | undefined;
  #environments: ContainerEnvironment[] | undefined;
  #created: ProvidedObject[] | undefined;

  constructor(input: ValidateInput, options: ValidateOptions, schemas: SchemaStore) {
    this.index = new ManifestIndex(input.manifests, input.namespace);
    this.manifests = this.index.manifests;
    this.namespace = input.namespace;
    this.positions = new ValuesPositions(input.valuesSources ?? []);
    this.externals = new ExternalNames(options.externals ?? {});
    const crds: JsonObject[] = [
      ...(input.chartCrds ?? []),
      ...this.index.ofKind('CustomResourceDefinition').map(({ object }) => object),
      ...(options.crds ?? []),
    ];
    this.schemas = schemas.withCrds(crds.filter((crd) => isUsed(crd, this.index)));
    this.kubernetesVersions = chooseVersions(options.kubernetesVersions ?? [], schemas.kubernetesVersions);
    this.parameterStore = {
      requestsPerSecond: options.parameterStore?.requestsPerSecond ?? 40,
      warnShare: options.parameterStore?.warnShare ?? 0.1,
    };
  }

  /** Everything in the release that carries pods. */
  get workloads(): readonly Workload[] {
    this.#workloads ??= listWorkloads(this.manifests);
    return this.#workloads;
  }

  /** What ConfigMaps and Secrets will hold. */
  get dataObjects(): DataObjects {
    this.#dataObjects ??= new DataObjects(this.index);
    return this.#dataObjects;
  }

  /** What objects refer to and select. */
  get graph(): ReferenceGraph {
    this.#graph ??= referenceGraph(this.manifests, { namespace: this.namespace });
    return this.#graph;
  }

  /** What every container will see, by the rules of the oldest Kubernetes version. */
  get environments(): readonly ContainerEnvironment[] {
    this.#environments ??= effectiveEnv(this.manifests, {
      namespace: this.namespace,
      kubernetesVersion: this.kubernetesVersions[0],
    });
    return this.#environments;
  }

  /** An object of the kind, in the release or made by one of its controllers, whose name is nearly the given one. */
  findNearestObject(kind: string, name: string): string | undefined {
    this.#created ??= this.manifests.flatMap(listCreatedObjects);
    const rendered = this.index.ofKind(kind).map(({ object }) => object.metadata.name);
    const created = this.#created.filter((object) => object.kind === kind).map((object) => object.name);
    return nearestName(name, [...rendered, ...created]);
  }

  /** Every object against its schema in every Kubernetes version. */
  get schemaFindings(): readonly SchemaFinding[] {
    this.#schemaFindings ??= checkSchemas(this.manifests, this.schemas, this.kubernetesVersions);
    return this.#schemaFindings;
  }
}

/** Definitions that no object of the release uses are not worth reading: some are megabytes long. */
function isUsed(crd: JsonObject, index: ManifestIndex): boolean {
  const kind = readName(readObject(readObject(crd, 'spec'), 'names'), 'kind');
  return kind !== undefined && index.ofKind(kind).length > 0;
}

/** Those asked for that there are schemas for, oldest first; the newest where none was asked for. */
function chooseVersions(wanted: readonly string[], known: readonly string[]): readonly string[] {
  const minors = new Set(wanted.map(readMinorVersion));
  const chosen = known.filter((version) => minors.has(version));
  return chosen.length > 0 ? chosen : known.slice(-1);
}

/** `1.34` of `v1.34.2`. */
export function readMinorVersion(version: string): string {
  return /^v?(\d+\.\d+)/u.exec(version)?.[1] ?? version;
}
