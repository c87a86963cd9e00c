import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { KindCluster } from '../cluster/kind-cluster.js';
import type { DockerEngine } from '../docker/docker-engine.js';
import { findDockerEngine } from '../docker/find-docker-engine.js';
import { CommandError, SluiceError } from '../errors.js';
import { runCommand } from '../exec/run-command.js';
import type { CliContext } from './cli-context.js';

/** An image that is to be had: a file, or one of the Docker engine of this machine. */
export type FoundImage = { name: string } & ({ archive: string } | { engine: DockerEngine });

/**
 * Looks whether the images are there that a cluster is to be given: `.tar` archives by their path, all others in the
 * Docker engine of this machine.
 *
 * @throws SluiceError `IMAGE_ARCHIVE_MISSING` and `IMAGE_MISSING` (exit code 2), `DOCKER_MISSING` (exit code 3).
 */
export async function findImages(
  names: readonly string[],
  { env, cwd, signal }: Pick<CliContext, 'env' | 'cwd' | 'signal'>,
): Promise<FoundImage[]> {
  const found: FoundImage[] = [];
  let engine: DockerEngine | undefined;
  for (const name of names) {
    if (name.endsWith('.tar')) {
      found.push({ name, archive: await requireFile(name, cwd) });
      continue;
    }
    engine ??= await findDockerEngine({ env, signal });
    if (engine === undefined) throw refuseWithoutEngine(name);
    await requireImage(engine, name, { env, signal });
    found.push({ name, engine });
  }
  return found;
}

/** Puts images into a cluster, one after the other. */
export async function loadImages(
  cluster: KindCluster,
  images: readonly FoundImage[],
  { env, signal, onLoaded }: Pick<CliContext, 'env' | 'signal'> & { onLoaded?: (name: string) => void },
): Promise<void> {
  for (const image of images) {
    if ('archive' in image) await cluster.loadImages(image.archive);
    else {
      const { docker, env: own } = image.engine;
      // The cluster may be in an engine of its own.
      const engine = { docker, env: { ...env, ...own } };
      await cluster.loadImageFrom({ reference: image.name, engine, signal });
    }
    onLoaded?.(image.name);
  }
}

async function requireFile(name: string, cwd: string): Promise<string> {
  const path = resolve(cwd, name);
  const isFile = await stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
  if (isFile) return path;
  throw new SluiceError({
    code: 'IMAGE_ARCHIVE_MISSING',
    message: `--load-image ${name}: there is no such file`,
    remedy: `docker save IMAGE --output ${name} writes it.`,
    exitCode: 2,
  });
}

async function requireImage(
  engine: DockerEngine,
  name: string,
  { env, signal }: Pick<CliContext, 'env' | 'signal'>,
): Promise<void> {
  try {
    await runDocker(engine, ['image', 'inspect', '--format', '{{.Id}}', '--', name], { env, signal });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new SluiceError({
      code: 'IMAGE_MISSING',
      message: `--load-image ${name}: the Docker engine of this machine has no such image`,
      evidence: error.stderr.trim(),
      remedy: `Build or pull it first (docker build --tag ${name} .), or name a .tar archive.`,
      exitCode: 2,
      cause: error,
    });
  }
}

function refuseWithoutEngine(name: string): SluiceError {
  return new SluiceError({
    code: 'DOCKER_MISSING',
    message: `--load-image ${name}: no Docker engine of this machine answers`,
    remedy: 'Start it, or name an archive that docker save or another builder wrote: --load-image image.tar',
    exitCode: 3,
  });
}

async function runDocker(
  engine: DockerEngine,
  args: readonly string[],
  { env, signal }: Pick<CliContext, 'env' | 'signal'>,
): Promise<string> {
  return (await runCommand(engine.docker, args, { env: { ...env, ...engine.env }, signal })).stdout;
}
