import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findJsonFault } from '../../../../harness/secrets/doctor/find-json-fault.js';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('the place where a text stops being JSON', () => {
  test.each([
    ['{"a": 1,}', 1, 9, 'there is a comma too many before }'],
    ['{"a": x}', 1, 7, 'what stands here is no value of JSON: text needs double quotes'],
    ['{a: "x"}', 1, 2, 'a name in double quotes should be here'],
    ['{"a" "x"}', 1, 6, 'a colon should be here'],
    ['{"a": "x"\n "b": 1}', 2, 2, 'a comma or } should be here'],
    ['{"a": "x"', 1, 10, 'the text ends before its }'],
    ['["a", ]', 1, 7, 'there is a comma too many before ]'],
    ['{"a": "line\nbreak"}', 1, 7, 'a string is not closed, or not escaped'],
    ['{"a": 01}', 1, 7, 'what stands here is no value of JSON: text needs double quotes'],
    ['{} {}', 1, 4, 'there is more text after the end of the JSON'],
    ['', 1, 1, 'the text ends where a value should be'],
  ])('%j: line %i, column %i: %s', (text, ...[line, column, what]) => {
    expect(findJsonFault(text)).toEqual({ line, column, what });
  });

  test('is found exactly where there is one: as the engine itself judges', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(findJsonFault(text)).toBeUndefined();
      }),
    );
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', '"', 'x', '\\', '\n', '0', '\u007F'))
      .map(([text, at, piece]) => {
        const position = at % (text.length + 1);
        return text.slice(0, position) + piece + text.slice(position + 1);
      });
    fc.assert(
      fc.property(damaged, (text) => {
        expect(findJsonFault(text) === undefined).toBe(isJson(text));
      }),
    );
  });
});
