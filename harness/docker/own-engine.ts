import type { StartedProcess } from '../exec/start-process.js';
import { findProgram } from '../toolchain/find-program.js';
import { addSystemFolders, requireHostPackages } from '../toolchain/host-packages.js';
import type { DockerEngine, EngineRecord } from './docker-engine.js';
import { askEngineVersion } from './engine-api.js';
import { findSocket } from './engine-folder.js';
import { removeOwnEngine } from './remove-own-engine.js';

/** What a running engine of our own is made known by. */
export interface OwnEngineOptions {
  docker: string;
  version: string;
  record: EngineRecord;
  /** Where this process started it. */
  process?: StartedProcess;
  /** Called when it is to outlive this process, and when it was taken away. */
  release?: () => void;
}

/** An engine of our own that runs. */
export class OwnDockerEngine implements DockerEngine {
  readonly env: Readonly<Record<string, string>>;
  readonly docker: string;
  readonly version: string;
  readonly owned = true;
  readonly apiServerAddress: string;
  readonly record: EngineRecord;
  readonly #options: OwnEngineOptions;
  #stopping: Promise<void> | undefined;

  constructor(options: OwnEngineOptions) {
    this.#options = options;
    this.docker = options.docker;
    this.version = options.version;
    this.record = options.record;
    this.apiServerAddress = options.record.engineAddress;
    this.env = { DOCKER_HOST: `unix://${findSocket(options.record.folder)}` };
  }

  get died(): AbortSignal | undefined {
    return this.#options.process?.died;
  }

  async findHostAddress(): Promise<string> {
    return this.record.hostAddress;
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    await this.#stopping;
  }

  detach(): void {
    this.#options.process?.detach();
    this.#options.release?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(): Promise<void> {
    // Its own way to the end, so that nobody takes that for a death.
    await this.#options.process?.stop();
    await removeOwnEngine(this.record);
    this.#options.release?.();
  }
}

/**
 * Gives the engine that another process started and wrote down.
 *
 * @throws Error where it does not answer (any more), SluiceError `HOST_PACKAGES_MISSING` where the docker client has
 * gone.
 */
export async function openOwnDockerEngine(
  record: EngineRecord,
  env: NodeJS.ProcessEnv = process.env,
): Promise<DockerEngine> {
  const docker =
    (await findProgram('docker', addSystemFolders(env))) ??
    (await requireHostPackages(['docker'], { env, install: false })).paths.docker;
  const version = await askEngineVersion(findSocket(record.folder));
  return new OwnDockerEngine({ docker, version, record });
}
