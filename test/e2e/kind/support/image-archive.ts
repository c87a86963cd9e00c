import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { create } from 'tar';

/** A container image of one layer. */
export interface ImageSpec {
  /** Whole name with its tag. */
  name: string;
  /** Folder that becomes the root of its file system. */
  root: string;
  entrypoint: readonly string[];
  /** Default: root, and whoever runs it says as whom. */
  user?: string;
}

/** Writes images to a file as `docker save` does; no engine is needed for it. `folder` holds the parts. */
export async function writeImageArchive(
  images: readonly ImageSpec[],
  folder: string,
  target: string,
): Promise<void> {
  const parts = await Promise.all(images.map(async (image) => await writeParts(image, folder)));
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(parts));
  const files = new Set(['manifest.json', ...parts.flatMap(({ Config, Layers }) => [Config, ...Layers])]);
  await create({ cwd: folder, file: target, portable: true }, [...files]);
}

async function writeParts({ name, root, entrypoint, user }: ImageSpec, folder: string) {
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `layer-${createHash('sha256').update(name).digest('hex')}.tar`);
  // Owned by root whoever builds it, and of no time: the same files give the same image.
  await create({ cwd: root, file: draft, portable: true, mtime: new Date(0) }, ['.']);
  const layer = await digestFile(draft);
  const config = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: { Entrypoint: entrypoint, Env: ['PATH=/usr/bin:/bin'], ...(user ? { User: user } : {}) },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
  });
  const configFile = `${createHash('sha256').update(config).digest('hex')}.json`;
  await writeFile(join(folder, configFile), config);
  return { Config: configFile, RepoTags: [name], Layers: [draft.slice(folder.length + 1)] };
}

async function digestFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
