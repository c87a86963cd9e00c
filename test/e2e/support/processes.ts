import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import type { ClusterState } from '../../../harness/cluster/cluster-state.js';
import { isRunning } from '../../../harness/exec/process-identity.js';

/** What is left of a cluster: processes, ports, folders. Empty when everything is gone. */
export async function listRemains(state: ClusterState, folder: string): Promise<string[]> {
  const remains = state.components
    .filter((component) => isRunning(component))
    .map(({ name, pid }) => `process ${pid} ${name}`);
  for (const port of listPorts(state)) {
    if (await canConnect(port, '127.0.0.1')) remains.push(`port ${port}`);
  }
  for (const path of [state.dataFolder, folder]) {
    if (path !== undefined && (await exists(path))) remains.push(`folder ${path}`);
  }
  return remains;
}

/** The ports that a cluster which is ready listens on. */
export function listPorts({ ready }: ClusterState): number[] {
  if (ready === undefined) return [];
  return [ready.apiServer, ready.operatorMetricsUrl, ready.parameterStore.endpointUrl].flatMap((url) =>
    url === undefined ? [] : [Number(new URL(url).port)],
  );
}

/** True where somebody listens. */
export async function canConnect(port: number, host: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 2000 });
    const end = (connected: boolean): void => {
      socket.destroy();
      resolve(connected);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
