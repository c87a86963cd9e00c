import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseQuantity } from '../../../harness/manifest/quantity.js';

describe('quantities', () => {
  test.each([
    ['1', 1_000_000_000n],
    ['500m', 500_000_000n],
    ['1.5', 1_500_000_000n],
    ['.5', 500_000_000n],
    ['2.', 2_000_000_000n],
    ['1Ki', 1_024_000_000_000n],
    ['1k', 1_000_000_000_000n],
    ['1e3', 1_000_000_000_000n],
    ['12E-1', 1_200_000_000n],
    ['1E', 10n ** 27n],
    ['1Ei', 2n ** 60n * 10n ** 9n],
    ['100n', 100n],
    ['0.1n', 1n],
    ['-1', -1_000_000_000n],
  ])('%s is read', (text, nanos) => {
    expect(parseQuantity(text)).toBe(nanos);
  });

  test.each(['', 'm', '1 Gi', '1gi', '1mi', '1e', '1.5.5', 'Infinity', '0x10', '1KB'])(
    '%j is none',
    (text) => {
      expect(parseQuantity(text)).toBeUndefined();
    },
  );

  test('a thousand of one unit is one of the next', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 12n), fc.integer({ min: 0, max: 8 }), (number, position) => {
        const units = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
        expect(parseQuantity(`${number * 1000n}${units[position]}`)).toBe(
          parseQuantity(`${number}${units[position + 1]}`),
        );
      }),
    );
  });
});
