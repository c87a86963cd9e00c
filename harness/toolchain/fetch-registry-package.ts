import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SluiceError } from '../errors.js';
import { type RunCommand, runCommand } from '../exec/run-command.js';

export interface RegistryPackage {
  /** Name and exact version, such as `left-pad@1.3.0`. */
  spec: string;
  /** Subresource integrity of the tarball, `sha512-…`, kept in the code so that no registry can change it. */
  integrity: string;
}

export interface FetchOptions {
  run?: RunCommand;
  signal?: AbortSignal;
}

/**
 * Takes a package's tarball from the npm registry this machine is set up for, checks it and hands it to `use`.
 *
 * The package's scripts and dependencies are not touched. The tarball is gone when `use` has ended.
 *
 * @throws SluiceError `PACKAGE_UNREACHABLE` when npm cannot get it, `PACKAGE_CHANGED` when its digest is another.
 */
export async function fetchRegistryPackage(
  wanted: RegistryPackage,
  use: (tarball: string) => Promise<void>,
  { run = runCommand, signal }: FetchOptions = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-package-'));
  try {
    const tarball = join(folder, await pack(wanted.spec, folder, { run, ...(signal ? { signal } : {}) }));
    const actual = `sha512-${createHash('sha512')
      .update(await readFile(tarball))
      .digest('base64')}`;
    if (actual !== wanted.integrity) {
      throw new SluiceError({
        code: 'PACKAGE_CHANGED',
        message: `package ${wanted.spec}: not the one this version of sluice was made with`,
        evidence: `expected ${wanted.integrity}\n     got ${actual}`,
        remedy: 'Do not use it. Find out where this registry takes its packages from.',
        exitCode: 3,
      });
    }
    await use(tarball);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function pack(
  spec: string,
  folder: string,
  options: Required<Pick<FetchOptions, 'run'>> & FetchOptions,
) {
  const args = ['pack', spec, '--pack-destination', folder, '--json', '--ignore-scripts', '--loglevel=error'];
  try {
    const { stdout } = await options.run('npm', args, {
      cwd: folder,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const [packed] = JSON.parse(stdout) as { filename: string }[];
    return (packed?.filename ?? '').replace('@', '').replace('/', '-');
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new SluiceError({
      code: 'PACKAGE_UNREACHABLE',
      message: `package ${spec}: not to be had from the npm registry`,
      evidence: error instanceof Error ? error.message : String(error),
      remedy: 'Check the network and the registry in your npm configuration (npm config get registry).',
      exitCode: 3,
      cause: error,
    });
  }
}
