import { describe, expect, test } from 'vitest';
import { parseManifests } from '../../../harness/manifest/parse-manifests.js';
import { findManifest, formatSelector, selectManifests } from '../../../harness/manifest/select-manifests.js';

const manifests = parseManifests(`
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web, tier: front}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: web}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
`);

const names = (selector: Parameters<typeof selectManifests>[1]): string[] =>
  selectManifests(manifests, selector).map(({ object }) => `${object.kind}/${object.metadata.name}`);

describe('choosing manifests', () => {
  test('by kind, name, label, apiVersion or namespace, all of which must agree', () => {
    expect(names({ kind: 'Deployment' })).toEqual(['Deployment/web', 'Deployment/api']);
    expect(names({ name: 'web' })).toEqual(['Service/web', 'Deployment/web']);
    expect(names({ labels: { app: 'web' } })).toEqual(['Service/web', 'Deployment/web']);
    expect(names({ labels: { app: 'web', tier: 'front' } })).toEqual(['Service/web']);
    expect(names({ apiVersion: 'apps/v1', name: 'api' })).toEqual(['Deployment/api']);
    expect(names({ namespace: 'shop' })).toEqual(['Deployment/web']);
    expect(names({ kind: 'Deployment', name: 'other' })).toEqual([]);
    expect(names({})).toHaveLength(3);
  });

  test('by a short name', () => {
    expect(names('Deployment')).toEqual(['Deployment/web', 'Deployment/api']);
    expect(names('Deployment/api')).toEqual(['Deployment/api']);
    expect(names('Deployment/shop/web')).toEqual(['Deployment/web']);
    expect(names('Deployment/other/web')).toEqual([]);
  });

  test('the first one, or none', () => {
    expect(findManifest(manifests, 'Deployment')?.object.metadata.name).toBe('web');
    expect(findManifest(manifests, 'Job')).toBeUndefined();
  });

  test('a selector can be put in words', () => {
    expect(formatSelector('Deployment/web')).toBe('Deployment/web');
    expect(formatSelector({ kind: 'Deployment', name: 'web' })).toBe('Deployment/web');
    expect(formatSelector({ labels: { app: 'web' }, apiVersion: 'apps/v1' })).toBe(
      'any object of apps/v1 labelled app=web',
    );
  });
});
