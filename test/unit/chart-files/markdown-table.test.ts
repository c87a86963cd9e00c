import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeType } from '../../../scripts/chart-files/describe-type.js';
import { formatDefault, formatTable } from '../../../scripts/chart-files/markdown-table.js';

describe('a Markdown table', () => {
  it('keeps its columns and rows whatever its cells hold', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '|', '\\', '`', '<', '\n', ' ', '{') });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const lines = formatTable(['one', 'two'], rows).split('\n');
        expect(lines).toHaveLength(rows.length + 2);
        for (const line of lines.slice(2)) expect(line.match(/(?<!\\)(?:\\\\)*\|/gu)).toHaveLength(3);
      }),
    );
  });

  it('does not let a placeholder in angle brackets vanish, and leaves code alone', () => {
    expect(formatTable(['a'], [['the <name> in `<fullname>`']])).toContain('the &lt;name> in `<fullname>`');
  });

  it('shows a default as JSON, and none as nothing', () => {
    expect(formatDefault({ a: [1] })).toBe('`{"a":[1]}`');
    expect(formatDefault('')).toBe('`""`');
    expect(formatDefault(null)).toBe('');
  });
});

describe('the type of a value in words', () => {
  it.each([
    [{ type: 'integer' }, 'integer'],
    [{ type: ['string', 'number', 'null'] }, 'string or number'],
    [{ type: 'array', items: { type: 'string' } }, 'list of string'],
    [{ type: 'array' }, 'list'],
    [{ enum: ['Always', ''] }, '`"Always"` or `""`'],
    [{ $ref: '#/$defs/duration' }, 'see duration'],
    [
      { type: 'object', additionalProperties: { anyOf: [{ $ref: '#/$defs/a' }, { type: 'null' }] } },
      'map of see a',
    ],
    [{ type: 'object', anyOf: [{ required: ['a'] }, { required: ['b'] }] }, 'object'],
    [{ type: 'object', 'x-kubernetes': 'io.k8s.api.core.v1.Probe' }, 'Kubernetes Probe'],
    [{}, 'any'],
  ])('%j is "%s"', (schema, words) => {
    expect(describeType(schema as never, (name) => `see ${name}`)).toBe(words);
  });
});
