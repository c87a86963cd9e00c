import { isJsonObject, type JsonObject, type JsonValue } from '../../manifest/manifest.js';

/** Takes a definition and gives the number under which `lazyRef` finds it again. */
export type AddDefinition = (definition: JsonObject) => number;

/** Where a schema stands: the API server drops nulls from properties and map values, never from list items. */
type Position = 'property' | 'item';

/** Keywords that mean the same in a structural schema and in JSON schema. */
const COPIED_KEYWORDS = [
  'format',
  'pattern',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
] as const;

const COMBINATIONS = ['allOf', 'anyOf', 'oneOf', 'not'] as const;

/**
 * Turns the structural schema of a CustomResourceDefinition (`openAPIV3Schema`) into the form that
 * {@link SchemaStore} compiles: closed objects, `needed` for required fields, `lazyRef` to nested objects.
 *
 * Rules in CEL (`x-kubernetes-validations`) are left out: they are not evaluated.
 * Source: "Extend the Kubernetes API with CustomResourceDefinitions", structural schemas, pruning, nullable.
 *
 * @returns the number of the root definition.
 */
export function convertStructuralSchema(schema: JsonObject, addDefinition: AddDefinition): number {
  const root = convertObject(schema, addDefinition);
  const properties = isJsonObject(root['properties']) ? root['properties'] : {};
  root['properties'] = {
    ...properties,
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { lazyRef: 'ObjectMeta', orNull: true },
  };
  return addDefinition(root);
}

function convertNode(schema: JsonValue | undefined, position: Position, add: AddDefinition): JsonObject {
  if (!isJsonObject(schema)) return {};
  const nullable = position === 'property' || schema['nullable'] === true;
  const node = convertAny(schema, add);
  if (mustBeHoisted(node)) return { lazyRef: add(node), ...(nullable ? { orNull: true } : {}) };
  return nullable ? allowNull(node) : node;
}

function convertAny(schema: JsonObject, add: AddDefinition): JsonObject {
  if (schema['x-kubernetes-int-or-string'] === true) {
    const { anyOf: _, ...rest } = schema;
    return { type: ['integer', 'string'], ...copyKeywords(rest) };
  }
  switch (schema['type']) {
    case 'object':
      return convertObject(schema, add);
    case 'array':
      return {
        type: 'array',
        items: convertNode(schema['items'], 'item', add),
        ...copyKeywords(schema),
        ...listRules(schema),
      };
    case undefined:
      return copyKeywords(schema);
    default:
      return { type: schema['type'] ?? 'string', ...copyKeywords(schema) };
  }
}

function convertObject(schema: JsonObject, add: AddDefinition): JsonObject {
  const node: JsonObject = { type: 'object', ...copyKeywords(schema) };
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : undefined;
  if (properties) {
    node['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, convertNode(property, 'property', add)]),
    );
  }
  Object.assign(node, convertRequired(schema, properties ?? {}));
  const extra = schema['additionalProperties'];
  if (isJsonObject(extra)) node['additionalProperties'] = convertNode(extra, 'property', add);
  else if (schema['x-kubernetes-embedded-resource'] === true) node['required'] = ['apiVersion', 'kind'];
  else if (extra !== true && schema['x-kubernetes-preserve-unknown-fields'] !== true) {
    node['additionalProperties'] = false;
  }
  return node;
}

/** A null stands for a missing field unless the field is nullable. */
function convertRequired(schema: JsonObject, properties: JsonObject): JsonObject {
  const required = Array.isArray(schema['required'])
    ? schema['required'].filter((name) => typeof name === 'string')
    : [];
  const isNullable = (name: string): boolean => {
    const property = properties[name];
    return isJsonObject(property) && property['nullable'] === true;
  };
  const needed = required.filter((name) => !isNullable(name));
  const present = required.filter(isNullable);
  return {
    ...(needed.length > 0 ? { needed } : {}),
    ...(present.length > 0 ? { required: present } : {}),
  };
}

function copyKeywords(schema: JsonObject): JsonObject {
  const copy: JsonObject = {};
  for (const keyword of COPIED_KEYWORDS) {
    const value = schema[keyword];
    if (value !== undefined && typeof value !== 'boolean') copy[keyword] = value;
  }
  if (Array.isArray(schema['enum'])) copy['enum'] = schema['enum'];
  for (const keyword of COMBINATIONS) {
    const value = schema[keyword];
    if (Array.isArray(value)) copy[keyword] = value.map(convertValueValidation);
    else if (isJsonObject(value)) copy[keyword] = convertValueValidation(value);
  }
  return copy;
}

/** Inside `anyOf` and its like a schema only constrains: it closes nothing and declares no fields. */
function convertValueValidation(schema: JsonValue): JsonObject {
  if (!isJsonObject(schema)) return {};
  const node = copyKeywords(schema);
  if (typeof schema['type'] === 'string') node['type'] = schema['type'];
  if (Array.isArray(schema['required'])) node['required'] = schema['required'];
  if (isJsonObject(schema['properties'])) {
    node['properties'] = Object.fromEntries(
      Object.entries(schema['properties']).map(([name, value]) => [name, convertValueValidation(value)]),
    );
  }
  if (isJsonObject(schema['items'])) node['items'] = convertValueValidation(schema['items']);
  return node;
}

function listRules(schema: JsonObject): JsonObject {
  if (schema['x-kubernetes-list-type'] === 'set') return { uniqueItems: true };
  const keys = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-list-type'] === 'map' && Array.isArray(keys)) return { uniqueBy: keys };
  return {};
}

/** Objects are compiled on their own, when an object that uses them is first seen. */
function mustBeHoisted(node: JsonObject): boolean {
  return node['properties'] !== undefined || COMBINATIONS.some((keyword) => node[keyword] !== undefined);
}

function allowNull(node: JsonObject): JsonObject {
  const type = node['type'];
  if (type === undefined) return node;
  const types = Array.isArray(type) ? [...type, 'null'] : [type, 'null'];
  const values = node['enum'];
  return { ...node, type: types, ...(Array.isArray(values) ? { enum: [...values, null] } : {}) };
}
