import type { ProcessIdentity } from '../exec/process-identity.js';

/** A Docker engine to run a kind cluster in: the one of this machine, or one that was started for the purpose. */
export interface DockerEngine extends AsyncDisposable {
  /** What docker and kind need in their environment to reach it: `DOCKER_HOST`; nothing where the default leads there. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path of the docker client. */
  readonly docker: string;
  /** Of the engine, such as `28.2.2`. */
  readonly version: string;
  /** Started by the harness, which takes it away again. */
  readonly owned: boolean;
  /**
   * Address of this machine's way to the ports that containers publish: kind's `networking.apiServerAddress`.
   * 127.0.0.1 where the engine shares this machine's network.
   */
  readonly apiServerAddress: string;
  /** What another process needs to take it away; undefined where it is not ours. */
  readonly record: EngineRecord | undefined;
  /**
   * IPv4 address at which containers reach servers of this machine, and at which those have to listen.
   *
   * In an engine that is not ours that is the gateway of the docker network `kind`, which the first cluster makes.
   *
   * @throws SluiceError `DOCKER_NETWORK` where there is no such network yet, or none with IPv4.
   */
  findHostAddress(): Promise<string>;
  /** Takes it away with all its containers; nothing happens where it is not ours. */
  stop(): Promise<void>;
}

/** An engine of our own as it is written down: with this alone everything of it can be removed. */
export interface EngineRecord {
  format: 1;
  /** Short and unique: names its network namespace, its end of the cable and its cgroups. */
  id: string;
  /** Holds everything that it writes. */
  folder: string;
  /** Of this machine's end, such as `10.213.7.1`; the engine's end is the next one. */
  hostAddress: string;
  /** dockerd, which leads the group of all that belongs to it. Undefined until it was started. */
  process?: ProcessIdentity;
}
