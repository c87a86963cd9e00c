import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../harness/manifest/manifest.js';
import { asksReloader, listChangedSecrets } from '../../../harness/secrets/reloader.js';

function deployment(
  annotations: Record<string, string>,
  podAnnotations: Record<string, string> = {},
): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop', annotations },
    spec: { template: { metadata: { annotations: podAnnotations } } },
  };
}

describe('a workload asks Reloader to replace its pods', () => {
  test.for<[string, Record<string, string>]>([
    ['a list that names the Secret', { 'secret.reloader.stakater.com/reload': 'other, shop-app' }],
    ['auto', { 'reloader.stakater.com/auto': 'true' }],
    ['auto for Secrets', { 'secret.reloader.stakater.com/auto': 'true' }],
  ])('by %s, on itself or on its pods', ([, annotations]) => {
    expect(asksReloader(deployment(annotations), ['shop-app'])).toBe(true);
    expect(asksReloader(deployment({}, annotations), ['shop-app'])).toBe(true);
  });

  test.for<[string, Record<string, string>]>([
    ['no annotation', {}],
    ['a list of other Secrets', { 'secret.reloader.stakater.com/reload': 'shop-app-2' }],
    ['a list of ConfigMaps', { 'configmap.reloader.stakater.com/reload': 'shop-app' }],
    ['auto that is off', { 'reloader.stakater.com/auto': 'false' }],
    [
      'auto that leaves the Secret out',
      { 'reloader.stakater.com/auto': 'true', 'secrets.exclude.reloader.stakater.com/reload': 'shop-app' },
    ],
  ])('not by %s', ([, annotations]) => {
    expect(asksReloader(deployment(annotations), ['shop-app'])).toBe(false);
  });
});

test('Reloader has something to do for Secrets with other data, and perhaps for those that may not be read', () => {
  const synced = { state: 'synced' as const, namespace: 'shop', durationMs: 1 };
  expect(
    listChangedSecrets([
      { ...synced, name: 'a', secret: 'changed', changedKeys: ['KEY'] },
      { ...synced, name: 'b', secret: 'same', changedKeys: [] },
      { ...synced, name: 'c', secret: 'unread', changedKeys: undefined },
      { ...synced, name: 'd', secret: undefined, changedKeys: undefined },
      { state: 'failed', namespace: 'shop', name: 'e', error: new Error('no') },
    ]),
  ).toEqual(['changed', 'unread']);
});
