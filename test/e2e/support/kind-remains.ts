import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClusterState, findClustersFolder } from '../../../harness/cluster/cluster-state.js';
import { nameCable } from '../../../harness/docker/choose-cable.js';
import { isRunning } from '../../../harness/exec/process-identity.js';
import { runCommand } from '../../../harness/exec/run-command.js';
import { findCacheFolder } from '../../../harness/toolchain/cache-folder.js';

/** What is left of a kind cluster: processes, containers, interfaces, mounts, folders. Empty when everything is gone. */
export async function listKindRemains(state: ClusterState): Promise<string[]> {
  const { components, engine, dataFolder = '', name } = state;
  const processes = [...components, ...(engine?.process === undefined ? [] : [engine.process])];
  const clusterFolder = join(findClustersFolder(findCacheFolder()), name);
  const folders = [
    dataFolder,
    clusterFolder,
    `/sys/class/net/${nameCable(engine?.hostAddress ?? '0.0.0.0')}`,
  ];
  const left = await Promise.all(
    folders.map(async (path) => {
      return await stat(path).then(
        () => [path],
        () => [],
      );
    }),
  );
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .filter((line) => line.includes(dataFolder));
  return [
    ...processes.filter(isRunning).map(({ pid }) => `process ${pid}`),
    ...(await listCommands(dataFolder)),
    ...(await listContainers(state)),
    ...mounts,
    ...left.flat(),
  ];
}

/** Processes, whoever started them, that were told of a folder. */
async function listCommands(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return command.includes(folder) ? [`process ${pid}: ${command.replaceAll('\0', ' ')}`] : [];
    }),
  );
  return found.flat();
}

// One in an engine of our own went with it.
async function listContainers({ kind, engine }: ClusterState): Promise<string[]> {
  if (kind === undefined || engine !== undefined) return [];
  const env = { ...process.env, ...kind.engineEnv };
  const args = ['ps', '--all', '--format={{.Names}}'];
  const { stdout } = await runCommand(kind.docker, args, { env });
  const names = [kind.node, kind.storeContainer];
  return stdout.split('\n').filter((name) => names.includes(name));
}
