import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashFolder } from '../../../harness/toolchain/hash-folder.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const files = fc.dictionary(fc.constantFrom('a', 'b', 'd/c', 'd/e', 'd/f/g'), fc.string({ maxLength: 4 }));

test('folders have the same digest only if they hold the same files', async () => {
  await fc.assert(
    fc.asyncProperty(files, files, async (left, right) => {
      const digests = await Promise.all(
        [left, right].map(async (content) => await hashFolder(await makeTempFolder(content))),
      );
      const sort = (record: Record<string, string>): string => JSON.stringify(Object.entries(record).sort());
      expect(digests[0] === digests[1]).toBe(sort(left) === sort(right));
    }),
    { numRuns: 60 },
  );
});

test('hidden files are nobody’s source', async () => {
  const plain = await makeTempFolder({ a: '1' });
  const hidden = await makeTempFolder({ a: '1', '.DS_Store': 'x', '.git/config': 'y' });
  expect(await hashFolder(hidden)).toBe(await hashFolder(plain));
  expect(await hashFolder(plain, 'other flags')).not.toBe(await hashFolder(plain));
});
