import { runNow } from '../exec/run-now.js';
import type { KindRecord } from './cluster-state.js';
import { engineEnvironment, runDocker } from './kind-node.js';

/** Removes a cluster's containers with what they have written. Those that are gone already are none. */
export async function removeContainers(record: KindRecord): Promise<void> {
  const { stdout } = await runDocker(record, ['ps', '--all', '--quiet', '--no-trunc', ...filters(record)]);
  const ids = stdout.split('\n').filter((line) => line !== '');
  if (ids.length > 0) await runDocker(record, [...REMOVE, ...ids]);
}

/** As `removeContainers`, when nothing can be awaited any more. */
export function removeContainersNow(record: KindRecord): void {
  const names = [record.node, ...(record.storeContainer === undefined ? [] : [record.storeContainer])];
  runNow(record.docker, [...REMOVE, ...names], engineEnvironment(record));
}

const REMOVE = ['rm', '--force', '--volumes'];

/** Label that kind gives to the containers of a cluster; the store's has it too. */
export const CLUSTER_LABEL = 'io.x-k8s.kind.cluster';

function filters({ clusterName }: KindRecord): string[] {
  return [`--filter=label=${CLUSTER_LABEL}=${clusterName}`];
}
