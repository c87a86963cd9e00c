import type { JsonObject } from './manifest.js';
import { readList, readName, readObjects, readStringMap } from './read-json.js';

type Labels = Readonly<Record<string, string>>;

/**
 * True when labels satisfy a `metav1.LabelSelector`: every pair of `matchLabels` and every requirement of
 * `matchExpressions`. An empty selector matches everything; whether a missing one does is the owner's rule.
 */
export function matchesSelector(selector: JsonObject, labels: Labels): boolean {
  return (
    containsLabels(readStringMap(selector, 'matchLabels'), labels) &&
    readObjects(selector, 'matchExpressions').every(({ item }) => matchesExpression(item, labels))
  );
}

/** True when every pair of `wanted` is among the labels, as for a Service's `selector`. */
export function containsLabels(wanted: Labels, labels: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

function matchesExpression(expression: JsonObject, labels: Labels): boolean {
  const key = readName(expression, 'key') ?? '';
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  const values = readList(expression, 'values');
  switch (expression['operator']) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
