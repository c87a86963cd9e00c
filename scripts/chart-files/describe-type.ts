import { isJsonObject, type JsonObject, type JsonValue } from '../../harness/manifest/manifest.js';
import { definitionNameOf } from './schema-rules.js';

export type LinkDefinition = (name: string) => string;

/**
 * A schema's type in a few words of Markdown: `integer`, `list of string`, `map of externalSecret`, `"a"` or `"b"`.
 *
 * @param link turns a definition's name into Markdown
 */
export function describeType(schema: JsonValue | undefined, link: LinkDefinition): string {
  if (!isJsonObject(schema)) return 'any';
  const name = definitionNameOf(schema['$ref']);
  if (name !== undefined) return link(name);
  if ('const' in schema) return inCode(schema['const']);
  if (Array.isArray(schema['enum'])) return schema['enum'].map(inCode).join(' or ');
  const alternatives = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(alternatives) && !alternatives.every(isConditionAlone)) {
    return joinAlternatives(alternatives.map((alternative) => describeType(alternative, link)));
  }
  if (Array.isArray(schema['type'])) {
    return joinAlternatives(schema['type'].map((type) => describeType({ ...schema, type }, link)));
  }
  if (typeof schema['x-kubernetes'] === 'string')
    return `Kubernetes ${kubernetesTypeName(schema['x-kubernetes'])}`;
  return describeSingleType(schema, link);
}

function describeSingleType(schema: JsonObject, link: LinkDefinition): string {
  if (schema['type'] === 'array') {
    return isJsonObject(schema['items']) ? `list of ${describeType(schema['items'], link)}` : 'list';
  }
  const entries = schema['additionalProperties'];
  if (schema['type'] === 'object' && isJsonObject(entries)) return `map of ${describeType(entries, link)}`;
  return typeof schema['type'] === 'string' ? schema['type'] : 'any';
}

/** `anyOf: [{required: [a]}, {required: [b]}]` says nothing of the type. */
function isConditionAlone(schema: JsonValue): boolean {
  return (
    isJsonObject(schema) && !['type', '$ref', 'const', 'enum', 'anyOf', 'oneOf'].some((key) => key in schema)
  );
}

/** Null only ever removes an inherited entry; the text around the tables says so once. */
function joinAlternatives(types: readonly string[]): string {
  const named = [...new Set(types)].filter((type) => type !== 'null');
  if (named.length === 0) return 'null';
  return named.length === 1 ? (named[0] ?? '') : `${named.slice(0, -1).join(', ')} or ${named.at(-1)}`;
}

function inCode(value: JsonValue): string {
  return `\`${JSON.stringify(value)}\``;
}

/** `io.k8s.api.core.v1.ResourceRequirements` is known to people as `ResourceRequirements`. */
export function kubernetesTypeName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
