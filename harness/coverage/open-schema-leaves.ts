import { readPointer, splitPointer } from '../manifest/json-pointer.js';
import { isJsonObject, type JsonValue } from '../manifest/manifest.js';
import type { DescribedChart } from './describe-chart.js';

/**
 * Pointers of the leaves of values.yaml that the chart's schema lets be anything; empty where it has no schema.
 *
 * A schema that names a type, allowed values, or parts of its own accepts not everything.
 */
export function findOpenSchemaLeaves({ schema, leaves }: DescribedChart): string[] {
  if (schema === undefined) return [];
  return leaves.map(({ pointer }) => pointer).filter((pointer) => acceptsAnything(schema, pointer));
}

function acceptsAnything(root: JsonValue, pointer: string): boolean {
  let found: JsonValue[] = [root];
  for (const segment of splitPointer(pointer)) {
    found = found.flatMap((schema) => listParts(root, schema)).flatMap((part) => stepInto(part, segment));
    if (found.length === 0) return true;
  }
  return !found.flatMap((schema) => listParts(root, schema)).some(constrains);
}

const COMBINING = ['allOf', 'anyOf', 'oneOf'];
const CONDITIONAL = ['then', 'else'];

/** A schema with all that it refers to, and each of its alternatives. */
function listParts(
  root: JsonValue,
  schema: JsonValue | undefined,
  seen: ReadonlySet<JsonValue> = new Set(),
): JsonValue[] {
  if (schema === undefined || seen.has(schema)) return [];
  if (!isJsonObject(schema)) return [schema];
  const known = new Set([...seen, schema]);
  const { $ref } = schema;
  const referred =
    typeof $ref === 'string' && $ref.startsWith('#')
      ? [readPointer(root, decodeURIComponent($ref.slice(1)))]
      : [];
  const combined = COMBINING.flatMap((key) => (Array.isArray(schema[key]) ? schema[key] : []));
  const conditional = CONDITIONAL.flatMap((key) => schema[key] ?? []);
  const below = [...referred, ...combined, ...conditional].flatMap((part) => listParts(root, part, known));
  return [schema, ...below];
}

function stepInto(schema: JsonValue, key: string): JsonValue[] {
  if (schema === false) return [false];
  if (!isJsonObject(schema)) return [];
  const { properties, patternProperties, additionalProperties } = schema;
  const own = isJsonObject(properties) ? properties[key] : undefined;
  const fitting = isJsonObject(patternProperties)
    ? Object.entries(patternProperties).filter(([pattern]) => fits(pattern, key))
    : [];
  const named = [...(own === undefined ? [] : [own]), ...fitting.map(([, part]) => part)];
  if (named.length > 0) return named;
  return additionalProperties === undefined || additionalProperties === true ? [] : [additionalProperties];
}

function fits(pattern: string, key: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(key);
  } catch {
    return false;
  }
}

// What tells of a value without narrowing it, or is looked into part by part.
const TELLING = new Set([
  '$ref',
  '$comment',
  '$id',
  '$schema',
  '$defs',
  'definitions',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  ...COMBINING,
  ...CONDITIONAL,
  'if',
]);

function constrains(schema: JsonValue): boolean {
  if (schema === false) return true;
  if (!isJsonObject(schema)) return false;
  return Object.entries(schema).some(([key, value]) => !TELLING.has(key) && !allows(key, value));
}

function allows(key: string, value: JsonValue): boolean {
  return key === 'additionalProperties' && value === true;
}
