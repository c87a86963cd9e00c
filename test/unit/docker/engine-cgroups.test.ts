import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nameCgroup, removeCgroups } from '../../../harness/docker/engine-cgroups.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const ID = '0a1b2c3d';

async function makeHierarchies(): Promise<string> {
  const root = await makeTempFolder();
  for (const hierarchy of ['cpu', 'memory', 'unified']) {
    await mkdir(join(root, hierarchy, nameCgroup(ID), 'container', 'kubelet.slice'), { recursive: true });
    await mkdir(join(root, hierarchy, nameCgroup('ffffffff'), 'container'), { recursive: true });
  }
  return root;
}

test('the cgroups of an engine are removed from every hierarchy, those of others are left', async () => {
  const root = await makeHierarchies();
  removeCgroups(ID, root);
  for (const hierarchy of ['cpu', 'memory', 'unified']) {
    expect(await readdir(join(root, hierarchy))).toEqual(['sluice-ffffffff']);
  }
});

test('the cgroups of the only hierarchy of newer systems are removed', async () => {
  const root = await makeTempFolder();
  await mkdir(join(root, nameCgroup(ID), 'container', 'init.scope'), { recursive: true });
  removeCgroups(ID, root);
  expect(await readdir(root)).toEqual([]);
});

test('a cgroup that cannot be removed yet is told, after the others are gone', async () => {
  const root = await makeHierarchies();
  // Stands in for a process: a folder with something in it is not removed either.
  const held = join(root, 'cpu', nameCgroup(ID), 'container', 'held');
  await writeFile(held, '');
  expect(() => removeCgroups(ID, root)).toThrow('not empty');
  expect(await readdir(join(root, 'memory'))).toEqual(['sluice-ffffffff']);
  await rm(held);
  removeCgroups(ID, root);
  expect(await readdir(join(root, 'cpu'))).toEqual(['sluice-ffffffff']);
});

test('nothing happens where there are none', async () => {
  removeCgroups(ID, await makeTempFolder());
  removeCgroups(ID, '/nowhere');
});
