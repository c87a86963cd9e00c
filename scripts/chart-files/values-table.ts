import { isJsonObject, type JsonObject } from '../../harness/manifest/manifest.js';
import type { AnnotatedValue } from './annotated-values.js';
import { schemaOfValue } from './build-schema.js';
import { describeType, type LinkDefinition } from './describe-type.js';
import { formatDefault, formatTable } from './markdown-table.js';
import { definitionNameOf } from './schema-rules.js';

/** One row for every value that a person can set, in the order of values.yaml. */
export function formatValuesTable(
  values: readonly AnnotatedValue[],
  schema: JsonObject,
  link: LinkDefinition,
): string {
  const definitions = isJsonObject(schema['$defs']) ? schema['$defs'] : {};
  const rows = rowsOf(values, (value) => schemaOfChild(schema, value, definitions), { definitions, link });
  return formatTable(['Value', 'Type', 'Default', 'What it does'], rows);
}

function rowsOf(
  values: readonly AnnotatedValue[],
  propertiesOf: (value: AnnotatedValue) => JsonObject,
  write: { definitions: JsonObject; link: LinkDefinition },
): string[][] {
  return values.flatMap((value) => {
    const schema = propertiesOf(value);
    const children = describedChildrenOf(value);
    const row = [
      `\`${value.path.join('.')}\``,
      describeType(schema, write.link),
      children.length > 0 ? '' : formatDefault(value.default),
      value.description,
    ];
    return [row, ...rowsOf(children, (child) => schemaOfChild(schema, child, write.definitions), write)];
  });
}

/** Keys that a person described one by one, also where a definition gives their types. */
function describedChildrenOf({ children = [] }: AnnotatedValue): readonly AnnotatedValue[] {
  return children.every(({ description }) => description !== '') ? children : [];
}

function schemaOfChild(parent: JsonObject, child: AnnotatedValue, definitions: JsonObject): JsonObject {
  const name = definitionNameOf(parent['$ref']);
  const resolved = name === undefined ? parent : definitions[name];
  const properties = isJsonObject(resolved) ? resolved['properties'] : undefined;
  const own = isJsonObject(properties) ? properties[child.path.at(-1) ?? ''] : undefined;
  return isJsonObject(own) ? own : schemaOfValue(child);
}
