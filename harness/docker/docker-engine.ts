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
   * Address at which this machine reaches the ports that containers publish: kind's `networking.apiServerAddress`.
   *
   * 127.0.0.1 where the engine shares this machine's network. Else kind must be given `apiServerPort` too: it looks
   * for a free one by listening on the address, which is not this machine's.
   */
  readonly apiServerAddress: string;
  /** What another process needs to use it or to take it away; undefined where it is not ours. */
  readonly record: EngineRecord | undefined;
  /** Aborted, with the engine's last words as the reason, when one of ours ends by itself. */
  readonly died: AbortSignal | undefined;
  /**
   * IPv4 address at which containers reach servers of this machine, and at which those have to listen.
   *
   * In an engine that is not ours that is the gateway of the docker network `kind`, which the first cluster makes.
   *
   * @throws SluiceError `DOCKER_HOST_ADDRESS` where there is no such network yet, or its gateway is not an address of
   * this machine (Docker Desktop, a rootless engine).
   */
  findHostAddress(): Promise<string>;
  /** Takes it away with all its containers and images; nothing happens where it is not ours. */
  stop(): Promise<void>;
  /** Lets it live on after this process has ended; nothing happens where it is not ours. */
  detach(): void;
}

/** An engine of our own as it is written down: with this alone everything of it can be removed. */
export interface EngineRecord {
  format: 1;
  /** Short and unique on this machine: names its cable and its cgroups. */
  id: string;
  /** Holds everything that it writes. */
  folder: string;
  /** IPv4 of this machine's end of the cable, such as `10.146.7.1`. */
  hostAddress: string;
  /** IPv4 of the engine's end of the cable. */
  engineAddress: string;
  /** The process that everything of the engine ends with. Undefined until it was started. */
  process?: ProcessIdentity;
}
