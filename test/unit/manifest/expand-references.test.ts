import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandReferences, listReferences } from '../../../harness/manifest/expand-references.js';

const VARIABLES: Record<string, string> = { A: 'apple', B: '$(A)', EMPTY: '', 'odd name': 'x' };
const expand = (value: string): string => expandReferences(value, (name) => VARIABLES[name]);

describe('what Kubernetes makes of a value', () => {
  test.each([
    ['$(A)', 'apple'],
    ['x$(A)y$(A)z', 'xappleyapplez'],
    ['$(B)', '$(A)'],
    ['$(EMPTY)', ''],
    ['$(odd name)', 'x'],
    ['$(MISSING)', '$(MISSING)'],
    ['$()', '$()'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$apple'],
    ['$$$$(A)', '$$(A)'],
    ['$', '$'],
    ['$$', '$'],
    ['cost $5', 'cost $5'],
    ['${A}', '${A}'],
    ['$A', '$A'],
    ['$(A', '$(A'],
    ['$(A$(A)', '$(A$(A)'],
    ['$(A))', 'apple)'],
    ['(A)', '(A)'],
    ['$é$(A)', '$éapple'],
    ['', ''],
  ])('%j becomes %j', (value, expected) => {
    expect(expand(value)).toBe(expected);
  });
});

/** An independent reading of the same rules: one character at a time, from the left. */
function model(value: string, variables: Record<string, string>): string {
  if (value === '') return '';
  if (value.startsWith('$$')) return `$${model(value.slice(2), variables)}`;
  const reference = /^\$\(([^)]*)\)/u.exec(value);
  if (reference !== null) {
    const [written, name = ''] = reference;
    const found = Object.hasOwn(variables, name) ? variables[name] : written;
    return found + model(value.slice(written.length), variables);
  }
  return value.charAt(0) + model(value.slice(1), variables);
}

const fragment = fc.oneof(
  fc.constantFrom('$', '$$', '$(', ')', '(', '$(A)', '$(B)', '$(MISSING)', '$$(A)', 'text'),
  fc.string({ maxLength: 4 }),
);
const value = fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join(''));

test('every value is expanded as an independent model of the rules does', () => {
  fc.assert(
    fc.property(value, (text) => {
      expect(expand(text)).toBe(model(text, VARIABLES));
    }),
    { numRuns: 2000 },
  );
});

test('doubling every $ keeps any text as it is', () => {
  fc.assert(
    fc.property(value, (text) => {
      expect(expand(text.replaceAll('$', '$$$$'))).toBe(text);
    }),
  );
});

test('names are listed once, in order, and escaped ones are not', () => {
  expect(listReferences('$(B)-$(A)-$(B)-$$(C)-$(D')).toEqual(['B', 'A']);
});

test('a hundred kilobytes of unfinished references take no noticeable time', () => {
  const text = '$('.repeat(50_000);
  expect(expand(text)).toBe(text);
});
