import fc from 'fast-check';
import { expect, test } from 'vitest';
import { effectiveEnv } from '../../../harness/manifest/effective-env.js';
import type { KubernetesObject, Manifest } from '../../../harness/manifest/manifest.js';

const NAMES = ['A', 'B', 'C', 'P_A', 'P_B'];

const data = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom('', '1', 'two', '$(A)'), {
  maxKeys: 4,
});
const sources = fc.array(fc.record({ data, prefix: fc.constantFrom('', 'P_'), secret: fc.boolean() }), {
  maxLength: 4,
});
const literal = fc
  .array(fc.constantFrom('$(A)', '$(B)', '$(P_A)', '$(Z)', '$$', '$$(A)', 'x', '$', '('), { maxLength: 4 })
  .map((parts) => parts.join(''));
const entries = fc.array(fc.record({ name: fc.constantFrom(...NAMES), value: literal }), { maxLength: 6 });

interface Source {
  data: Record<string, string>;
  prefix: string;
  secret: boolean;
}

/** Kubernetes' rules once more, as shortly as they can be said. */
function model(given: Source[], env: { name: string; value: string }[]): Map<string, string> {
  const result = new Map<string, string>();
  for (const source of given) {
    for (const [key, value] of Object.entries(source.data)) result.set(source.prefix + key, value);
  }
  for (const { name, value } of env) {
    const filled = value.replaceAll(/\$\$|\$\(([^)]*)\)/gu, (written, reference: string | undefined) =>
      reference === undefined ? '$' : (result.get(reference) ?? written),
    );
    result.set(name, filled);
  }
  return result;
}

function manifest(object: KubernetesObject): Manifest {
  return { object, source: { template: '', index: 0, line: 1 }, text: '' };
}

function build(given: Source[], env: { name: string; value: string }[]): Manifest[] {
  const holders = given.map((source, index) =>
    manifest({
      apiVersion: 'v1',
      kind: source.secret ? 'Secret' : 'ConfigMap',
      metadata: { name: `s${index}` },
      [source.secret ? 'stringData' : 'data']: source.data,
    }),
  );
  const envFrom = given.map((source, index) => ({
    prefix: source.prefix,
    [source.secret ? 'secretRef' : 'configMapRef']: { name: `s${index}` },
  }));
  const pod = manifest({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'main', env, envFrom }] },
  });
  return [pod, ...holders];
}

test('every container gets exactly the variables and values that the rules of Kubernetes give', () => {
  fc.assert(
    fc.property(sources, entries, (given, env) => {
      const [found] = effectiveEnv(build(given, env));
      const seen = new Map(
        found!.variables.map(({ name, value }) => [
          name,
          value.state === 'hidden'
            ? value.secret.reveal()
            : value.state === 'known'
              ? value.text
              : value.state,
        ]),
      );
      expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(model(given, env)));
      expect(found!.variables).toHaveLength(seen.size);
    }),
    { numRuns: 1000 },
  );
});

test('no source is lost: every definition of a name is its origin or shadowed by it, in order', () => {
  fc.assert(
    fc.property(sources, entries, (given, env) => {
      const [found] = effectiveEnv(build(given, env));
      for (const { name, origin, shadows } of found!.variables) {
        const pointers = [...shadows, origin].map(({ pointer }) => pointer);
        const expected = [
          ...given.flatMap((source, index) =>
            Object.keys(source.data).some((key) => source.prefix + key === name)
              ? [`/spec/containers/0/envFrom/${index}`]
              : [],
          ),
          ...env.flatMap((entry, index) => (entry.name === name ? [`/spec/containers/0/env/${index}`] : [])),
        ];
        expect(pointers).toEqual(expected);
      }
    }),
  );
});

test('what is secret, or made from a secret, is always hidden', () => {
  fc.assert(
    fc.property(sources, entries, (given, env) => {
      const [found] = effectiveEnv(build(given, env));
      for (const { value, secret } of found!.variables) expect(value.state).toBe(secret ? 'hidden' : 'known');
    }),
  );
});
