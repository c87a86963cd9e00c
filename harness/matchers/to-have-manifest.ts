import type { MatcherState } from 'vitest';
import type { JsonObject, Manifest } from '../manifest/manifest.js';
import {
  formatSelector,
  type ManifestSelector,
  parseManifestName,
  selectManifests,
} from '../manifest/select-manifests.js';
import { describeManifest, listObjects } from './describe-place.js';
import { SecretHider } from './hide-secrets.js';
import type { MatcherResult } from './matcher-result.js';
import { readRelease } from './received-release.js';
import { showDifference } from './show-difference.js';

/** `expect(release).toHaveManifest('Deployment/web', { spec: { replicas: 3 } })` */
export function toHaveManifest(
  this: MatcherState,
  received: unknown,
  ...[selector, content]: [selector: ManifestSelector | string, content?: JsonObject]
): MatcherResult {
  const { manifests } = readRelease(received, 'toHaveManifest');
  const wanted = formatSelector(selector);
  const found = selectManifests(manifests, selector);
  if (found.length === 0) {
    return { pass: false, message: () => describeMissing(manifests, selector) };
  }
  if (content === undefined) {
    return {
      pass: true,
      message: () =>
        `expected no ${wanted}, but there is\n${found.map((one) => `  ${describeManifest(one)}`).join('\n')}`,
    };
  }
  const holds = (manifest: Manifest): boolean =>
    this.equals(manifest.object, content, [
      ...this.customTesters,
      this.utils.iterableEquality,
      this.utils.subsetEquality,
    ]);
  const matching = found.find(holds);
  if (matching !== undefined) {
    return {
      pass: true,
      message: () => `expected no ${wanted} with this content, but there is\n  ${describeManifest(matching)}`,
    };
  }
  return { pass: false, message: () => describeOther(found, content, wanted) };
}

function describeMissing(manifests: readonly Manifest[], selector: ManifestSelector | string): string {
  const { kind } = typeof selector === 'string' ? parseManifestName(selector) : selector;
  const ofKind = kind === undefined ? [] : selectManifests(manifests, { kind });
  const others = ofKind.length > 0 ? ofKind : manifests;
  const heading = ofKind.length > 0 ? `of kind ${kind} there is` : 'there is';
  return `expected ${formatSelector(selector)}, but it was not rendered; ${heading}\n${listObjects(others)}`;
}

function describeOther(found: readonly Manifest[], content: JsonObject, wanted: string): string {
  const [first] = found;
  if (first === undefined) return '';
  const hider = new SecretHider();
  const received = pickLike(hider.hide(first.object), content);
  const more = found.length > 1 ? ` and ${found.length - 1} more of that description` : '';
  return `expected ${wanted} with other content than it has\n\n${showDifference(content, received)}\n\nin ${describeManifest(first)}${more}`;
}

/** The parts of an object that an expectation speaks of, so that a difference shows nothing else. */
export function pickLike(value: unknown, like: unknown): unknown {
  if (!isPlainObject(value) || !isPlainObject(like)) return value;
  return Object.fromEntries(
    Object.keys(like)
      .filter((key) => Object.hasOwn(value, key))
      .map((key) => [key, pickLike(value[key], like[key])]),
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
