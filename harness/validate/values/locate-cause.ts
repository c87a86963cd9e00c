import { type PathSegment, readSegments, splitPointer } from '../../manifest/json-pointer.js';
import { isJsonObject, type JsonValue, type KubernetesObject } from '../../manifest/manifest.js';
import type { ValuesPlace } from '../issue.js';
import type { ValuesEntry, ValuesPositions } from './values-position.js';

/** Shorter texts stand in values files too often by chance to be told as a cause. */
const MINIMAL_TEXT_LENGTH = 4;

/**
 * The values entry behind a place in a rendered object, or undefined where it cannot be known.
 *
 * In this order: the conventions of the chart `app` (ConfigMap keys are `config.KEY`, `<release>-<key>` is
 * `externalSecrets.<key>`, a container's variables are `env.NAME`), where the values have such an entry; then the
 * one entry of the same name and value; then the one entry of the same value.
 */
export function locateCause(
  object: KubernetesObject,
  pointer: string,
  positions: ValuesPositions,
): ValuesPlace | undefined {
  const segments = splitPointer(pointer);
  for (const path of listConventionalPaths(object, segments, positions)) {
    const place = positions.find(path);
    if (place) return place;
  }
  return findUnique(object, segments, positions);
}

function listConventionalPaths(
  object: KubernetesObject,
  segments: readonly string[],
  positions: ValuesPositions,
): PathSegment[][] {
  switch (object.kind) {
    case 'ConfigMap':
      return segments[0] === 'data' && segments[1] !== undefined ? [['config', segments[1]]] : [];
    case 'ExternalSecret':
      return listSecretPaths(object, segments, positions);
    default:
      return listEnvPaths(object, segments);
  }
}

function listSecretPaths(
  object: KubernetesObject,
  segments: readonly string[],
  positions: ValuesPositions,
): PathSegment[][] {
  const key = findMapKey('externalSecrets', object.metadata.name, positions);
  if (key === undefined) return [];
  const base = ['externalSecrets', key];
  const [, list, position] = segments;
  const entry = readSegments(object, ['spec', list ?? '', position ?? '']);
  const secretKey = isJsonObject(entry) ? entry['secretKey'] : undefined;
  const inner: PathSegment[][] = [];
  if (list === 'data' && typeof secretKey === 'string')
    inner.push([...base, 'data', secretKey], [...base, 'path']);
  if (list === 'dataFrom') inner.push([...base, 'path'], [...base, 'find']);
  if (list === 'target') inner.push([...base, ...segments.slice(2)], [...base, 'template']);
  if (list !== undefined) inner.push([...base, list]);
  return [...inner, base];
}

/** The key of a map in the values that an object's name ends in; of several, the longest. */
function findMapKey(map: string, name: string, positions: ValuesPositions): string | undefined {
  return positions
    .listEntries()
    .filter(({ path }) => path.length === 2 && path[0] === map)
    .map(({ path }) => String(path[1]))
    .filter((key) => name === key || name.endsWith(`-${key}`))
    .sort((left, right) => right.length - left.length)[0];
}

function listEnvPaths(object: KubernetesObject, segments: readonly string[]): PathSegment[][] {
  const at = segments.lastIndexOf('env');
  const position = segments[at + 1];
  if (at === -1 || position === undefined) return [];
  const entry = readSegments(object, [...segments.slice(0, at + 1), position]);
  const name = isJsonObject(entry) ? entry['name'] : undefined;
  return typeof name === 'string' ? [['env', name]] : [];
}

function findUnique(
  object: KubernetesObject,
  segments: readonly string[],
  positions: ValuesPositions,
): ValuesPlace | undefined {
  const value = readSegments(object, segments);
  if (value === undefined || value === null || typeof value === 'object') return undefined;
  const same = positions.listEntries().filter((entry) => isSameScalar(entry.scalar, value));
  const name = segments.findLast((segment) => !/^\d+$/u.test(segment));
  const named = same.filter(({ path }) => path.findLast((segment) => typeof segment === 'string') === name);
  if (named.length > 0) return findOnly(named);
  return String(value).length >= MINIMAL_TEXT_LENGTH && typeof value === 'string'
    ? findOnly(same)
    : undefined;
}

function isSameScalar(scalar: JsonValue | undefined, value: JsonValue): boolean {
  return scalar !== undefined && scalar !== null && String(scalar) === String(value);
}

/** The place, where all entries are one path; the last file wins. */
function findOnly(entries: readonly ValuesEntry[]): ValuesPlace | undefined {
  const paths = new Set(entries.map(({ place }) => place.path));
  return paths.size === 1 ? entries.at(-1)?.place : undefined;
}
