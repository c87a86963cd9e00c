import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { SluiceError } from '../errors.js';

/**
 * The folder for everything that can be made again: `SLUICE_CACHE` where it is set, else `sluice` in the user's
 * cache folder (`$XDG_CACHE_HOME`, `~/.cache`, `~/Library/Caches`).
 */
export function findCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env['SLUICE_CACHE'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  return envPaths('sluice', { suffix: '' }).cache;
}

/**
 * Makes a folder inside the cache and gives its path.
 *
 * @throws SluiceError `CACHE_UNUSABLE` when it can't be made.
 */
export async function ensureCacheFolder(cacheFolder: string, ...parts: string[]): Promise<string> {
  const folder = join(cacheFolder, ...parts);
  try {
    await mkdir(folder, { recursive: true });
    return folder;
  } catch (error) {
    throw new SluiceError({
      code: 'CACHE_UNUSABLE',
      message: `cache folder ${folder}: cannot be made`,
      evidence: error instanceof Error ? error.message : String(error),
      remedy: 'Set SLUICE_CACHE to a folder that can be written to.',
      exitCode: 3,
      cause: error,
    });
  }
}
