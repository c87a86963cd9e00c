import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { CommandError, SluiceError } from '../errors.js';
import { type RunCommand, runCommand } from '../exec/run-command.js';
import { findProgram } from './find-program.js';

/** Programs that are taken from this machine, and the Debian package that has each; a path is a file's. */
const PACKAGES = {
  '/usr/share/keyrings/debian-archive-keyring.gpg': 'debian-archive-keyring',
  containerd: 'containerd',
  debootstrap: 'debootstrap',
  docker: 'docker.io',
  dockerd: 'docker.io',
  ip: 'iproute2',
  iptables: 'iptables',
  runc: 'runc',
  tar: 'tar',
  unshare: 'util-linux',
  zstd: 'zstd',
} as const;

export type HostProgramName = keyof typeof PACKAGES;

export interface HostPackagesOptions {
  /** Installs what is missing. Default: only in CI, where `CI` is `true` in the environment. */
  install?: boolean | undefined;
  /** Default: that of this process. */
  env?: NodeJS.ProcessEnv;
  /** Folders that are looked at beside those on PATH. Default: those of system programs. */
  systemFolders?: readonly string[];
  run?: RunCommand;
  signal?: AbortSignal;
  onProgress?: (text: string) => void;
}

/** What has been found: absolute paths, and the environment in which these programs find each other. */
export interface HostPrograms<Name extends HostProgramName> {
  paths: Readonly<Record<Name, string>>;
  env: NodeJS.ProcessEnv;
}

/**
 * Finds programs of this machine, those that only root's PATH leads to included, and installs their packages where
 * some are missing and that is wanted. No service is started by that.
 *
 * @throws SluiceError `HOST_PACKAGES_MISSING` with the line that installs them, `HOST_PACKAGES_FAILED` with apt's
 * words; exit code 3.
 */
export async function requireHostPackages<Name extends HostProgramName>(
  names: readonly Name[],
  options: HostPackagesOptions = {},
): Promise<HostPrograms<Name>> {
  const env = addSystemFolders(options.env ?? process.env, options.systemFolders);
  const missing = await findMissing(names, env);
  if (missing.length > 0) {
    const wanted = options.install ?? env['CI'] === 'true';
    if (!wanted) throw packagesMissing(missing, await findApt(env));
    await install(missing, { ...options, env });
    const still = await findMissing(names, env);
    if (still.length > 0) throw packagesMissing(still, await findApt(env));
  }
  const entries = await Promise.all(names.map(async (name) => [name, await find(name, env)] as const));
  return { paths: Object.fromEntries(entries) as Record<Name, string>, env };
}

const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'];

/** The environment with the folders of system programs on PATH, where a user's PATH may not have them. */
export function addSystemFolders(
  env: NodeJS.ProcessEnv,
  system: readonly string[] = SYSTEM_FOLDERS,
): NodeJS.ProcessEnv {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return { ...env, PATH: [...new Set([...folders, ...system])].join(delimiter) };
}

async function findMissing<Name extends HostProgramName>(names: readonly Name[], env: NodeJS.ProcessEnv) {
  const found = await Promise.all(names.map(async (name) => await find(name, env)));
  return names.filter((_, index) => found[index] === undefined);
}

async function find(name: HostProgramName, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (!name.startsWith('/')) return await findProgram(name, env);
  return existsSync(name) ? name : undefined;
}

async function findApt(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return await findProgram('apt-get', env);
}

// Newer releases of Debian have the client in a package of its own.
const CLIENT_PACKAGE = 'docker-cli';
const MINUTES_MS = 60_000;

async function install(missing: readonly HostProgramName[], options: HostPackagesOptions): Promise<void> {
  const { env = process.env, run = runCommand, signal, onProgress } = options;
  const apt = await findApt(env);
  if (apt === undefined || process.getuid?.() !== 0) throw packagesMissing(missing, apt);
  const packages = listPackages(missing);
  const stubs = await mkdtemp(join(tmpdir(), 'sluice-apt-'));
  try {
    await writeStubs(stubs);
    const settings = {
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
      timeoutMs: 10 * MINUTES_MS,
      group: true,
      ...(signal ? { signal } : {}),
    };
    const path = [stubs, env['PATH'] ?? ''].join(delimiter);
    // apt gives the scripts of packages a PATH of its own.
    const common = ['-o', 'DPkg::Lock::Timeout=120', '-o', `DPkg::Path=${path}`, '-q', '-y'];
    onProgress?.(`installing packages of this machine: ${packages.join(', ')} (once)`);
    await run(apt, [...common, 'update'], settings);
    if (missing.includes('docker')) packages.push(...(await findClientPackage(run, settings.env)));
    await run(apt, [...common, 'install', '--no-install-recommends', ...packages], settings);
  } catch (error) {
    throw error instanceof CommandError ? installFailed(packages, error) : error;
  } finally {
    await rm(stubs, { recursive: true, force: true });
  }
}

function listPackages(names: readonly HostProgramName[]): string[] {
  return [...new Set<string>(names.map((name) => PACKAGES[name]))].sort();
}

// Packages start their services by these; what is installed here is started by us, in a place of its own.
async function writeStubs(folder: string): Promise<void> {
  for (const name of ['invoke-rc.d', 'deb-systemd-invoke']) {
    await writeFile(join(folder, name), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  }
}

async function findClientPackage(run: RunCommand, env: NodeJS.ProcessEnv): Promise<string[]> {
  const { stdout } = await run('apt-cache', ['policy', CLIENT_PACKAGE], { env });
  return /^\s*Candidate: (?!\(none\))/mu.test(stdout) ? [CLIENT_PACKAGE] : [];
}

function packagesMissing(names: readonly HostProgramName[], apt: string | undefined): SluiceError {
  const line = `apt-get install --no-install-recommends ${listPackages(names).join(' ')}`;
  const byRoot = process.getuid?.() === 0 ? line : `sudo ${line}`;
  return new SluiceError({
    code: 'HOST_PACKAGES_MISSING',
    message: `programs missing on this machine: ${names.join(', ')}`,
    remedy:
      apt === undefined
        ? `Install them; on Debian their packages are ${listPackages(names).join(', ')}.`
        : `Install them, or have it done as root by --install-host-packages: ${byRoot}`,
    exitCode: 3,
  });
}

function installFailed(packages: readonly string[], error: CommandError): SluiceError {
  return new SluiceError({
    code: 'HOST_PACKAGES_FAILED',
    message: `packages ${packages.join(', ')}: cannot be installed`,
    evidence: error.stderr.trim().split('\n').slice(-15).join('\n') || error.shortMessage,
    remedy: `To see it by hand: ${error.commandLine}`,
    exitCode: 3,
    cause: error,
  });
}
