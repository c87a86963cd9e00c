import { randomBytes } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError, SluiceError } from '../errors.js';
import { endWithProcess } from '../exec/end-with-process.js';
import { readLogTail } from '../exec/read-log-tail.js';
import { runCommand } from '../exec/run-command.js';
import { type StartedProcess, startProcess } from '../exec/start-process.js';
import { type DockerHostProgram, ensureDockerHost } from '../toolchain/docker-host-program.js';
import { type HostPrograms, requireHostPackages } from '../toolchain/host-packages.js';
import { completeOptions, type ToolchainOptions } from '../toolchain/toolchain-options.js';
import { type Cable, chooseCable } from './choose-cable.js';
import type { DockerEngine, EngineRecord } from './docker-engine.js';
import { askEngineVersion } from './engine-api.js';
import { describeEngineFailure } from './engine-failure.js';
import { findEngineData, findEngineLog, findSocket, prepareEngineFolder } from './engine-folder.js';
import { type EngineSeed, ensureEngineSeed, plantSeed, type SeedImage } from './engine-seed.js';
import { lacksSysResource } from './lacks-sys-resource.js';
import { OwnDockerEngine } from './own-engine.js';
import { removeOwnEngine, removeOwnEngineNow } from './remove-own-engine.js';

export interface StartOwnEngineOptions extends ToolchainOptions {
  /** Folder for everything that it writes; made, and removed in the end. Default: a new one below TMPDIR or /tmp. */
  folder?: string;
  /** An image of one layer that is to be in it. The first time on a machine it is taken in, some seconds. */
  image?: SeedImage | undefined;
  /** Installs missing packages of this machine. Default: only in CI. */
  installHostPackages?: boolean | undefined;
  /**
   * Called before there is anything to be removed, and again whenever more is known: the place to write it down.
   * Without it, the engine is removed when this process ends, unless that is killed.
   */
  onRecord?: (record: EngineRecord) => void;
}

const READY_WITHIN_MS = 60_000;
const ENGINE_PROGRAMS = ['docker', 'dockerd', 'containerd', 'runc', 'ip', 'iptables'] as const;
// By which docker-host says that another engine took the same addresses at the same time.
const TAKEN = 17;
const TRIES = 5;

/**
 * Starts a Docker engine of a cluster's own.
 *
 * Its processes, mounts and network are in namespaces of their own: bridges, chains and mounts are never seen
 * outside and end with its first process, however that ends. A virtual cable joins it to this machine and to nothing
 * else, so that it can pull no image; several run side by side.
 *
 * @throws SluiceError `DOCKER_ENGINE_UNSUPPORTED` (not Linux), `ROOT_NEEDED`, `HOST_PACKAGES_MISSING`,
 * `DOCKER_FOLDER`, `DOCKER_NO_ADDRESS`, `DOCKER_ENGINE_FAILED` with the engine's last words; all with exit code 3.
 * Nothing is left then.
 */
export async function startOwnDockerEngine(options: StartOwnEngineOptions = {}): Promise<DockerEngine> {
  const complete = { ...options, ...(await prepareOwnDockerEngine(options)) };
  const seed = options.image === undefined ? undefined : await findSeed(options.image, complete);
  return await startSomewhere({ ...complete, seed });
}

/** What an engine of our own is made of. */
export interface OwnEnginePrograms {
  programs: HostPrograms<(typeof ENGINE_PROGRAMS)[number]>;
  host: DockerHostProgram;
}

/**
 * Makes sure that a Docker engine of a cluster's own can be started: the place to learn before long work that it can't.
 *
 * @throws SluiceError as `startOwnDockerEngine`.
 */
export async function prepareOwnDockerEngine(
  options: Omit<StartOwnEngineOptions, 'folder' | 'image' | 'onRecord'> = {},
): Promise<OwnEnginePrograms> {
  requireRoot();
  const { installHostPackages: install, ...rest } = options;
  const programs = await requireHostPackages(ENGINE_PROGRAMS, { ...rest, install });
  return { programs, host: await ensureDockerHost(options) };
}

interface StartWithOptions extends StartOwnEngineOptions, OwnEnginePrograms {
  seed?: EngineSeed | undefined;
}

async function findSeed(image: SeedImage, options: StartWithOptions): Promise<EngineSeed | undefined> {
  // Nobody else's folder, and nobody else's to write down.
  const { folder: _folder, onRecord: _onRecord, ...rest } = options;
  return await ensureEngineSeed({
    ...rest,
    image,
    cacheFolder: completeOptions(options).cacheFolder,
    dockerd: options.programs.paths.dockerd,
    start: async (onSeedRecord) => {
      const engine = await startSomewhere({ ...rest, onRecord: onSeedRecord });
      return { engine, dataFolder: findEngineData(engine.record.folder) };
    },
  });
}

async function startSomewhere(options: StartWithOptions): Promise<OwnDockerEngine> {
  const { paths, env } = options.programs;
  for (let attempt = 1; ; attempt += 1) {
    const cable = chooseCable(await listUsedNetworks(paths.ip, env));
    if (cable === undefined) throw noAddress();
    try {
      return await startWith(cable, options);
    } catch (error) {
      const taken = error instanceof CommandError && error.programExitCode === TAKEN;
      if (!taken || attempt === TRIES) throw error;
    }
  }
}

async function startWith(cable: Cable, options: StartWithOptions): Promise<OwnDockerEngine> {
  const { signal, onRecord } = options;
  const id = randomBytes(4).toString('hex');
  const folder = options.folder ?? join(await realpath(tmpdir()), `sluice-docker-${id}`);
  const { hostAddress, engineAddress } = cable;
  const record: EngineRecord = { format: 1, id, folder, hostAddress, engineAddress };
  onRecord?.(record);
  // Before the process is started, because what is added last is called first: it kills, and this removes.
  const release = endWithProcess(() => removeOwnEngineNow(record));
  let process: StartedProcess | undefined;
  try {
    process = await startEngineProcess(cable, { ...options, record });
    const version = await process.waitFor(
      async (ended) => await askEngineVersion(findSocket(folder), ended),
      {
        what: 'Docker engine: answers',
        timeoutMs: READY_WITHIN_MS,
        intervalMs: 20,
        signal,
      },
    );
    return new OwnDockerEngine({ docker: options.programs.paths.docker, version, record, process, release });
  } catch (error) {
    const log = await readLogTail(findEngineLog(folder), 60);
    await process?.stop().catch(() => undefined);
    await removeOwnEngine(record);
    release();
    if (error instanceof CommandError && error.programExitCode === TAKEN) throw error;
    throw describeEngineFailure(error, log);
  }
}

async function startEngineProcess(
  cable: Cable,
  { programs, host, seed, record, onRecord }: StartWithOptions & { record: EngineRecord },
): Promise<StartedProcess> {
  const { id, folder, engineAddress } = record;
  const runtime = (await lacksSysResource()) ? host.runtime : undefined;
  const configFile = await prepareEngineFolder(folder, { id, engineAddress, runtime });
  if (seed !== undefined) await plantSeed(seed, findEngineData(folder));
  return await startProcess({
    name: 'dockerd',
    file: host.path,
    args: [
      `--cable=${cable.name}`,
      `--host-address=${cable.hostAddress}/${cable.prefixLength}`,
      `--engine-address=${engineAddress}/${cable.prefixLength}`,
      '--',
      programs.paths.dockerd,
      `--config-file=${configFile}`,
    ],
    cwd: folder,
    // Nothing of the user's: a proxy or a debug switch of theirs is not meant for this engine.
    env: { PATH: programs.env['PATH'], HOME: folder, LANG: 'C.UTF-8' },
    logFile: findEngineLog(folder),
    graceMs: 10_000,
    onStart: (identity) => {
      record.process = identity;
      onRecord?.(record);
    },
  });
}

async function listUsedNetworks(ip: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const { stdout } = await runCommand(ip, ['-4', 'route', 'show', 'table', 'all'], { env });
  const routes = stdout.split('\n').flatMap((line) => line.match(/(?:\d{1,3}\.){3}\d{1,3}(?:\/\d+)?/u) ?? []);
  const addresses = Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ cidr }) => cidr));
  return [...routes, ...addresses.filter((cidr) => cidr !== null)];
}

function requireRoot(): void {
  if (process.platform !== 'linux') {
    throw new SluiceError({
      code: 'DOCKER_ENGINE_UNSUPPORTED',
      message: `Docker engine of a cluster’s own: not possible on ${process.platform}`,
      remedy: 'Start Docker on this machine.',
      exitCode: 3,
    });
  }
  if (process.getuid?.() === 0) return;
  throw new SluiceError({
    code: 'ROOT_NEEDED',
    message: 'Docker engine of a cluster’s own: only root can start one',
    remedy: 'Run as root, or start this machine’s own Docker and let your user reach it.',
    exitCode: 3,
  });
}

function noAddress(): SluiceError {
  return new SluiceError({
    code: 'DOCKER_NO_ADDRESS',
    message: 'Docker engine of a cluster’s own: no addresses are free for its cable',
    evidence: 'looked in 10.128.0.0/10 and 198.18.0.0/15; this machine has routes to all of them',
    remedy: 'See what takes them: ip route show table all.',
    exitCode: 3,
  });
}
