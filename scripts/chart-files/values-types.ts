import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { isJsonObject, type JsonObject, type JsonValue } from '../../harness/manifest/manifest.js';
import { definitionNameOf } from './schema-rules.js';

const BANNER = `/**
 * Generated from chart/values.yaml. Do not edit: change the comments there.
 *
 * Types of the chart's values. A misspelt key and a value of the wrong type do not compile.
 */`;

/** What the compiler adds to every definition, and what tells a reader nothing. */
const REFERENCE_NOTE = /(?: \*\n)? \* This interface was referenced by [^\n]*\n \* via [^\n]*\n/gu;

/** TypeScript types of a values schema: \`ChartValues\`, and one for every definition. */
export async function writeValuesTypes(schema: JsonObject): Promise<string> {
  const defs = isJsonObject(schema['$defs']) ? schema['$defs'] : {};
  const typeNames = new Map(
    Object.entries(defs).map(([name, definition]) => [name, typeNameOf(name, definition)]),
  );
  const { $schema: _schema, $comment: _comment, $defs: _defs, ...root } = schema;
  const prepared = {
    ...prepare(root),
    description: 'What a values file of the chart may hold.',
    $defs: Object.fromEntries(
      Object.entries(defs).map(([name, definition]) => [
        name,
        { ...prepare(definition), title: typeNames.get(name) ?? name },
      ]),
    ),
  };
  const types = await compile(prepared as JSONSchema, 'ChartValues', {
    bannerComment: BANNER,
    additionalProperties: true,
    unreachableDefinitions: true,
    format: true,
    style: { singleQuote: true, printWidth: 110 },
  });
  return types.replaceAll(REFERENCE_NOTE, '');
}

/** `externalSecret` is the type `ExternalSecretValues`; what is no object keeps its name: `Duration`. */
function typeNameOf(name: string, definition: JsonValue | undefined): string {
  const pascal = name
    .replace(/^k8s\./u, 'kubernetes.')
    .split(/[^A-Za-z0-9]+/u)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  const isOwnObject =
    isJsonObject(definition) && definition['type'] === 'object' && !('x-kubernetes' in definition);
  return isOwnObject && !/Values?$/u.test(pascal) ? `${pascal}Values` : pascal;
}

/**
 * A `$ref` beside a description would become a second, numbered copy of the named type: `allOf` keeps both.
 * Conditions that only relate keys to each other have no counterpart in types and would turn them into unions.
 */
function prepare(value: JsonValue): JsonObject {
  const prepared = prepareValue(value);
  return isJsonObject(prepared) ? prepared : {};
}

const NOT_FOR_TYPES = new Set([
  'default',
  'examples',
  'if',
  'then',
  'else',
  'not',
  'dependencies',
  'propertyNames',
  'x-kubernetes',
  '$comment',
  'maxItems',
  'minItems',
]);

function prepareValue(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(prepareValue);
  if (!isJsonObject(value)) return value;
  if (definitionNameOf(value['$ref']) !== undefined && Object.keys(value).length > 1) {
    const { $ref, description } = value;
    return { ...(description === undefined ? {} : { description }), allOf: [{ $ref: $ref as string }] };
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([keyword, inner]) => !NOT_FOR_TYPES.has(keyword) && !isListOfConditions(keyword, inner))
      .map(([keyword, inner]) => [
        keyword,
        keyword === 'properties' && isJsonObject(inner)
          ? Object.fromEntries(Object.entries(inner).map(([key, property]) => [key, prepareValue(property)]))
          : prepareValue(inner),
      ]),
  );
}

function isListOfConditions(keyword: string, list: JsonValue): boolean {
  if (!['allOf', 'anyOf', 'oneOf'].includes(keyword) || !Array.isArray(list)) return false;
  return list.every(
    (item) =>
      isJsonObject(item) && !['type', '$ref', 'const', 'enum', 'anyOf', 'oneOf'].some((key) => key in item),
  );
}
