import { isJsonObject, type JsonObject, type JsonValue } from '../../harness/manifest/manifest.js';
import { NATIVE_CONSTRAINTS } from './native-constraints.js';

/** Kinds of the API machinery that nobody writes into a chart. */
const NOT_WRITTEN = /List$|^(?:DeleteOptions|WatchEvent|Status|APIGroup|APIVersions|APIResourceList)$/u;

/** Definitions that are better written in place than referred to. */
const INLINED: Readonly<Record<string, JsonObject>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: ['string', 'number', 'null'], format: 'quantity' },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: ['string', 'integer', 'null'] },
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': { type: ['string', 'null'], format: 'date-time' },
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': { type: ['string', 'null'], format: 'date-time' },
  'io.k8s.apimachinery.pkg.runtime.RawExtension': { type: ['object', 'null'] },
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': { type: ['object', 'null'] },
};

export const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

const STRUCTURE_KEYWORDS = new Set(['type', 'format', 'enum', 'oneOf', 'pattern', 'minimum', 'maximum']);

/** The definitions of one Kubernetes version, references still by name. */
export interface VersionDefinitions {
  version: string;
  definitions: Map<string, JsonObject>;
  /** `<apiVersion> <kind>` → name of its definition. */
  kinds: Map<string, string>;
}

/** Reads the OpenAPI definitions (`$defs` of the strict JSON schemas) of one Kubernetes version. */
export function readKubernetesDefinitions(version: string, document: JsonObject): VersionDefinitions {
  const source = document['$defs'];
  if (!isJsonObject(source)) throw new Error(`Kubernetes ${version}: no $defs in the definitions file`);
  const kinds = new Map<string, string>();
  for (const [name, definition] of Object.entries(source)) {
    const kind = readKind(definition);
    if (kind) kinds.set(kind, name);
  }
  const definitions = new Map<string, JsonObject>();
  const pending = [...kinds.values(), OBJECT_META];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (definitions.has(name)) continue;
    const converted = convertDefinition(name, source);
    definitions.set(name, converted);
    pending.push(...listReferences(converted));
  }
  return { version, definitions, kinds };
}

function readKind(definition: JsonValue): string | undefined {
  if (!isJsonObject(definition) || !isJsonObject(definition['properties'])) return undefined;
  const list = definition['x-kubernetes-group-version-kind'];
  const entry = Array.isArray(list) && list.length === 1 ? list[0] : undefined;
  if (!isJsonObject(entry) || definition['properties']['metadata'] === undefined) return undefined;
  const { group, version, kind } = entry;
  if (typeof kind !== 'string' || NOT_WRITTEN.test(kind)) return undefined;
  return `${group === '' ? '' : `${String(group)}/`}${String(version)} ${kind}`;
}

function convertDefinition(name: string, source: JsonObject): JsonObject {
  const definition = source[name];
  if (!isJsonObject(definition)) throw new Error(`definition ${name} is missing`);
  const node = convertNode(definition, source);
  const properties = node['properties'];
  if (!isJsonObject(properties)) return node;
  // What the server fills in is nobody's to write: its shape would only cost room.
  if (properties['status'] !== undefined) properties['status'] = { type: ['object', 'null'] };
  for (const [field, property] of Object.entries(properties)) {
    const extra = NATIVE_CONSTRAINTS[`${name.replace('io.k8s.api.', '')}.${field}`];
    if (extra && isJsonObject(property)) properties[field] = { ...property, ...extra };
  }
  return node;
}

function convertNode(schema: JsonObject, source: JsonObject): JsonObject {
  const reference = schema['$ref'];
  if (typeof reference === 'string') return convertReference(reference.replace('#/$defs/', ''), source);
  const node: JsonObject = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (STRUCTURE_KEYWORDS.has(keyword)) node[keyword] = value;
  }
  if (isJsonObject(schema['properties'])) {
    node['properties'] = Object.fromEntries(
      Object.entries(schema['properties']).map(([name, property]) => [name, convertChild(property, source)]),
    );
  }
  if (schema['items'] !== undefined) node['items'] = convertChild(schema['items'], source);
  const extra = schema['additionalProperties'];
  if (extra !== undefined)
    node['additionalProperties'] = isJsonObject(extra) ? convertChild(extra, source) : extra;
  if (Array.isArray(schema['required'])) {
    node['needed'] = schema['required'];
    allowNulls(node, schema['required']);
  }
  return node;
}

/** A null is told as a missing field, not as a field of the wrong type. */
function allowNulls(node: JsonObject, required: JsonValue[]): void {
  if (!isJsonObject(node['properties'])) return;
  for (const name of required) {
    const property = typeof name === 'string' ? node['properties'][name] : undefined;
    if (isJsonObject(property) && typeof property['type'] === 'string')
      property['type'] = [property['type'], 'null'];
  }
}

function convertChild(schema: JsonValue, source: JsonObject): JsonObject {
  return isJsonObject(schema) ? convertNode(schema, source) : {};
}

function convertReference(name: string, source: JsonObject): JsonObject {
  const inlined = INLINED[name];
  if (inlined) return inlined;
  const target = source[name];
  if (isJsonObject(target) && target['properties'] === undefined && target['type'] === undefined) return {};
  return { lazyRef: name, orNull: true };
}

/** Names of all definitions that a converted definition refers to. */
export function listReferences(node: JsonValue): string[] {
  if (Array.isArray(node)) return node.flatMap(listReferences);
  if (!isJsonObject(node)) return [];
  return Object.entries(node).flatMap(([keyword, value]) =>
    keyword === 'lazyRef' && typeof value === 'string' ? [value] : listReferences(value),
  );
}
