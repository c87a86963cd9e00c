import { Ajv } from 'ajv';
import { isJsonObject, type JsonObject, type JsonValue } from '../../harness/manifest/manifest.js';
import { acceptNullInProperties } from './accept-null.js';
import type { AnnotatedValue, AnnotatedValues, Definition } from './annotated-values.js';
import type { Problem } from './problem.js';
import { checkSchema, definitionNameOf, walkSchema } from './schema-rules.js';

export interface BuiltSchema {
  /** JSON schema, draft-07: what `values.schema.json` holds. */
  schema: JsonObject;
  problems: readonly Problem[];
}

/** Makes the schema of a values file from its defaults and their annotations. Closed wherever nothing else is said. */
export function buildSchema(annotated: AnnotatedValues): BuiltSchema {
  const { file, definitions } = annotated;
  const problems: Problem[] = [...annotated.problems];
  const names = new Set(definitions.map(({ name }) => name));
  for (const definition of definitions) problems.push(...checkDefinition(file, definition, names));
  const properties: JsonObject = {};
  for (const value of annotated.values) {
    problems.push(...checkValue(file, value, names));
    properties[value.path.at(-1) ?? ''] = schemaOfValue(value);
  }
  properties['global'] ??= {
    description: 'Values that Helm shares with subcharts. The chart reads none of them.',
    type: 'object',
  };
  const schema: JsonObject = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $comment: 'Generated from values.yaml. Do not edit: change the comments there.',
    type: 'object',
    additionalProperties: false,
    properties,
    $defs: Object.fromEntries(
      definitions.map(({ name, schema: { keywords } }) => [
        name,
        acceptNullInProperties(openForKubernetes(keywords)),
      ]),
    ),
  };
  problems.push(...findUnusedDefinitions(file, definitions, schema));
  if (problems.length === 0) problems.push(...checkDefaults(annotated, schema));
  return { schema, problems };
}

/** Whether the keys under this value are described one by one, and not as entries of a map. */
export function hasDescribedChildren(
  value: AnnotatedValue,
): value is AnnotatedValue & { children: readonly AnnotatedValue[] } {
  return (value.children?.length ?? 0) > 0 && !isDataOf(value);
}

/** A map whose schema says what its entries are: the entries in values.yaml are defaults, not keys of the schema. */
function isDataOf({ schema }: AnnotatedValue): boolean {
  const keywords = schema?.keywords ?? {};
  return (
    ['$ref', 'anyOf', 'oneOf', 'allOf', 'properties', 'x-kubernetes'].some(
      (keyword) => keyword in keywords,
    ) ||
    isJsonObject(keywords['additionalProperties']) ||
    keywords['additionalProperties'] === true
  );
}

/** The schema of one key as its default and its own annotations make it. */
export function schemaOfValue(value: AnnotatedValue): JsonObject {
  const own = value.schema?.keywords ?? {};
  const description: JsonObject = value.description === '' ? {} : { description: value.description };
  const given = value.default;
  const fallback: JsonObject = hasDescribedChildren(value) || given === null ? {} : { default: given };
  if ('$ref' in own) return { ...description, ...own, ...fallback };
  return { ...description, ...inferType(value, own), ...openForKubernetes(own), ...fallback };
}

function inferType(value: AnnotatedValue, own: JsonObject): JsonObject {
  if (hasDescribedChildren(value)) {
    const properties = Object.fromEntries(
      value.children.map((child) => [child.path.at(-1) ?? '', schemaOfValue(child)]),
    );
    return { type: 'object', additionalProperties: false, properties };
  }
  if (['type', 'enum', 'const', 'anyOf', 'oneOf'].some((keyword) => keyword in own)) return {};
  return typeOfDefault(value.default);
}

function typeOfDefault(value: JsonValue): JsonObject {
  if (value === null) return {};
  if (Array.isArray(value)) {
    const items = [...new Set(value.map((item) => JSON.stringify(typeOfDefault(item))))];
    return items.length === 1 ? { type: 'array', items: JSON.parse(items[0] ?? '{}') } : { type: 'array' };
  }
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'integer' : 'number' };
  return { type: typeof value };
}

function openForKubernetes(schema: JsonObject): JsonObject {
  return 'x-kubernetes' in schema && schema['type'] === 'object' && !('additionalProperties' in schema)
    ? { ...schema, additionalProperties: true }
    : schema;
}

function* checkDefinition(file: string, { name, line, schema }: Definition, names: ReadonlySet<string>) {
  if (typeof schema.keywords['description'] !== 'string' && !('x-kubernetes' in schema.keywords)) {
    yield { file, line, message: `@define ${name} has no description` };
  }
  for (const { path, message } of checkSchema(schema.keywords, names)) {
    yield { file, line: schema.lineOf(path), message: `@define ${name}: ${message}` };
  }
}

function* checkValue(file: string, value: AnnotatedValue, names: ReadonlySet<string>): Generator<Problem> {
  const { line, schema } = value;
  const key = value.path.join('.');
  if (value.description === '') {
    yield { file, line, message: `"${key}" has no description: write "# -- text" above it` };
  }
  if (schema) {
    for (const { path, message } of checkSchema(schema.keywords, names)) {
      yield { file, line: schema.lineOf(path), message: `"${key}": ${message}` };
    }
  }
  const missing = whatTypeIsMissing(value);
  if (missing) yield { file, line, message: `"${key}" ${missing}` };
  if (hasDescribedChildren(value)) for (const child of value.children) yield* checkValue(file, child, names);
}

function whatTypeIsMissing(value: AnnotatedValue): string | undefined {
  const own = value.schema?.keywords ?? {};
  if (['$ref', 'anyOf', 'oneOf', 'allOf', 'enum', 'const', 'x-kubernetes'].some((keyword) => keyword in own))
    return undefined;
  const given = value.default;
  if (given === null && !('type' in own)) return 'is null: an @schema must say what it may be';
  if (Array.isArray(given) && given.length === 0 && !('items' in own)) {
    return 'is an empty list: an @schema must say what its items are';
  }
  const isEmptyMap = isJsonObject(given) && Object.keys(given).length === 0;
  if (isEmptyMap && !('additionalProperties' in own) && !('properties' in own)) {
    return 'is an empty map: an @schema must say what its entries are';
  }
  return undefined;
}

function findUnusedDefinitions(
  file: string,
  definitions: readonly Definition[],
  schema: JsonObject,
): Problem[] {
  const used = new Set<string | undefined>();
  const defs = schema['$defs'];
  const roots = [schema, ...(isJsonObject(defs) ? Object.values(defs) : [])];
  for (const root of roots) {
    if (isJsonObject(root))
      for (const part of walkSchema(root)) used.add(definitionNameOf(part.schema['$ref']));
  }
  return definitions
    .filter(({ name }) => !used.has(name))
    .map(({ name, line }) => ({ file, line, message: `@define ${name} is used by no $ref` }));
}

/** The defaults must be valid themselves, and the schema one that a validator accepts. */
function checkDefaults({ file, values }: AnnotatedValues, schema: JsonObject): Problem[] {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
  });
  ajv.addKeyword('x-kubernetes');
  let validate: ReturnType<Ajv['compile']>;
  try {
    validate = ajv.compile(schema);
  } catch (error) {
    return [
      {
        file,
        line: 1,
        message: `not a valid schema: ${error instanceof Error ? error.message : String(error)}`,
      },
    ];
  }
  validate(Object.fromEntries(values.map((value) => [value.path[0] ?? '', value.default])));
  return (validate.errors ?? []).map(({ instancePath, message }) => {
    const path = instancePath.split('/').slice(1);
    return {
      file,
      line: lineOfValue(values, path),
      message: `the default of "${path.join('.')}" breaks its own schema: ${message ?? ''}`,
    };
  });
}

function lineOfValue(values: readonly AnnotatedValue[], path: readonly string[]): number {
  let line = 1;
  let level: readonly AnnotatedValue[] | undefined = values;
  for (const step of path) {
    const found: AnnotatedValue | undefined = level?.find((value) => value.path.at(-1) === step);
    if (!found) return line;
    line = found.line;
    level = found.children;
  }
  return line;
}
