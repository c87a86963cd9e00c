import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '../errors.js';
import { nameCgroup } from './engine-cgroups.js';

export interface EngineSettings {
  /** Of the engine itself. */
  id: string;
  engineAddress: string;
  /** OCI runtime to use instead of runc. */
  runtime?: string | undefined;
}

// What a Unix socket's address may be long, its end included (man 7 unix).
const LONGEST_SOCKET_BYTES = 107;

/** Socket at which the engine of a folder answers. */
export function findSocket(folder: string): string {
  return join(folder, 'docker.sock');
}

/** Folder in which the engine of a folder keeps images, containers and volumes. */
export function findEngineData(folder: string): string {
  return join(folder, 'data');
}

/** File with what the engine of a folder says. */
export function findEngineLog(folder: string): string {
  return join(folder, 'dockerd.log');
}

/**
 * Makes an engine's folder with its configuration, whose path it gives. Nothing of this machine's own configuration
 * of Docker is used.
 *
 * @throws SluiceError `DOCKER_FOLDER` where the engine could not work in it.
 */
export async function prepareEngineFolder(folder: string, settings: EngineSettings): Promise<string> {
  requireUsableFolder(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { id, engineAddress, runtime } = settings;
  const configuration = {
    'data-root': findEngineData(folder),
    hosts: [`unix://${findSocket(folder)}`],
    // Groups of the user who started us are left as they are.
    group: 'root',
    'cgroup-parent': nameCgroup(id),
    'exec-opts': ['native.cgroupdriver=cgroupfs'],
    dns: [engineAddress],
    'log-level': 'warn',
    ...(runtime === undefined
      ? {}
      : { runtimes: { sluice: { path: runtime } }, 'default-runtime': 'sluice' }),
  };
  const file = join(folder, 'daemon.json');
  await writeFile(file, `${JSON.stringify(configuration, null, 2)}\n`);
  return file;
}

function requireUsableFolder(folder: string): void {
  const socket = findSocket(folder);
  const evidence = folder.startsWith('/run/')
    ? 'the engine has a /run of its own, in which nobody else would see its socket'
    : Buffer.byteLength(socket) > LONGEST_SOCKET_BYTES
      ? `the path of its socket would be longer than ${LONGEST_SOCKET_BYTES} bytes`
      : undefined;
  if (evidence === undefined) return;
  throw new SluiceError({
    code: 'DOCKER_FOLDER',
    message: `Docker engine in ${folder}: cannot work there`,
    evidence,
    remedy: 'Set TMPDIR to another folder, such as /var/tmp.',
    exitCode: 3,
  });
}
