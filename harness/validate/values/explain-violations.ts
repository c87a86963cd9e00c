import type { PathSegment } from '../../manifest/json-pointer.js';
import { isJsonObject, type JsonObject, type JsonValue, type ValuesSource } from '../../manifest/manifest.js';
import type { Issue } from '../issue.js';
import { nearestName } from '../nearest-name.js';
import { ValuesPositions } from './values-position.js';

/** One way in which values do not meet a schema, in the words of the program that checked it. */
export interface ValuesViolation {
  /** JSON pointer into the values; empty for the whole. */
  pointer: string;
  /** Names there that the schema does not know. */
  unknownNames: readonly string[];
  message: string;
  /** True where it is the last name of the pointer that is not allowed, not its value. */
  badName?: boolean;
}

export interface ExplainViolationsOptions {
  violations: readonly ValuesViolation[];
  /** The schema, where it is known: it tells which names there are. */
  schema?: JsonObject | undefined;
  valuesSources: readonly ValuesSource[];
}

/** Rule id of findings about values that do not meet the chart's schema. */
export const VALUES_SCHEMA_RULE = 'values-schema';

/** Violations of a chart's schema as findings: each with file and line, unknown names with the nearest known one. */
export function explainViolations({ violations, schema, valuesSources }: ExplainViolationsOptions): Issue[] {
  const positions = new ValuesPositions(valuesSources);
  return violations.flatMap(({ pointer, unknownNames, message, badName = false }) => {
    const written = splitPointer(pointer);
    const path = badName && schema !== undefined ? findBadName(written, { schema, positions }) : written;
    if (unknownNames.length === 0) {
      const place = formatPath(path) || 'the values';
      const meaning = schema === undefined ? undefined : readMeaning(schema, path, badName);
      const remedy = `Correct the ${badName ? 'name' : 'value'}${meaning === undefined ? '.' : `: ${meaning}`}`;
      return [describe(positions, path, { message: `${place}: ${message}`, remedy })];
    }
    return unknownNames.map((name) => {
      const known = schema === undefined ? [] : listKnownNames(schema, path);
      const nearest = nearestName(name, known);
      const full = [...path, name];
      return describe(positions, full, {
        message: `${formatPath(full)}: no such value`,
        remedy: nearest === undefined ? suggest(known) : `Did you mean ${formatPath([...path, nearest])}?`,
      });
    });
  });
}

/**
 * Helm 4 leaves out where a name stands that is not allowed when it is the only one. It is the entry of that name in a
 * map whose names the schema restricts.
 */
function findBadName(
  path: readonly string[],
  { schema, positions }: { schema: JsonObject; positions: ValuesPositions },
): readonly string[] {
  const [name, ...deeper] = path;
  if (deeper.length > 0) return path;
  const candidates = positions
    .listEntries()
    .map((entry) => entry.path.map(String))
    .filter((entry) => entry.at(-1) === name)
    .filter((entry) => listNodes(schema, entry.slice(0, -1)).some((node) => 'propertyNames' in node));
  return candidates.at(-1) ?? path;
}

function describe(
  positions: ValuesPositions,
  path: readonly PathSegment[],
  text: Pick<Issue, 'message' | 'remedy'>,
): Issue {
  const values = positions.findNearest(path);
  return {
    rule: VALUES_SCHEMA_RULE,
    severity: 'error',
    object: '',
    pointer: '',
    ...text,
    ...(values === undefined ? {} : { values }),
  };
}

function suggest(known: readonly string[]): string {
  if (known.length === 0) return 'Remove it.';
  const shown = known.slice(0, 12).join(', ');
  return `Remove it, or use one of: ${shown}${known.length > 12 ? ', …' : ''}.`;
}

function splitPointer(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function formatPath(path: readonly PathSegment[]): string {
  return path
    .map((part) => (/^\d+$/u.test(String(part)) ? `[${part}]` : String(part)))
    .join('.')
    .replaceAll('.[', '[');
}

/** The schemas that apply at a path, through `$ref`, `additionalProperties`, lists and alternatives. */
function listNodes(root: JsonObject, path: readonly string[]): JsonObject[] {
  let nodes = resolveNodes(root, root);
  for (const part of path) nodes = nodes.flatMap((node) => stepInto(root, node, part));
  return nodes;
}

function readMeaning(root: JsonObject, path: readonly string[], ofName: boolean): string | undefined {
  const nodes = ofName
    ? listNodes(root, path.slice(0, -1)).flatMap((node) => resolveNodes(root, node['propertyNames']))
    : listNodes(root, path);
  const texts = nodes.map((node) => node['description']);
  return texts.findLast((text) => typeof text === 'string');
}

function listKnownNames(root: JsonObject, path: readonly string[]): string[] {
  const nodes = listNodes(root, path);
  return [
    ...new Set(
      nodes.flatMap((node) => (isJsonObject(node['properties']) ? Object.keys(node['properties']) : [])),
    ),
  ];
}

function stepInto(root: JsonObject, node: JsonObject, part: string): JsonObject[] {
  const properties = isJsonObject(node['properties']) ? node['properties'] : {};
  const next = properties[part] ?? node['additionalProperties'] ?? node['items'];
  return resolveNodes(root, next);
}

function resolveNodes(root: JsonObject, node: JsonValue | undefined, depth = 0): JsonObject[] {
  if (!isJsonObject(node) || depth > 20) return [];
  const reference = node['$ref'];
  const target = typeof reference === 'string' ? readPointer(root, reference) : undefined;
  const alternatives = ['anyOf', 'oneOf', 'allOf'].flatMap((key) => {
    const list = node[key];
    return Array.isArray(list) ? list : [];
  });
  return [node, ...[target, ...alternatives].flatMap((next) => resolveNodes(root, next, depth + 1))];
}

function readPointer(root: JsonObject, reference: string): JsonValue | undefined {
  return splitPointer(reference.replace(/^#/u, '')).reduce<JsonValue | undefined>(
    (value, part) => (isJsonObject(value) ? value[part] : undefined),
    root,
  );
}
