import { isJsonObject, type JsonObject, type JsonValue } from '../../harness/manifest/manifest.js';

/** A schema somewhere inside another one. */
interface Subschema {
  schema: JsonObject;
  path: readonly (string | number)[];
  /** True below `if`, `then`, `else`, `not` and `allOf`: such a schema adds a rule to an object described elsewhere. */
  conditional: boolean;
}

const KEYWORDS = new Set(
  `$ref $comment type enum const default description examples properties additionalProperties patternProperties
  propertyNames required minProperties maxProperties items additionalItems minItems maxItems uniqueItems contains
  minLength maxLength pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf allOf anyOf oneOf
  not if then else dependencies x-kubernetes`.split(/\s+/u),
);

const MAPS_OF_SCHEMAS = ['properties', 'patternProperties', 'dependencies'];
const LISTS_OF_SCHEMAS = ['allOf', 'anyOf', 'oneOf'];
const SINGLE_SCHEMAS = [
  'additionalProperties',
  'propertyNames',
  'items',
  'additionalItems',
  'contains',
  'not',
  'if',
  'then',
  'else',
];
const CONDITIONAL = new Set(['if', 'then', 'else', 'not', 'allOf', 'dependencies']);

/** The schema itself and every schema inside it. */
export function* walkSchema(
  schema: JsonObject,
  path: readonly (string | number)[] = [],
  conditional = false,
): Generator<Subschema> {
  yield { schema, path, conditional };
  const descend = function* (
    keyword: string,
    key: string | number | undefined,
    value: JsonValue | undefined,
  ) {
    if (!isJsonObject(value)) return;
    const below = key === undefined ? [...path, keyword] : [...path, keyword, key];
    yield* walkSchema(value, below, conditional || CONDITIONAL.has(keyword));
  };
  for (const keyword of SINGLE_SCHEMAS) yield* descend(keyword, undefined, schema[keyword]);
  for (const keyword of MAPS_OF_SCHEMAS) {
    const map = schema[keyword];
    if (isJsonObject(map))
      for (const [key, value] of Object.entries(map)) yield* descend(keyword, key, value);
  }
  for (const keyword of LISTS_OF_SCHEMAS) {
    const list = schema[keyword];
    if (Array.isArray(list))
      for (const [index, value] of list.entries()) yield* descend(keyword, index, value);
  }
}

/** The name behind `#/$defs/name`, or undefined for any other reference. */
export function definitionNameOf(reference: JsonValue | undefined): string | undefined {
  return typeof reference === 'string' ? /^#\/\$defs\/([\w.]+)$/u.exec(reference)?.[1] : undefined;
}

/** Keywords that draft-07 ignores beside `$ref` without harm, for they say nothing about what is valid. */
const ANNOTATIONS = new Set(['$ref', '$comment', 'description', 'default', 'examples']);

/**
 * Says what is wrong with a schema that a person wrote, each with the path of the keyword to look at.
 *
 * The rules: only keywords that exist; references that resolve; a closed or open object is declared so; every property
 * is described; patterns that Go's regular expressions can hold, for Helm is what reads them.
 */
export function* checkSchema(
  schema: JsonObject,
  definitionNames: ReadonlySet<string>,
): Generator<{ path: readonly (string | number)[]; message: string }> {
  for (const { schema: part, path, conditional } of walkSchema(schema)) {
    for (const keyword of Object.keys(part)) {
      if (!KEYWORDS.has(keyword))
        yield { path: [...path, keyword], message: `unknown schema keyword "${keyword}"` };
    }
    yield* checkReference(part, path, definitionNames);
    yield* checkPattern(part, path);
    if (!conditional && isJsonObject(part['properties']))
      yield* checkProperties(part, part['properties'], path);
  }
}

function* checkReference(
  part: JsonObject,
  path: readonly (string | number)[],
  definitionNames: ReadonlySet<string>,
) {
  const reference = part['$ref'];
  if (reference === undefined) return;
  const name = definitionNameOf(reference);
  if (name === undefined) {
    yield {
      path: [...path, '$ref'],
      message: `$ref ${JSON.stringify(reference)} is not of the form "#/$defs/name"`,
    };
  } else if (!definitionNames.has(name)) {
    yield { path: [...path, '$ref'], message: `$ref to "${name}", which no @define gives` };
  }
  const ignored = Object.keys(part).filter((keyword) => !ANNOTATIONS.has(keyword));
  if (ignored.length > 0) {
    yield { path, message: `${ignored.join(', ')} beside $ref would be ignored: put both into allOf` };
  }
}

function* checkPattern(part: JsonObject, path: readonly (string | number)[]) {
  const { pattern } = part;
  if (typeof pattern === 'string' && /\(\?(?:[=!]|<[=!])|\\[1-9]/u.test(pattern)) {
    yield {
      path: [...path, 'pattern'],
      message: "pattern has a look-around or a back reference, which Helm's regular expressions do not have",
    };
  }
}

function* checkProperties(part: JsonObject, properties: JsonObject, path: readonly (string | number)[]) {
  if (part['additionalProperties'] === undefined) {
    yield {
      path,
      message: 'an object with properties needs additionalProperties: false, or what else it may hold',
    };
  }
  for (const [name, property] of Object.entries(properties)) {
    const described = isJsonObject(property) && typeof property['description'] === 'string';
    if (!described || property['description'] === '') {
      yield { path: [...path, 'properties', name], message: `property "${name}" has no description` };
    }
  }
}
