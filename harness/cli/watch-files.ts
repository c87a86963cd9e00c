import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Watched folders and files; `watch` may be called again with others. */
export interface FileWatch extends Disposable {
  /** Folders are watched with all below them but hidden ones and node_modules. What is not there yet is left out. */
  watch(places: WatchedPlaces): void;
}

export interface WatchedPlaces {
  folders: readonly string[];
  files: readonly string[];
}

/**
 * Tells of every change, by the changed file's path. Folders are watched, never files, so that a file which an editor
 * replaces by another is watched on.
 */
export function watchFiles(onChange: (path: string) => void): FileWatch {
  const watchers = new Map<string, FSWatcher>();
  let wanted = new Map<string, ReadonlySet<string> | undefined>();
  const start = (folder: string): void => {
    try {
      const watcher = watch(folder, (_event, name) => {
        const names = wanted.get(folder);
        if (name === null || names === undefined || names.has(name)) onChange(join(folder, name ?? ''));
      });
      // A folder that goes away is told by the one it was in.
      watcher.on('error', () => watcher.close());
      watchers.set(folder, watcher);
    } catch {
      // Not there: it may come with the next change.
    }
  };
  return {
    watch: (places) => {
      wanted = listFolders(places);
      for (const [folder, watcher] of watchers) {
        if (wanted.has(folder)) continue;
        watcher.close();
        watchers.delete(folder);
      }
      for (const folder of wanted.keys()) if (!watchers.has(folder)) start(folder);
    },
    [Symbol.dispose]: () => {
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}

// Each folder with the names that count in it; undefined stands for all.
function listFolders({ folders, files }: WatchedPlaces): Map<string, ReadonlySet<string> | undefined> {
  const found = new Map<string, ReadonlySet<string> | undefined>();
  for (const file of files) {
    found.set(dirname(file), new Set([...(found.get(dirname(file)) ?? []), basename(file)]));
  }
  const open = [...folders];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    found.set(folder, undefined);
    open.push(...listSubfolders(folder));
  }
  return found;
}

function listSubfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
      .map((entry) => join(folder, entry.name));
  } catch {
    return [];
  }
}
