import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { list } from 'tar';
import { expect, test } from 'vitest';
import { runCommand } from '../../../harness/exec/run-command.js';
import { type ImageContent, writeImageArchive } from '../../../harness/platform/image-archive.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const IMAGE: ImageContent = {
  reference: 'example.com/shop:1.0.0',
  files: [
    { path: 'usr/local/bin/shop', source: { content: '#!/bin/sh\n' }, mode: 0o755 },
    { path: 'etc/empty', source: { content: '' } },
  ],
  folders: [{ path: 'tmp', mode: 0o1777 }],
  config: { entrypoint: ['/usr/local/bin/shop'], user: '65532:65532' },
};

async function unpack(archive: string): Promise<string> {
  const folder = await makeTempFolder();
  await runCommand('tar', ['--extract', `--file=${archive}`, `--directory=${folder}`]);
  return folder;
}

test('an image is told by its manifest, its configuration and a layer of the digest that the configuration names', async () => {
  const { file, reference } = await writeImageArchive(join(await makeTempFolder(), 'image.tar'), IMAGE);
  expect(reference).toBe('example.com/shop:1.0.0');
  const folder = await unpack(file);
  const [manifest] = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  expect(manifest).toEqual({
    Config: expect.stringMatching(/^[0-9a-f]{64}\.json$/u),
    RepoTags: ['example.com/shop:1.0.0'],
    Layers: ['layer.tar'],
  });
  const text = await readFile(join(folder, manifest.Config), 'utf8');
  expect(createHash('sha256').update(text).digest('hex')).toBe(manifest.Config.slice(0, 64));
  const { config, rootfs, os } = JSON.parse(text);
  expect(os).toBe('linux');
  expect(config).toMatchObject({ Entrypoint: ['/usr/local/bin/shop'], User: '65532:65532' });
  const layer = await readFile(join(folder, 'layer.tar'));
  expect(rootfs.diff_ids).toEqual([`sha256:${createHash('sha256').update(layer).digest('hex')}`]);
});

test('files keep their rights, belong to root, and have no time', async () => {
  const { file } = await writeImageArchive(join(await makeTempFolder(), 'image.tar'), IMAGE);
  const folder = await unpack(file);
  const entries: unknown[] = [];
  await list({
    file: join(folder, 'layer.tar'),
    onReadEntry: ({ path, type, mode, uid, gid, mtime }) =>
      entries.push([path, type, mode, uid, gid, mtime?.getTime()]),
  });
  expect(entries).toEqual([
    ['tmp/', 'Directory', 0o1777, 0, 0, 0],
    ['usr/local/bin/shop', 'File', 0o755, 0, 0, 0],
    ['etc/empty', 'File', 0o644, 0, 0, 0],
  ]);
});

test('the same content makes the same bytes, and files of this machine are copied whole', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
      const folder = await makeTempFolder();
      await writeFile(join(folder, 'program'), bytes);
      const files = [{ path: 'program', source: { file: join(folder, 'program') } }];
      const image = { ...IMAGE, files };
      const [one, two] = await Promise.all(
        ['one.tar', 'two.tar'].map(async (name) => await writeImageArchive(join(folder, name), image)),
      );
      expect(await readFile(one!.file)).toEqual(await readFile(two!.file));
      const inside = await unpack(one!.file);
      await runCommand('tar', ['-x', '-f', join(inside, 'layer.tar'), '-C', inside]);
      expect(new Uint8Array(await readFile(join(inside, 'program')))).toEqual(bytes);
    }),
    { numRuns: 10 },
  );
});

test('a path that no image can hold is refused', async () => {
  const files = [{ path: `${'a'.repeat(200)}/${'b'.repeat(200)}`, source: { content: '' } }];
  const target = join(await makeTempFolder(), 'image.tar');
  await expect(writeImageArchive(target, { ...IMAGE, files })).rejects.toThrow('too long for an image');
});
