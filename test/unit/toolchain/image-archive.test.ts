import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../../../harness/exec/run-command.js';
import { findProgram } from '../../../harness/toolchain/find-program.js';
import {
  type ArchiveTools,
  writeDockerArchive,
  writeOciArchive,
} from '../../../harness/toolchain/node-image/image-archive.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const zstd = await findProgram('zstd');
const tools: ArchiveTools = { run: runCommand, settings: {}, tar: 'tar', zstd: zstd ?? 'zstd' };
const NAMES = ['example.com/one:1', 'example.com/two:2'];

async function prepare() {
  const folder = await makeTempFolder({
    'root/bin/app': 'the program',
    'root/dev/null': 'no device',
    'root/etc/app.conf': 'on',
  });
  const source = {
    folder: join(folder, 'root'),
    names: NAMES,
    config: { Entrypoint: ['/bin/app'] },
    workFolder: join(folder, 'work'),
  };
  return { folder, source, target: join(folder, 'image.tar') };
}

async function unpack(archive: string): Promise<string> {
  const folder = await makeTempFolder();
  await runCommand('tar', ['-C', folder, '-xf', archive]);
  return folder;
}

async function digest(file: string): Promise<string> {
  return `sha256:${createHash('sha256')
    .update(await readFile(file))
    .digest('hex')}`;
}

async function readJson(...path: string[]) {
  return JSON.parse(await readFile(join(...path), 'utf8'));
}

test('an image for docker load says its names, its layer’s digest and what it runs', async () => {
  const { source, target } = await prepare();
  await writeDockerArchive(target, source, tools);
  const folder = await unpack(target);
  const [manifest] = await readJson(folder, 'manifest.json');
  expect(manifest).toMatchObject({ RepoTags: NAMES, Layers: ['layer.tar'] });
  const config = await readJson(folder, manifest.Config);
  expect(config.config.Entrypoint).toEqual(['/bin/app']);
  expect(config.rootfs.diff_ids).toEqual([await digest(join(folder, 'layer.tar'))]);
  const { stdout } = await runCommand('tar', ['-tf', join(folder, 'layer.tar')]);
  // Devices are the engine's.
  expect(stdout.trim().split('\n')).toEqual([
    './',
    './bin/',
    './bin/app',
    './dev/',
    './etc/',
    './etc/app.conf',
  ]);
});

test.runIf(zstd !== undefined)(
  'an image for containerd names every blob by its digest, under every name',
  async () => {
    const { source, target } = await prepare();
    await writeOciArchive(target, source, tools);
    const folder = await unpack(target);
    const blob = (name: string): string => join(folder, 'blobs', ...name.split(':'));
    const { manifests } = await readJson(folder, 'index.json');
    const names = manifests.map((one: { annotations: object }) => Object.values(one.annotations)[0]);
    expect(names).toEqual(NAMES);
    const [{ digest: manifestDigest, size }] = manifests;
    expect(await digest(blob(manifestDigest))).toBe(manifestDigest);
    expect((await readFile(blob(manifestDigest))).length).toBe(size);
    const { config, layers } = await readJson(blob(manifestDigest));
    for (const part of [config, ...layers]) {
      expect(await digest(blob(part.digest))).toBe(part.digest);
      expect((await readFile(blob(part.digest))).length).toBe(part.size);
    }
    const layer = join(folder, 'layer.tar');
    await runCommand(tools.zstd, ['-q', '-d', blob(layers[0].digest), '-o', layer]);
    expect((await readJson(blob(config.digest))).rootfs.diff_ids).toEqual([await digest(layer)]);
  },
);
