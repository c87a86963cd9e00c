import { readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

/** The cgroup that holds those of an engine's containers, from the root of every hierarchy. */
export function nameCgroup(id: string): string {
  return `/sluice-${id}`;
}

/**
 * Removes the cgroups that an engine's containers had, in every hierarchy.
 *
 * @throws Error `EBUSY` while a process is left in one of them; the others are gone then.
 */
export function removeCgroups(id: string, root = ROOT): void {
  let failure: unknown;
  for (const folder of ['', ...listFolders(root)]) {
    try {
      removeTree(join(root, folder, nameCgroup(id)));
    } catch (error) {
      failure = error;
    }
  }
  if (failure !== undefined) throw failure;
}

// The files of a cgroup cannot be removed, and go with it.
function removeTree(path: string): void {
  for (const name of listFolders(path)) removeTree(join(path, name));
  try {
    rmdirSync(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

function listFolders(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
