import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterState } from './cluster-state.js';
import { runKind } from './kind-node.js';

const KEPT = 5;

/**
 * Has kind collect what is known of a cluster that could not be started, and tells the folder. Those of the last five
 * failures are kept.
 */
export async function exportFailureLogs(
  cacheFolder: string,
  { name, kind }: ClusterState,
  tell: (text: string) => void,
): Promise<void> {
  if (kind === undefined) return;
  const logs = join(cacheFolder, 'logs');
  const folder = join(logs, `${name}-${new Date().toISOString().replaceAll(/[:.]/gu, '-')}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await runKind(kind, ['export', 'logs', `--name=${kind.clusterName}`, folder]);
    await removeOldest(logs);
    tell(`logs of the node are in ${folder}`);
  } catch {
    // There was no node to tell anything: the error itself is told.
    await rm(folder, { recursive: true, force: true });
  }
}

async function removeOldest(logs: string): Promise<void> {
  const entries = await Promise.all(
    (await readdir(logs)).map(async (entry) => {
      const path = join(logs, entry);
      return { path, time: (await stat(path)).mtimeMs };
    }),
  );
  const old = entries.sort((a, b) => b.time - a.time).slice(KEPT);
  for (const { path } of old) await rm(path, { recursive: true, force: true });
}
