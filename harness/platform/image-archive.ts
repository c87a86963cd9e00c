import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Header } from 'tar';

/** A file of an image. */
export interface ImageFile {
  /** Inside the image, without the leading slash. */
  path: string;
  /** Path of a file to copy, or the content itself. */
  source: { file: string } | { content: string };
  /** Default 0o644. */
  mode?: number;
}

/** A folder of an image that must have other rights than 0o755. */
export interface ImageFolder {
  path: string;
  mode: number;
}

/** What an image is told to run, as its configuration says it. */
export interface ImageConfig {
  entrypoint: readonly string[];
  /** `NAME=value`. */
  env?: readonly string[];
  /** Number of a user, or of a user and a group: `65532:65532`. Default: root. */
  user?: string;
  workingDir?: string;
}

export interface ImageContent {
  /** Name with its tag, as pods ask for it: `example.com/shop:1.0.0`. */
  reference: string;
  files: readonly ImageFile[];
  folders?: readonly ImageFolder[];
  config: ImageConfig;
}

/** An image as a file that `docker load`, `ctr images import` and `kind load image-archive` take. */
export interface ImageArchive {
  file: string;
  reference: string;
}

const BLOCK = 512;
const END = Buffer.alloc(2 * BLOCK);

/**
 * Writes an image of one layer, without any engine. Same content, same bytes: times are left out, everything belongs
 * to root.
 */
export async function writeImageArchive(target: string, image: ImageContent): Promise<ImageArchive> {
  const { reference, config, folders = [] } = image;
  const files = await Promise.all(image.files.map(measure));
  const layerSize =
    files.reduce((sum, { size }) => sum + BLOCK + padded(size), 0) + folders.length * BLOCK + END.length;
  const handle = await open(target, 'wx', 0o644);
  const digest = createHash('sha256');
  const write = async (chunk: Buffer): Promise<void> => {
    await handle.writeFile(chunk);
  };
  const writeLayer = async (chunk: Buffer): Promise<void> => {
    digest.update(chunk);
    await write(chunk);
  };
  try {
    await write(formatHeader({ path: 'layer.tar', size: layerSize, mode: 0o644 }));
    for (const { path, mode } of folders) {
      await writeLayer(formatHeader({ path: `${path}/`, size: 0, mode, folder: true }));
    }
    for (const file of files) await writeFileEntry(file, writeLayer);
    await writeLayer(END);
    const text = JSON.stringify(formatConfig(config, digest.digest('hex')));
    const name = `${createHash('sha256').update(text).digest('hex')}.json`;
    await writeTextEntry(name, text, write);
    const manifest = [{ Config: name, RepoTags: [reference], Layers: ['layer.tar'] }];
    await writeTextEntry('manifest.json', JSON.stringify(manifest), write);
    await write(END);
  } finally {
    await handle.close();
  }
  return { file: target, reference };
}

interface MeasuredFile extends ImageFile {
  size: number;
}

async function measure(file: ImageFile): Promise<MeasuredFile> {
  const { source } = file;
  const size = 'file' in source ? (await stat(source.file)).size : Buffer.byteLength(source.content);
  return { ...file, size };
}

type Write = (chunk: Buffer) => Promise<void>;

async function writeFileEntry({ path, source, mode = 0o644, size }: MeasuredFile, write: Write) {
  await write(formatHeader({ path, size, mode }));
  if ('file' in source) {
    const stream = createReadStream(source.file, { highWaterMark: 1024 * 1024 });
    for await (const chunk of stream) await write(chunk as Buffer);
  } else {
    await write(Buffer.from(source.content));
  }
  await write(Buffer.alloc(padded(size) - size));
}

async function writeTextEntry(path: string, text: string, write: Write): Promise<void> {
  const content = Buffer.from(text);
  await write(formatHeader({ path, size: content.length, mode: 0o644 }));
  await write(content);
  await write(Buffer.alloc(padded(content.length) - content.length));
}

interface EntryHeader {
  path: string;
  size: number;
  mode: number;
  folder?: boolean;
}

function formatHeader({ path, size, mode, folder = false }: EntryHeader): Buffer {
  const type = folder ? 'Directory' : 'File';
  const header = new Header({ path, size, mode, type, uid: 0, gid: 0, mtime: new Date(0) });
  const block = Buffer.alloc(BLOCK);
  if (header.encode(block, 0)) throw new Error(`path ${path}: too long for an image`);
  return block;
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

function formatConfig({ entrypoint, env, user, workingDir }: ImageConfig, layerDigest: string) {
  return {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {
      Entrypoint: entrypoint,
      Env: env ?? ['PATH=/usr/local/bin:/usr/bin:/bin'],
      ...(user === undefined ? {} : { User: user }),
      ...(workingDir === undefined ? {} : { WorkingDir: workingDir }),
    },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layerDigest}`] },
  };
}
