import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { cp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../exec/run-command.js';
import { makeOnce } from '../toolchain/make-once.js';
import type { ToolchainOptions } from '../toolchain/toolchain-options.js';
import type { DockerEngine, EngineRecord } from './docker-engine.js';
import { removeOwnEngine } from './remove-own-engine.js';

/** An image that is to be in an engine of our own from its start. */
export interface SeedImage {
  /** Name with its tag, which says its content: another content, another name. */
  reference: string;
  /** File that `docker load` takes. */
  archive: string;
}

/** What an engine keeps of an image, to be used by others of the same version without taking it in again. */
export interface EngineSeed {
  folder: string;
  /** The image's only layer, as the engine calls it. */
  layer: string;
}

export interface EnsureSeedOptions extends ToolchainOptions {
  cacheFolder: string;
  image: SeedImage;
  /** Program of the engine. */
  dockerd: string;
  /** Starts an engine without a seed, and gives the folder of its data too. */
  start: (onRecord: (record: EngineRecord) => void) => Promise<{ engine: DockerEngine; dataFolder: string }>;
}

/**
 * Gives the seed of an image for this machine's release of Docker, made the first time by taking the image in;
 * undefined where this release keeps images in another way.
 */
export async function ensureEngineSeed(options: EnsureSeedOptions): Promise<EngineSeed | undefined> {
  const { cacheFolder, image, dockerd, onProgress, signal, run = runCommand } = options;
  const { stdout: version } = await run(dockerd, ['--version']);
  const key = createHash('sha256').update(`${version}\0${image.reference}`).digest('hex').slice(0, 16);
  const folder = await makeOnce({
    folder: join(cacheFolder, 'docker-seeds', key),
    ...(signal ? { signal } : {}),
    make: async (draft) => {
      onProgress?.(`taking ${image.reference} into a Docker engine (once)`);
      const note = join(cacheFolder, 'docker-seeds', `${key}.engine.json`);
      await removeNoted(note);
      await fill(draft, note, options);
      await rm(note, { force: true });
    },
  });
  const { layer } = JSON.parse(await readFile(join(folder, 'seed.json'), 'utf8')) as { layer: string | null };
  return layer === null ? undefined : { folder, layer };
}

// Only one process at a time makes a seed: an engine that is noted is that of one that was killed.
async function removeNoted(note: string): Promise<void> {
  const text = await readFile(note, 'utf8').catch(() => undefined);
  if (text !== undefined) await removeOwnEngine(JSON.parse(text) as EngineRecord);
}

async function fill(draft: string, note: string, options: EnsureSeedOptions): Promise<void> {
  const { image, signal, start, run = runCommand } = options;
  const settings = signal ? { signal } : {};
  const { engine, dataFolder } = await start((record) => writeFileSync(note, JSON.stringify(record)));
  try {
    const env = { ...process.env, ...engine.env };
    await run(engine.docker, ['load', '--quiet', `--input=${image.archive}`], { ...settings, env });
    const layer = await findOnlyLayer(dataFolder);
    if (layer !== undefined) {
      const parts = ['image', 'overlay2'].map((name) => join(dataFolder, name));
      await run('cp', ['--archive', ...parts, draft], settings);
    }
    await writeFile(join(draft, 'seed.json'), JSON.stringify({ layer: layer ?? null }));
  } finally {
    await engine.stop();
  }
}

async function findOnlyLayer(dataFolder: string): Promise<string | undefined> {
  const names = await readdir(join(dataFolder, 'overlay2')).catch(() => []);
  const layers = names.filter((name) => name !== 'l');
  return layers.length === 1 ? layers[0] : undefined;
}

/**
 * Puts a seed into an engine's data before its start. The layer's content, which no engine ever writes to, stays where
 * it is: the engine finds it by a link.
 */
export async function plantSeed({ folder, layer }: EngineSeed, dataFolder: string): Promise<void> {
  const content = join(folder, 'overlay2', layer, 'diff');
  for (const name of ['image', 'overlay2']) {
    await cp(join(folder, name), join(dataFolder, name), {
      recursive: true,
      // Links within are relative, and meant to be.
      verbatimSymlinks: true,
      filter: (source) => source !== content,
    });
  }
  await symlink(content, join(dataFolder, 'overlay2', layer, 'diff'));
}
