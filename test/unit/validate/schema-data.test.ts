import { statSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Manifest,
} from '../../../harness/manifest/manifest.js';
import { loadSchemas } from '../../../harness/schemas/load-schemas.js';
import { openSchemaBundle } from '../../../harness/validate/schemas/schema-bundle.js';
import { SchemaStore } from '../../../harness/validate/schemas/schema-store.js';
import { StructuralValidator } from '../../../harness/validate/schemas/structural-validator.js';
import { validate } from '../../../harness/validate/validate.js';
import { mergeVersions } from '../../../scripts/schemas/merge-versions.js';

const texts = loadSchemas();

describe('the schemas that come with sluice', () => {
  it('know the kinds of Kubernetes 1.30 to 1.36 and of the operators', () => {
    const store = SchemaStore.open(texts);
    expect(store.kubernetesVersions).toEqual(['1.30', '1.31', '1.32', '1.33', '1.34', '1.35', '1.36']);
    for (const version of store.kubernetesVersions) {
      const kinds = store.listKinds(version);
      expect(kinds.length).toBeGreaterThan(90);
      expect(kinds).toEqual(
        expect.arrayContaining([
          'apps/v1 Deployment',
          'batch/v1 CronJob',
          'bitnami.com/v1alpha1 SealedSecret',
          'external-secrets.io/v1 ExternalSecret',
          'gateway.networking.k8s.io/v1 HTTPRoute',
          'monitoring.coreos.com/v1 ServiceMonitor',
          'v1 Secret',
        ]),
      );
    }
  });

  it('take little room', () => {
    for (const name of ['kubernetes.json.br', 'custom.json.br']) {
      expect(statSync(new URL(`../../../harness/schemas/${name}`, import.meta.url)).size).toBeLessThan(
        100_000,
      );
    }
  });

  it.each(['kubernetes', 'custom'] as const)(
    'hold every definition that %s refers to, and only constraints that compile',
    (name) => {
      const lines = texts[name].split('\n').length - 1;
      const bundle = openSchemaBundle(texts[name]);
      const validator = new StructuralValidator(bundle, () => []);
      const samples: JsonValue[] = ['text', 1, true, [], {}, ['a', 'a'], { a: null }];
      const visit = (node: JsonValue): void => {
        if (Array.isArray(node)) node.forEach(visit);
        else if (isJsonObject(node)) {
          const reference = node['lazyRef'];
          if (typeof reference === 'number') expect(reference).toBeLessThan(lines);
          Object.values(node).forEach(visit);
        }
      };
      for (let number = 0; number < lines; number += 1) {
        visit(bundle.readDefinition(number) ?? {});
        for (const sample of samples) expect(() => validator.check(number, sample)).not.toThrow();
      }
      for (const numbers of Object.values(bundle.index.kinds)) {
        expect(numbers.every((number) => number === null || number < lines)).toBe(true);
      }
    },
  );
});

describe('merging versions', () => {
  const version = (name: string, definitions: Record<string, JsonObject>) => ({
    version: name,
    definitions: new Map(
      Object.entries({ ...definitions, 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta': {} }),
    ),
    kinds: new Map([['v1 A', 'A']]),
  });

  it('keeps a definition once while nothing that it refers to changes, also where definitions refer to each other', () => {
    const a = { properties: { b: { lazyRef: 'B' } } };
    const b = (type: string) => ({ properties: { a: { lazyRef: 'A' }, x: { type } } });
    const same = mergeVersions([
      version('1.1', { A: a, B: b('string') }),
      version('1.2', { A: { ...a }, B: b('string') }),
    ]);
    expect(same.index.kinds).toEqual({ 'v1 A': [0, 0] });
    expect(same.definitions).toHaveLength(3);
    const changed = mergeVersions([
      version('1.1', { A: a, B: b('string') }),
      version('1.2', { A: { ...a }, B: b('integer') }),
    ]);
    const [first, second] = changed.index.kinds['v1 A'] ?? [];
    expect(first).not.toBe(second);
    expect(changed.definitions).toHaveLength(5);
  });
});

describe('duplicate-key', () => {
  const manifest = (text: string): Manifest => ({
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' } },
    source: { template: 'app/templates/a.yaml', index: 0, line: 11 },
    text,
  });
  const told = (text: string) =>
    validate({ manifests: [manifest(text)] }, { schemas: texts }).map(({ pointer, message, source }) => [
      pointer,
      message,
      source?.line,
    ]);

  it('finds a key that is there twice, on the line of the last one', () => {
    expect(told('metadata:\n  name: web\ndata:\n  A: x\n  B: x\n  A: z\n')).toEqual([
      ['/data/A', 'the key "A" is there twice; the last one wins, silently', 16],
    ]);
    expect(told('metadata:\n  name: web\ndata:\n  A: x\n  B: x\n')).toEqual([]);
  });
});

describe('a walk over a schema', () => {
  /** Plain JSON schema for what the walk follows itself, so that ajv can say what is right. */
  const node = fc.letrec<{ node: JsonObject }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<JsonObject>(
        { type: 'string' },
        { type: ['integer', 'null'] },
        { type: 'boolean' },
        { type: 'number', minimum: 1 },
        {},
      ),
      fc.record({ type: fc.constant('array'), items: tie('node') }) as fc.Arbitrary<JsonObject>,
      fc.record({
        type: fc.constantFrom<JsonValue>('object', ['object', 'null']),
        properties: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('node')),
        additionalProperties: fc.constantFrom<JsonValue>(false, true, { type: 'string' }),
      }) as fc.Arbitrary<JsonObject>,
    ),
  })).node;
  const data = fc.letrec<{ data: JsonValue }>((tie) => ({
    data: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<JsonValue>('text', 0, 1, 2.5, true, null),
      fc.array(tie('data'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('data')),
    ),
  })).data;

  it('agrees with ajv on what is valid', async () => {
    const { Ajv } = await import('ajv');
    fc.assert(
      fc.property(node, data, (schema, value) => {
        const bundle = { index: { versions: [], kinds: {}, unserved: [] }, readDefinition: () => schema };
        const errors = new StructuralValidator(bundle, () => []).check(0, value);
        expect(errors.length === 0).toBe(new Ajv({ strict: false }).validate(schema, value));
      }),
      { numRuns: 300 },
    );
  });
});
