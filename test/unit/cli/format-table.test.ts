import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { formatTable } from '../../../harness/cli/format-table.js';

test('columns are as wide as their widest cell and two spaces apart', () => {
  const text = formatTable({
    head: ['NAME', 'FROM'],
    rows: [
      ['A', 'ConfigMap web'],
      ['LONGER', 'x'],
    ],
    indent: 2,
  });
  expect(text).toBe(['  NAME    FROM', '  A       ConfigMap web', '  LONGER  x'].join('\n'));
});

test('a table too wide for the terminal wraps its widest column and loses nothing', () => {
  const path = '/platform/payments/production/very/long/path/of/a/parameter';
  const text = formatTable({ head: ['NAME', 'FROM'], rows: [['TOKEN', path]], columns: 40 });
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
  expect(text.replaceAll(/\s/gu, '')).toContain(path);
});

test('a cell of several lines keeps them', () => {
  const text = formatTable({ head: ['A', 'B'], rows: [['x', 'one\ntwo']] });
  expect(text).toBe(['A  B', 'x  one', '   two'].join('\n'));
});

test('any table fits the terminal it is told, where the terminal has room for its columns', () => {
  const cell = fc.stringMatching(/^[a-z0-9/._-]{0,60}$/u);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 30, max: 160 }),
      (rows, columns) => {
        const text = formatTable({ head: ['A', 'B', 'C'], rows, columns });
        for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
        const shown = text.replaceAll(/\s/gu, '');
        for (const character of new Set(rows.flat().join(''))) expect(shown).toContain(character);
      },
    ),
  );
});
