import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lock } from 'proper-lockfile';

export interface MakeOnceOptions {
  /** The entry: a folder that is there whole or not at all. Its name is the key of what it holds. */
  folder: string;
  /** Fills the empty folder it is given. */
  make: (draft: string) => Promise<void>;
  /** Told once when another process is making the same entry. */
  onWait?: () => void;
  /** Ends the waiting for another process; `make` has to heed it by itself. */
  signal?: AbortSignal;
}

const POLL_MS = 200;

// A lock can be lost, to a machine that slept or a cache that was cleared. Then something is made twice, no more: the
// first that is whole becomes the entry.
const LOCK_OPTIONS = { realpath: false, stale: 15_000, update: 5000, onCompromised: () => undefined };

/**
 * Gives a cache entry, made by exactly one of the processes that ask for it at the same time.
 *
 * A maker that is killed leaves a draft beside the entry, never a broken entry; the next maker removes it.
 */
export async function makeOnce(options: MakeOnceOptions): Promise<string> {
  const { folder, make } = options;
  if (await exists(folder)) return folder;
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  const release = await lockEntry(options);
  try {
    if (await exists(folder)) return folder;
    await removeDrafts(folder);
    const draft = join(parent, `.${basename(folder)}.${randomUUID()}.part`);
    try {
      await mkdir(draft);
      await make(draft);
      await rename(draft, folder).catch(async (error: unknown) => {
        if (!(await exists(folder))) throw error;
      });
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
    return folder;
  } finally {
    await release().catch(() => undefined);
  }
}

// Only the holder of the lock makes drafts, so any that is there was left by a maker that was killed.
async function removeDrafts(folder: string): Promise<void> {
  const prefix = `.${basename(folder)}.`;
  for (const name of await readdir(dirname(folder))) {
    if (name.startsWith(prefix) && name.endsWith('.part')) {
      await rm(join(dirname(folder), name), { recursive: true, force: true });
    }
  }
}

async function lockEntry({ folder, onWait, signal }: MakeOnceOptions): Promise<() => Promise<void>> {
  let told = false;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await lock(folder, LOCK_OPTIONS);
    } catch (error) {
      if (!isLockedError(error)) throw error;
    }
    if (!told) onWait?.();
    told = true;
    await delay(POLL_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}

function isLockedError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ELOCKED';
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
