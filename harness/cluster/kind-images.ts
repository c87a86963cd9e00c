import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../exec/run-command.js';
import type { KindRecord } from './cluster-state.js';
import { engineEnvironment, runDocker, runKind } from './kind-node.js';

const ERROR_CODE = 'KIND_LOAD_FAILED';

/** Whether the engine has an image. */
export async function hasImage(record: KindRecord, reference: string): Promise<boolean> {
  const args = ['images', '--quiet', `--filter=reference=${reference}`];
  return (await runDocker(record, args)).stdout.trim() !== '';
}

/**
 * Puts the images of an archive into the node.
 *
 * @throws CommandError `KIND_LOAD_FAILED` with kind's words.
 */
export async function loadArchive(record: KindRecord, archive: string, signal?: AbortSignal): Promise<void> {
  await runKind(record, ['load', 'image-archive', archive, `--name=${record.clusterName}`], {
    ...(signal === undefined ? {} : { signal }),
    errorCode: ERROR_CODE,
  });
}

export interface LoadEngineImageOptions {
  reference: string;
  /** Folder for the image on its way. */
  folder: string;
  /** The engine that has it: path of the client, and the client's whole environment. Default: the cluster's own. */
  engine?: { docker: string; env: NodeJS.ProcessEnv };
  signal: AbortSignal;
}

/**
 * Puts an image of an engine into the node: what the engine has of it, which is the part for its own platform.
 *
 * Not by kind, which takes every platform that the image was published for. An engine that keeps images in containerd,
 * as Docker 29 does, names all of them and has one (github.com/kubernetes-sigs/kind/issues/3795).
 *
 * @throws CommandError `KIND_LOAD_FAILED`.
 */
export async function loadEngineImage(record: KindRecord, options: LoadEngineImageOptions): Promise<void> {
  const { reference, folder, signal } = options;
  const env = engineEnvironment(record);
  const { docker, env: theirs } = options.engine ?? { docker: record.docker, env };
  const ask = { env: theirs, signal, errorCode: ERROR_CODE };
  const format = '--format={{.Os}}/{{.Architecture}}';
  const { stdout: platform } = await runCommand(docker, ['image', 'inspect', format, reference], ask);
  const archive = join(folder, `image-${randomBytes(4).toString('hex')}.tar`);
  const args = ['exec', '--privileged', '--interactive', record.node, 'ctr', '--namespace=k8s.io', 'images'];
  // Unpacked by whatever keeps the node's file systems, when the first pod needs it.
  const how = ['import', '--digests', '--no-unpack', `--platform=${platform.trim()}`, '-'];
  try {
    await runCommand(docker, ['save', `--output=${archive}`, reference], ask);
    await runCommand(record.docker, [...args, ...how], {
      ...{ env, signal, inputFile: archive, errorCode: ERROR_CODE },
    });
  } finally {
    await rm(archive, { force: true });
  }
}
