import fc from 'fast-check';
import { expect, test } from 'vitest';
import { estimateBuild } from '../../../harness/toolchain/build-estimate.js';

test('before anything is compiled the estimate is what was measured, shared by the processors', () => {
  const start = { compiledCount: 0, staleCount: 2000, packageCount: 2000, elapsedSeconds: 0 };
  expect(estimateBuild({ ...start, expectedCpuSeconds: 480, parallelism: 2 })).toBe(
    '0 % of 2000 packages, 0 s gone, about 4 min left',
  );
  expect(estimateBuild({ ...start, expectedCpuSeconds: 480, parallelism: 16 })).toBe(
    '0 % of 2000 packages, 0 s gone, about 30 s left',
  );
});

test('what Go has compiled before is not expected to take time', () => {
  const progress = { compiledCount: 0, staleCount: 500, packageCount: 2000, elapsedSeconds: 0 };
  expect(estimateBuild({ ...progress, expectedCpuSeconds: 480, parallelism: 2 })).toContain(
    'about 60 s left',
  );
});

test('a machine that turns out slower is believed more and more', () => {
  const progress = { compiledCount: 900, staleCount: 1000, packageCount: 1000, elapsedSeconds: 900 };
  expect(estimateBuild({ ...progress, expectedCpuSeconds: 200, parallelism: 2 })).toBe(
    '90 % of 1000 packages, 15 min 0 s gone, about 10 s left',
  );
  expect(estimateBuild({ ...progress, compiledCount: 950, expectedCpuSeconds: 2000, parallelism: 1 })).toBe(
    '95 % of 1000 packages, 15 min 0 s gone, about 2 min left',
  );
});

test('nothing is promised where nothing was ever measured', () => {
  const progress = { compiledCount: 5, staleCount: 100, packageCount: 100, elapsedSeconds: 3 };
  expect(estimateBuild(progress)).toBe('5 % of 100 packages, 3 s gone');
});

test('when the last package is compiled it is linked', () => {
  const progress = { compiledCount: 100, staleCount: 100, packageCount: 100, elapsedSeconds: 61 };
  expect(estimateBuild(progress)).toBe('linking, 1 min 1 s gone');
});

test('the percentage stays below a hundred and the time left above nothing', () => {
  fc.assert(
    fc.property(
      fc.record({
        compiledCount: fc.nat(3000),
        staleCount: fc.nat(3000),
        packageCount: fc.integer({ min: 3000, max: 4000 }),
        elapsedSeconds: fc.float({ min: 0, max: 5000, noNaN: true }),
        expectedCpuSeconds: fc.option(fc.integer({ min: 1, max: 1000 }), { nil: undefined }),
        parallelism: fc.integer({ min: 1, max: 64 }),
      }),
      (progress) => {
        expect(estimateBuild(progress)).toMatch(
          /^(\d{1,2} % of \d+ packages|linking), (\d+ min )?\d+ s gone(, about [1-9]\d* (s|min) left)?$/u,
        );
      },
    ),
  );
});
