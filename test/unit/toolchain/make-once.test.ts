import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { makeOnce } from '../../../harness/toolchain/make-once.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

test('an entry asked for many times at once is made once', async () => {
  const folder = join(await makeTempFolder(), 'tools', 'thing-1');
  let made = 0;
  const make = async (draft: string): Promise<void> => {
    made += 1;
    await writeFile(join(draft, 'program'), 'done');
  };
  await Promise.all(Array.from({ length: 8 }, async () => await makeOnce({ folder, make })));
  expect(made).toBe(1);
  expect(await readFile(join(folder, 'program'), 'utf8')).toBe('done');
});

test('a making that fails leaves no entry, no draft and no lock, and the next one succeeds', async () => {
  const parent = await makeTempFolder();
  const folder = join(parent, 'thing-1');
  const broken = makeOnce({
    folder,
    make: async (draft) => {
      await writeFile(join(draft, 'half'), '');
      throw new Error('no space left');
    },
  });
  await expect(broken).rejects.toThrow('no space left');
  expect(await readdir(parent)).toEqual([]);
  await makeOnce({ folder, make: async (draft) => await writeFile(join(draft, 'whole'), '') });
  expect(await readdir(folder)).toEqual(['whole']);
});

test('a draft left by a maker that was killed is removed by the next one', async () => {
  const parent = await makeTempFolder();
  await mkdir(join(parent, '.thing-1.0000.part'));
  await makeOnce({ folder: join(parent, 'thing-1'), make: async () => undefined });
  expect(await readdir(parent)).toEqual(['thing-1']);
});

test('a maker that lost its lock while it slept uses what another has made meanwhile', async () => {
  const folder = join(await makeTempFolder(), 'thing-1');
  await makeOnce({
    folder,
    make: async (draft) => {
      await writeFile(join(draft, 'late'), '');
      await rm(`${folder}.lock`, { recursive: true });
      await makeOnce({ folder, make: async (other) => await writeFile(join(other, 'early'), '') });
    },
  });
  expect(await readdir(folder)).toEqual(['early']);
  expect(await readdir(dirname(folder))).toEqual(['thing-1']);
});
