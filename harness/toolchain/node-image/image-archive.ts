import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { RunCommand, RunCommandOptions } from '../../exec/run-command.js';

/** How archives are made: with this machine's tar and zstd. */
export interface ArchiveTools {
  run: RunCommand;
  settings: RunCommandOptions;
  tar: string;
  zstd: string;
}

export interface ImageSource {
  /** File system of the image. */
  folder: string;
  /** Names with tags. */
  names: readonly string[];
  /** `config` of the image's configuration. */
  config: Readonly<Record<string, unknown>>;
  /** Folder for what is only needed meanwhile; made, and left to be removed. */
  workFolder: string;
}

const ALWAYS = '1970-01-01T00:00:00Z';

/** Writes an image of one layer as `docker load` takes it, also that of old engines: compressed by gzip. */
export async function writeDockerArchive(
  target: string,
  source: ImageSource,
  tools: ArchiveTools,
): Promise<void> {
  const { workFolder, names, config } = source;
  await mkdir(workFolder, { recursive: true });
  const layer = join(workFolder, 'layer.tar');
  await packFolder(source.folder, layer, tools);
  const text = JSON.stringify(describeImage(config, await digestFile(layer)));
  const configName = `${digestText(text)}.json`;
  const manifest = [{ Config: configName, RepoTags: names, Layers: ['layer.tar'] }];
  await writeFile(join(workFolder, configName), text);
  await writeFile(join(workFolder, 'manifest.json'), JSON.stringify(manifest));
  const { run, settings, tar } = tools;
  // What is read first comes first.
  const files = ['manifest.json', configName, 'layer.tar'];
  const compress = '--use-compress-program=gzip -1';
  await run(tar, ['-C', workFolder, compress, '--owner=0', '--group=0', '-cf', target, ...files], settings);
}

/**
 * Writes an image of one layer as containerd imports it. The layer stays compressed in its store: it is smaller there
 * than what it holds.
 */
export async function writeOciArchive(
  target: string,
  source: ImageSource,
  tools: ArchiveTools,
): Promise<void> {
  const { workFolder, names, config } = source;
  const { run, settings, tar, zstd } = tools;
  const blobs = join(workFolder, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const layer = join(workFolder, 'layer.tar');
  await packFolder(source.folder, layer, tools);
  const content = await digestFile(layer);
  const packed = `${layer}.zst`;
  await run(zstd, ['-q', '-T0', '-6', '--rm', layer, '-o', packed], settings);
  const addBlob = async (mediaType: string, text: string) => {
    const name = digestText(text);
    await writeFile(join(blobs, name), text);
    return { mediaType, digest: `sha256:${name}`, size: Buffer.byteLength(text) };
  };
  const layerName = await digestFile(packed);
  const { size } = await stat(packed);
  await rename(packed, join(blobs, layerName));
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: await addBlob(
      'application/vnd.oci.image.config.v1+json',
      JSON.stringify(describeImage(config, content)),
    ),
    layers: [
      { mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd', digest: `sha256:${layerName}`, size },
    ],
  };
  const described = await addBlob(manifest.mediaType, JSON.stringify(manifest));
  const manifests = names.map((name) => ({
    ...described,
    annotations: { 'io.containerd.image.name': name },
  }));
  await writeFile(join(workFolder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  await writeFile(join(workFolder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await run(tar, ['-C', workFolder, '-cf', target, 'oci-layout', 'index.json', 'blobs'], settings);
  await rm(workFolder, { recursive: true });
}

// Devices are the engine's to make.
async function packFolder(
  folder: string,
  target: string,
  { run, settings, tar }: ArchiveTools,
): Promise<void> {
  const what = ['--sort=name', '--numeric-owner', '--xattrs', '--one-file-system', '--exclude=./dev/*'];
  await run(tar, ['-C', folder, ...what, '-cf', target, '.'], settings);
}

function describeImage(config: Readonly<Record<string, unknown>>, contentDigest: string): object {
  return {
    created: ALWAYS,
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: [`sha256:${contentDigest}`] },
    history: [{ created: ALWAYS, created_by: 'sluice' }],
  };
}

async function digestFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}

function digestText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
