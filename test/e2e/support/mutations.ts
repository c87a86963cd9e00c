import { joinPointer, type PathSegment, readSegments } from '../../../harness/manifest/json-pointer.js';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KubernetesObject,
} from '../../../harness/manifest/manifest.js';

/** An object with one thing about it changed. */
export interface Mutation {
  object: KubernetesObject;
  kind: string;
  /** Where, list positions told as `*`: `/spec/template/spec/containers/0/image`, with `*` for the position. */
  place: string;
  /** What was done there, such as `removed`. */
  change: string;
}

// Without these there is no request to send, or another object is meant.
const IDENTITY = new Set(['/apiVersion', '/kind', '/metadata', '/metadata/name', '/metadata/namespace']);

/**
 * Every small mistake at every place of the objects: removed, misspelt, of another type, empty, out of range, twice.
 * A place that several objects of a kind have is changed in the first alone.
 */
export function listMutations(objects: readonly KubernetesObject[]): Mutation[] {
  const seen = new Set<string>();
  return objects.flatMap((object) =>
    listPaths(object).flatMap((path) => {
      const place = path.reduce<string>(
        (pointer, segment) => joinPointer(pointer, typeof segment === 'number' ? '*' : segment),
        '',
      );
      if (IDENTITY.has(place) || seen.has(`${object.kind} ${place}`)) return [];
      seen.add(`${object.kind} ${place}`);
      return listChanges(object, path).map(([change, changed]) => ({
        object: changed,
        kind: object.kind,
        place,
        change,
      }));
    }),
  );
}

function listPaths(value: JsonValue, path: readonly PathSegment[] = []): PathSegment[][] {
  const entries: [PathSegment, JsonValue][] = Array.isArray(value)
    ? value.slice(0, 2).map((item, position) => [position, item])
    : isJsonObject(value)
      ? Object.entries(value)
      : [];
  return entries.flatMap(([segment, child]) => {
    const own = [...path, segment];
    return [own, ...listPaths(child, own)];
  });
}

function listChanges(object: KubernetesObject, path: readonly PathSegment[]): [string, KubernetesObject][] {
  const value = readSegments(object, path);
  const last = path.at(-1);
  const replaced = listReplacements(value).map(([change, other]): [string, KubernetesObject] => [
    change,
    replace(object, path, () => other),
  ]);
  if (typeof last !== 'string') return replaced;
  const misspelt = edit(object, path, (parent) => {
    const { [last]: moved, ...rest } = parent;
    return { ...rest, [`${last}X`]: moved ?? null };
  });
  const removed = edit(object, path, ({ [last]: _gone, ...rest }) => rest);
  return [['removed', removed], ['misspelt', misspelt], ...replaced];
}

function listReplacements(value: JsonValue | undefined): [string, JsonValue][] {
  const common: [string, JsonValue][] = [['null', null]];
  if (Array.isArray(value)) {
    const [first] = value;
    const twice: [string, JsonValue][] =
      first === undefined ? [] : [['first entry twice', [first, ...value]]];
    return [...common, ['a map', { a: 'b' }], ['a text', 'text'], ['no entries', []], ...twice];
  }
  if (isJsonObject(value)) return [...common, ['a list', ['a']], ['a text', 'text'], ['no members', {}]];
  if (typeof value === 'number') {
    return [
      ...common,
      ['a text', 'text'],
      ['digits as text', String(value)],
      ['below zero', -1],
      ['huge', 1e12],
      ['with decimals', 1.5],
    ];
  }
  if (typeof value === 'boolean') return [...common, ['a text', String(value)], ['a number', 1]];
  return [
    ...common,
    ['a number', 7],
    ['a boolean', true],
    ['empty text', ''],
    ['other text', 'Not Valid!/*'],
    ['a map', { a: 'b' }],
    ['long text', 'x'.repeat(300)],
  ];
}

function edit(
  object: KubernetesObject,
  path: readonly PathSegment[],
  change: (parent: JsonObject) => JsonObject,
): KubernetesObject {
  return replace(object, path.slice(0, -1), (parent) =>
    isJsonObject(parent) ? change(parent) : (parent ?? null),
  );
}

function replace(
  object: KubernetesObject,
  path: readonly PathSegment[],
  change: (value: JsonValue | undefined) => JsonValue,
): KubernetesObject {
  const step = (value: JsonValue | undefined, rest: readonly PathSegment[]): JsonValue => {
    const [segment, ...more] = rest;
    if (segment === undefined) return change(value);
    if (Array.isArray(value)) return value.map((item, at) => (at === segment ? step(item, more) : item));
    if (isJsonObject(value)) return { ...value, [segment]: step(value[segment], more) };
    return value ?? null;
  };
  return step(object, path) as KubernetesObject;
}
