import { isJsonObject, type JsonObject, type JsonValue } from '../../harness/manifest/manifest.js';

const ALTERNATIVES = ['anyOf', 'oneOf', 'allOf'] as const;

/**
 * Lets `null` take the place of every property that is not required, at any depth: an overlay removes with it what an
 * earlier values file gave, and Helm hands it on for keys that the chart's defaults lack.
 */
export function acceptNullInProperties(schema: JsonObject): JsonObject {
  const result: JsonObject = { ...schema };
  const { properties, items, additionalProperties } = schema;
  const required = new Set<JsonValue>(Array.isArray(schema['required']) ? schema['required'] : []);
  if (isJsonObject(properties)) {
    result['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, property]) => {
        if (!isJsonObject(property)) return [name, property];
        const inner = acceptNullInProperties(property);
        return [name, required.has(name) ? inner : acceptNull(inner)];
      }),
    );
  }
  if (isJsonObject(items)) result['items'] = acceptNullInProperties(items);
  if (isJsonObject(additionalProperties)) {
    result['additionalProperties'] = acceptNullInProperties(additionalProperties);
  }
  for (const keyword of ALTERNATIVES) {
    const list = schema[keyword];
    if (!Array.isArray(list)) continue;
    result[keyword] = list.map((one) => (isJsonObject(one) ? acceptNullInProperties(one) : one));
  }
  return result;
}

// A list of types is what validators speak of most briefly; what limits the value itself needs an alternative.
function acceptNull(schema: JsonObject): JsonObject {
  const { type, anyOf } = schema;
  if (Array.isArray(anyOf)) {
    return anyOf.some((one) => isJsonObject(one) && one['type'] === 'null')
      ? schema
      : { ...schema, anyOf: [...anyOf, { type: 'null' }] };
  }
  const isLimited = ['$ref', 'enum', 'const', 'oneOf', 'allOf'].some((keyword) => keyword in schema);
  if (!isLimited) {
    const types = Array.isArray(type) ? type : type === undefined ? [] : [type];
    return types.length === 0 || types.includes('null') ? schema : { ...schema, type: [...types, 'null'] };
  }
  const { description, default: fallback, examples, ...rest } = schema;
  return {
    ...(description === undefined ? {} : { description }),
    anyOf: [rest, { type: 'null' }],
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(examples === undefined ? {} : { examples }),
  };
}
