import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { splitCustomResources } from '../../../harness/platform/custom-resources.js';

function define(name: string): Record<string, unknown> {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { annotations: { name: 'not this', 'example.com/name': 'nor this' }, name },
    spec: { names: { kind: 'Thing' }, versions: [{ name: 'v1' }], description: 'a\n---\nb' },
  };
}

test('every definition of a stream is found under its own name', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}\.[a-z]{1,12}\.example\.com$/u), {
    minLength: 1,
  });
  fc.assert(
    fc.property(names, (all) => {
      const stream = all.map((name) => stringify(define(name))).join('---\n');
      const found = splitCustomResources(stream);
      expect(found.map(({ reference }) => reference.name)).toEqual(all);
      expect(found.map(({ text }) => text).join('---\n')).toBe(stream);
    }),
  );
});

test('what is no definition is passed over', () => {
  const stream = `---\n# nothing\n---\n${stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } })}`;
  expect(splitCustomResources(stream)).toEqual([]);
});
