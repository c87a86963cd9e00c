import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findDrift } from '../../../harness/e2e/find-drift.js';
import type { JsonObject, KubernetesObject } from '../../../harness/manifest/manifest.js';

function externalSecret(spec: JsonObject, metadata: JsonObject = {}): KubernetesObject {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'shop-app', ...metadata },
    spec,
  };
}

describe('drift', () => {
  test('a value that was rewritten, one that was added and one that is gone are told by their place', () => {
    const rendered = externalSecret({
      refreshInterval: '1h',
      target: { name: 'a' },
      data: [{ secretKey: 'A' }],
    });
    const live = externalSecret({
      refreshInterval: '1h0m0s',
      target: { creationPolicy: 'Owner' },
      data: [{ secretKey: 'A' }],
    });
    expect(findDrift(rendered, live)).toEqual([
      '/spec/refreshInterval: changed',
      '/spec/target/name: removed',
      '/spec/target/creationPolicy: added',
    ]);
  });

  test('what Kubernetes fills into its own kinds is none, what it drops or changes is', () => {
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'shop' } };
    const rendered = { ...deployment, spec: { replicas: 1, minReadySeconds: 0 } };
    const live = { ...deployment, spec: { replicas: 1, strategy: { type: 'RollingUpdate' } } };
    expect(findDrift(rendered, live)).toEqual(['/spec/minReadySeconds: removed']);
  });

  test('labels and annotations of others, status and finalizers are none; lost ones of ours are', () => {
    const rendered = externalSecret({}, { labels: { team: 'shop', app: 'shop' } });
    const live = {
      ...externalSecret(
        {},
        { labels: { team: 'shop', theirs: 'x' }, finalizers: ['f'], annotations: { a: 'b' } },
      ),
      status: { conditions: [] },
    };
    expect(findDrift(rendered, live)).toEqual(['/metadata/labels/app: removed']);
  });

  test('an object that is as it was has none, whatever it holds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (spec) => {
        const object = externalSecret(spec as JsonObject);
        expect(findDrift(object, JSON.parse(JSON.stringify(object)) as KubernetesObject)).toEqual([]);
      }),
    );
  });

  test('any one value that is changed is found', () => {
    const spec = fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { minKeys: 1 });
    fc.assert(
      fc.property(spec, fc.nat(), (fields, at) => {
        const keys = Object.keys(fields);
        const key = keys[at % keys.length]!;
        const changed = Object.fromEntries(
          Object.entries(fields).map(([k, v]) => [k, k === key ? `${v}!` : v]),
        );
        expect(findDrift(externalSecret({ fields }), externalSecret({ fields: changed }))).toHaveLength(1);
      }),
    );
  });
});
