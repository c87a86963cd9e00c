import { networkInterfaces } from 'node:os';
import { CommandError, SluiceError } from '../errors.js';
import { type RunCommand, type RunCommandOptions, runCommand } from '../exec/run-command.js';
import { findProgram } from '../toolchain/find-program.js';
import type { DockerEngine } from './docker-engine.js';

export interface FindDockerEngineOptions {
  /** Default: that of this process. `DOCKER_HOST`, `DOCKER_CONTEXT` and the user's contexts are heeded. */
  env?: NodeJS.ProcessEnv;
  run?: RunCommand;
  signal?: AbortSignal;
  /** Told why an engine that answers is not used. */
  onProgress?: (text: string) => void;
}

const ANSWERS_WITHIN_MS = 10_000;

/**
 * Finds the Docker engine of this machine; undefined where none answers, or where the one that does is on another
 * machine, whose ports are not ours.
 */
export async function findDockerEngine(
  options: FindDockerEngineOptions = {},
): Promise<DockerEngine | undefined> {
  const { env = process.env, run = runCommand, signal, onProgress } = options;
  const docker = await findProgram('docker', env);
  if (docker === undefined) return undefined;
  const settings: RunCommandOptions = { env, timeoutMs: ANSWERS_WITHIN_MS, ...(signal ? { signal } : {}) };
  const ask = async (args: readonly string[]): Promise<string | undefined> => {
    try {
      return (await run(docker, args, settings)).stdout.trim();
    } catch (error) {
      if (error instanceof CommandError) return undefined;
      throw error;
    }
  };
  const version = await ask(['version', '--format', '{{.Server.Version}}']);
  if (version === undefined || version === '') return undefined;
  const endpoint = await ask(['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']);
  if (endpoint !== undefined && !/^(?:unix|npipe):/u.test(endpoint)) {
    onProgress?.(`the Docker engine at ${endpoint} is on another machine, and not used`);
    return undefined;
  }
  return new HostDockerEngine(docker, version, { env, run, endpoint });
}

interface HostEngineOptions {
  env: NodeJS.ProcessEnv;
  run: RunCommand;
  /** Socket at which it answers, where the client tells. */
  endpoint: string | undefined;
}

/** The engine that is there anyway, which nothing is changed of. */
class HostDockerEngine implements DockerEngine {
  readonly env: Readonly<Record<string, string>>;
  readonly owned = false;
  readonly apiServerAddress = '127.0.0.1';
  readonly record = undefined;
  readonly died = undefined;
  readonly #options: HostEngineOptions;

  constructor(
    readonly docker: string,
    readonly version: string,
    options: HostEngineOptions,
  ) {
    this.#options = options;
    const { endpoint, env } = options;
    // By name, whatever led to it: who takes the cluster down may have another context by then.
    const host = endpoint || env['DOCKER_HOST'];
    this.env = host ? { DOCKER_HOST: host } : {};
  }

  async findHostAddress(): Promise<string> {
    const { env, run } = this.#options;
    const network = env['KIND_EXPERIMENTAL_DOCKER_NETWORK'] || 'kind';
    const format = '{{range .IPAM.Config}}{{.Gateway}}\n{{end}}';
    const { stdout } = await run(this.docker, ['network', 'inspect', network, '--format', format], {
      env,
      timeoutMs: ANSWERS_WITHIN_MS,
      errorCode: 'DOCKER_HOST_ADDRESS',
    });
    const gateways = stdout.split('\n').filter((line) => /^\d+\.\d+\.\d+\.\d+$/u.test(line));
    const own = Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => address));
    const address = gateways.find((gateway) => own.includes(gateway));
    if (address !== undefined) return address;
    throw new SluiceError({
      code: 'DOCKER_HOST_ADDRESS',
      message: `docker network ${network}: containers cannot reach servers of this machine by it`,
      evidence:
        gateways.length === 0
          ? 'it has no IPv4 gateway'
          : `its gateway ${gateways.join(', ')} is no address of this machine: the engine runs in another one, or rootless`,
      remedy: 'Run in containers what containers are to reach.',
      exitCode: 3,
    });
  }

  async stop(): Promise<void> {
    // Whose it is not, he does not stop it.
  }

  detach(): void {
    // Nothing of it belongs to this process.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
