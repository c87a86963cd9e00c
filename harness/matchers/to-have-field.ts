import type { MatcherState } from 'vitest';
import type { JsonValue, KubernetesObject, Manifest } from '../manifest/manifest.js';
import { formatObjectName } from '../manifest/manifest.js';
import { findManifest } from '../manifest/select-manifests.js';
import { describePlace, listObjects } from './describe-place.js';
import { type FoundField, findField } from './field-path.js';
import { SecretHider } from './hide-secrets.js';
import type { MatcherResult } from './matcher-result.js';
import { isManifest, type ReceivedRelease, readObject, readRelease } from './received-release.js';
import { showDifference, showValue } from './show-difference.js';

/**
 * `expect(manifest).toHaveField('spec.replicas', 3)`, or for a whole release
 * `expect(release).toHaveField('Deployment/web', 'spec.replicas', 3)`.
 */
export function toHaveField(
  this: MatcherState,
  received: unknown,
  ...args: readonly unknown[]
): MatcherResult {
  const isSingle =
    isManifest(received) || (typeof received === 'object' && received !== null && 'kind' in received);
  if (isSingle)
    return compareField(this, { ...readObject(received, 'toHaveField'), release: undefined }, args);
  const release = readRelease(received, 'toHaveField');
  const [name, ...rest] = args;
  const manifest = findManifest(release.manifests, String(name));
  if (manifest === undefined) {
    const text = `expected ${String(name)} with a field, but it was not rendered; there is\n${listObjects(release.manifests)}`;
    // A test that wants a field to be missing must still be told that the whole object is.
    return { pass: this.isNot, message: () => text };
  }
  return compareField(this, { object: manifest.object, manifest, release }, rest);
}

interface Subject {
  object: KubernetesObject;
  manifest?: Manifest;
  release: ReceivedRelease | undefined;
}

function compareField(state: MatcherState, subject: Subject, args: readonly unknown[]): MatcherResult {
  const path = String(args[0]);
  const wantsValue = args.length > 1;
  const expected = args[1];
  const found = findField(subject.object, path);
  const isThere = found.value !== undefined;
  const pass = isThere && (!wantsValue || state.equals(found.value, expected, [...state.customTesters]));
  const name = formatObjectName(subject.object);
  const place = describeSubject(subject, found);
  return {
    pass,
    message: () => {
      const shown = showField(subject.object, found);
      if (pass) {
        const what = wantsValue
          ? `not to be ${showValue(shown)}`
          : `to be missing, but it is ${showValue(shown)}`;
        return `expected ${path} of ${name} ${what}\n${place}`;
      }
      if (!isThere) {
        return `expected ${path} of ${name}, but it is not there; at ${found.pointer || 'its top'} there is ${found.available}\n${place}`;
      }
      return `expected ${path} of ${name} to be another value\n\n${showDifference(expected, shown)}\n\n${place}`;
    },
  };
}

function showField(object: KubernetesObject, { pointer, value }: FoundField): JsonValue | undefined {
  if (object.kind !== 'Secret' || !/^\/(?:data|stringData)(?:\/|$)/u.test(pointer)) return value;
  return findField(new SecretHider().hide(object), pointer).value;
}

function describeSubject({ manifest, release }: Subject, { pointer }: FoundField): string {
  return manifest === undefined
    ? ''
    : describePlace(manifest, pointer, release?.valuesSources ?? []).join('\n');
}
