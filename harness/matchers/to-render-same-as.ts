import type { MatcherState } from 'vitest';
import { splitPointer } from '../manifest/json-pointer.js';
import {
  formatObjectName,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Manifest,
} from '../manifest/manifest.js';
import { describeManifest } from './describe-place.js';
import { SecretHider } from './hide-secrets.js';
import type { MatcherResult } from './matcher-result.js';
import { readRelease } from './received-release.js';
import { showDifference } from './show-difference.js';

export interface ToRenderSameAsOptions {
  /** JSON pointers that may differ in any object, such as `/metadata/labels/helm.sh~1chart`. */
  ignore?: readonly string[];
}

/**
 * `expect(release).toRenderSameAs(other)`: the same objects with the same content. Order, formatting and comments do
 * not matter.
 */
export function toRenderSameAs(
  this: MatcherState,
  received: unknown,
  ...[other, { ignore = [] } = {}]: [other: unknown, options?: ToRenderSameAsOptions]
): MatcherResult {
  const rendered = indexObjects(readRelease(received, 'toRenderSameAs').manifests);
  const expected = indexObjects(readRelease(other, 'toRenderSameAs').manifests);
  const missing = [...expected.keys()].filter((key) => !rendered.has(key));
  const extra = [...rendered.keys()].filter((key) => !expected.has(key));
  const changed = [...rendered].flatMap(([key, manifest]) => {
    const counterpart = expected.get(key);
    if (counterpart === undefined) return [];
    const left = removePointers(counterpart.object, ignore);
    const right = removePointers(manifest.object, ignore);
    return this.equals(left, right, [], true) ? [] : [{ manifest, left, right }];
  });
  const pass = missing.length + extra.length + changed.length === 0;
  return {
    pass,
    message: () => {
      if (pass) return `expected a difference, but all ${rendered.size} objects are the same`;
      const hider = new SecretHider();
      const parts = [
        ...(missing.length === 0 ? [] : [`not rendered:\n  ${missing.join('\n  ')}`]),
        ...(extra.length === 0 ? [] : [`rendered, but not expected:\n  ${extra.join('\n  ')}`]),
        ...changed.map(
          ({ manifest, left, right }) =>
            `${describeManifest(manifest)}\n${showDifference(hider.hide(left), hider.hide(right))}`,
        ),
      ];
      return `expected the same objects\n\n${parts.join('\n\n')}`;
    },
  };
}

function indexObjects(manifests: readonly Manifest[]): Map<string, Manifest> {
  const found = new Map<string, Manifest>();
  for (const manifest of manifests) {
    const name = `${manifest.object.apiVersion} ${formatObjectName(manifest.object)}`;
    let key = name;
    for (let count = 2; found.has(key); count += 1) key = `${name} (${count})`;
    found.set(key, manifest);
  }
  return found;
}

function removePointers(object: Manifest['object'], pointers: readonly string[]): Manifest['object'] {
  return pointers.reduce(
    (result, pointer) => removeAt(result, splitPointer(pointer)) as Manifest['object'],
    object,
  );
}

function removeAt(value: JsonValue, [segment, ...rest]: readonly string[]): JsonValue {
  if (segment === undefined) return value;
  if (Array.isArray(value)) {
    return value.map((item, index) => (String(index) === segment ? removeAt(item, rest) : item));
  }
  if (!isJsonObject(value) || !Object.hasOwn(value, segment)) return value;
  const copy: JsonObject = { ...value };
  const inner = copy[segment];
  if (rest.length === 0 || inner === undefined) delete copy[segment];
  else copy[segment] = removeAt(inner, rest);
  return copy;
}
