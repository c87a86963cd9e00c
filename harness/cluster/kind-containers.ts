import { runNow } from '../exec/run-now.js';
import { killProcessNow, stopProcess } from '../exec/stop-process.js';
import type { KindRecord } from './cluster-state.js';
import { engineEnvironment, runDocker } from './kind-node.js';

const CREATION_GRACE_MS = 2000;

/** Removes a cluster's containers with what they have written. Those that are gone already are none. */
export async function removeContainers(record: KindRecord): Promise<void> {
  // Else a node could come after this, of which nothing is written down any more.
  if (record.creation !== undefined) await stopProcess(record.creation, CREATION_GRACE_MS);
  const names = listNames(record);
  // The engine takes any container whose name has one of these in it.
  const filters = names.map((name) => `--filter=name=${name}`);
  const { stdout } = await runDocker(record, ['ps', '--all', '--format={{.Names}}', ...filters]);
  const found = stdout.split('\n').filter((name) => names.includes(name));
  if (found.length > 0) await runDocker(record, [...REMOVE, ...found]);
}

/** As `removeContainers`, when nothing can be awaited any more. */
export function removeContainersNow(record: KindRecord): void {
  if (record.creation !== undefined) killProcessNow(record.creation);
  runNow(record.docker, [...REMOVE, ...listNames(record)], engineEnvironment(record));
}

const REMOVE = ['rm', '--force', '--volumes'];

function listNames({ node, storeContainer }: KindRecord): string[] {
  return [node, ...(storeContainer === undefined ? [] : [storeContainer])];
}
