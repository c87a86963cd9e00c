import { isJsonObject, type JsonObject, type JsonValue } from '../../harness/manifest/manifest.js';
import type { AnnotatedValues, Definition } from './annotated-values.js';
import { anchorOf } from './chart-readme.js';
import { describeType, kubernetesTypeName } from './describe-type.js';
import { escapeHtml, formatDefault, formatTable } from './markdown-table.js';
import { formatValuesTable } from './values-table.js';

/** The whole reference, `docs/values.md`: every value, then every type with its fields. */
export function writeValuesReference({ values, definitions }: AnnotatedValues, schema: JsonObject): string {
  const own = definitions.filter(({ schema: { keywords } }) => !('x-kubernetes' in keywords));
  const kubernetes = definitions.filter(({ schema: { keywords } }) => 'x-kubernetes' in keywords);
  const sections = [
    '<!-- Generated from chart/values.yaml. Do not edit: change the comments there. -->',
    '# Values of the chart',
    'Maps merge over several values files, key by key. `null` removes an entry that an earlier file gave. A key that is not listed here is an error.',
    '## Values',
    formatValuesTable(values, schema, linkTo),
    '## Types',
    ...own.flatMap(describeDefinition),
  ];
  if (kubernetes.length > 0) {
    sections.push(
      '## Kubernetes types',
      'Written as in a Kubernetes manifest; `sluice check` holds what is rendered from them against the schemas of Kubernetes.',
      formatTable(['Type', 'In Kubernetes'], kubernetes.map(describeKubernetesType)),
    );
  }
  return `${sections.join('\n\n')}\n`;
}

function linkTo(name: string): string {
  return `[${name}](#${name.startsWith('k8s.') ? 'kubernetes-types' : anchorOf(name)})`;
}

function describeKubernetesType({ name, schema: { keywords } }: Definition): string[] {
  return [`\`${name}\``, `\`${kubernetesTypeName(String(keywords['x-kubernetes']))}\``];
}

function describeDefinition({ name, schema: { keywords } }: Definition): string[] {
  const parts = [`### ${name}`];
  if (typeof keywords['description'] === 'string') parts.push(escapeHtml(keywords['description'].trim()));
  const rules = describeRules(keywords);
  if (rules.length > 0) parts.push(rules.map((rule) => `- ${rule}`).join('\n'));
  const tables = objectAlternatives(keywords).map(formatFields);
  parts.push(...tables);
  return parts;
}

/** The object forms of a type: itself, or those of its alternatives that have fields. */
function objectAlternatives(schema: JsonObject): JsonObject[] {
  if (isJsonObject(schema['properties'])) return [schema];
  const alternatives = schema['anyOf'] ?? schema['oneOf'];
  if (!Array.isArray(alternatives)) return [];
  return alternatives.filter(isJsonObject).flatMap(objectAlternatives);
}

function describeRules(schema: JsonObject): string[] {
  const type = describeType(schema, linkTo);
  const rules = type === 'object' ? [] : [`Type: ${type}`];
  if (typeof schema['pattern'] === 'string') rules.push(`Pattern: \`${schema['pattern']}\``);
  if (Array.isArray(schema['examples'])) {
    rules.push(`Examples: ${schema['examples'].map((example) => formatDefault(example)).join(', ')}`);
  }
  return rules;
}

function formatFields(schema: JsonObject): string {
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  return formatTable(
    ['Field', 'Type', 'Default', 'What it does'],
    fieldRows(schema, [], required as ReadonlySet<JsonValue>),
  );
}

function fieldRows(
  schema: JsonObject,
  parent: readonly string[],
  required: ReadonlySet<JsonValue>,
): string[][] {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  return Object.entries(properties).flatMap(([key, property]) => {
    if (!isJsonObject(property)) return [];
    const path = [...parent, key];
    const description = typeof property['description'] === 'string' ? property['description'] : '';
    const row = [
      `\`${path.join('.')}\``,
      describeType(property, linkTo),
      parent.length === 0 && required.has(key) ? 'required' : formatDefault(property['default']),
      description,
    ];
    return [row, ...fieldRows(property, path, new Set())];
  });
}
