/** Any value JSON can hold: what YAML manifests and values files are made of once read. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

export interface JsonObject {
  [key: string]: JsonValue;
}

export interface ObjectMeta extends JsonObject {
  name: string;
}

/** A Kubernetes object as plain data. `metadata.name` is there for everything that Helm can install. */
export interface KubernetesObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** Where a manifest stands in the rendered output. */
export interface ManifestSource {
  /** Path that Helm prints, such as `app/templates/deployment.yaml`. Empty where the text did not come from Helm. */
  template: string;
  /** Number of the document among those of the same template, from 0. */
  index: number;
  /** Line of the document's first line in the whole rendered text, from 1. */
  line: number;
}

/** One rendered object with its place. */
export interface Manifest {
  readonly object: KubernetesObject;
  readonly source: ManifestSource;
  /** The YAML of this document alone, without its `---` line. */
  readonly text: string;
}

/** A file of values that went into a render, in the order given to Helm; later files win. */
export interface ValuesSource {
  /** As the user named it. */
  file: string;
  text: string;
}

/** True for a map, false for null, lists and scalars. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `Deployment/web`, or `Deployment/shop/web` where the object names its namespace. */
export function formatObjectName(object: KubernetesObject): string {
  const namespace = object.metadata['namespace'];
  return typeof namespace === 'string' && namespace !== ''
    ? `${object.kind}/${namespace}/${object.metadata.name}`
    : `${object.kind}/${object.metadata.name}`;
}
