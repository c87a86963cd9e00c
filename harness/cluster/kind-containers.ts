import { runNow } from '../exec/run-now.js';
import type { KindRecord } from './cluster-state.js';
import { engineEnvironment, runDocker } from './kind-node.js';

/** Removes a cluster's containers with what they have written. Those that are gone already are none. */
export async function removeContainers(record: KindRecord): Promise<void> {
  const names = listNames(record);
  // The engine takes any container whose name has one of these in it.
  const filters = names.map((name) => `--filter=name=${name}`);
  const { stdout } = await runDocker(record, ['ps', '--all', '--format={{.Names}}', ...filters]);
  const found = stdout.split('\n').filter((name) => names.includes(name));
  if (found.length > 0) await runDocker(record, [...REMOVE, ...found]);
}

/** As `removeContainers`, when nothing can be awaited any more. */
export function removeContainersNow(record: KindRecord): void {
  runNow(record.docker, [...REMOVE, ...listNames(record)], engineEnvironment(record));
}

const REMOVE = ['rm', '--force', '--volumes'];

function listNames({ node, storeContainer }: KindRecord): string[] {
  return [node, ...(storeContainer === undefined ? [] : [storeContainer])];
}
