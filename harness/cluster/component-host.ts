import { setMaxListeners } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { linkSignals } from '../exec/link-signals.js';
import { type StartedProcess, startProcess } from '../exec/start-process.js';
import type { ComponentHost, ComponentName, ComponentOptions } from '../platform/component.js';
import type { CleanUp } from './clean-up.js';
import type { ComponentRecord } from './cluster-state.js';

const GRACE_MS = 3000;
const READY_WITHIN_MS = 60_000;

export interface ProcessHostOptions {
  folder: string;
  env: NodeJS.ProcessEnv;
  /** The user's. */
  signal: AbortSignal | undefined;
  cleanUp: CleanUp;
  /** Writes a component down, at once. */
  record: (component: ComponentRecord) => void;
}

interface Component {
  options: ComponentOptions;
  /** The latest. */
  process: StartedProcess;
}

/** Runs a cluster's components as child processes. The death of one is everybody's. */
export class ProcessHost implements ComponentHost {
  readonly folder: string;
  readonly #options: ProcessHostOptions;
  readonly #components = new Map<ComponentName, Component>();
  readonly #link;
  readonly #death = new AbortController();

  constructor(options: ProcessHostOptions) {
    this.folder = options.folder;
    this.#options = options;
    this.#link = linkSignals([options.signal, this.#death.signal]);
    // Whatever waits in a cluster listens to it.
    setMaxListeners(0, this.#death.signal);
    mkdirSync(join(this.folder, 'logs'), { recursive: true, mode: 0o700 });
  }

  get signal(): AbortSignal {
    return this.#link.signal;
  }

  /** Aborted by a death alone. */
  get death(): AbortSignal {
    return this.#death.signal;
  }

  /** Ends every wait, for where one part of the start has failed and the others go on. */
  abort(reason: unknown): void {
    this.#link.abort(reason);
  }

  async start(options: ComponentOptions): Promise<StartedProcess> {
    this.signal.throwIfAborted();
    const process = await this.#spawn(options);
    this.#components.set(options.name, { options, process });
    this.#options.cleanUp.add(options.name, async () => {
      await this.#components.get(options.name)?.process.stop();
    });
    await this.#waitUntilReady(options, process, this.signal);
    return process;
  }

  /** Ends a component, by a power cut where `kill` is set, and starts it again; done when it is ready. */
  async restart(name: ComponentName, { kill = false } = {}): Promise<void> {
    await this.end(name, { kill });
    const { options } = this.#find(name);
    const process = await this.#spawn(options);
    this.#components.set(name, { options, process });
    await this.#waitUntilReady(options, process, this.death);
  }

  /** Ends a component and leaves it ended. Nobody takes that for a death. */
  async end(name: ComponentName, { kill = false } = {}): Promise<void> {
    const { process } = this.#find(name);
    await (kill ? process.kill() : process.stop());
  }

  async #spawn({
    name,
    file,
    args,
    env = {},
    graceMs = GRACE_MS,
  }: ComponentOptions): Promise<StartedProcess> {
    const logFile = join(this.folder, 'logs', `${name}.log`);
    const process = await startProcess({
      name,
      file,
      args,
      cwd: this.folder,
      env: { ...keepEnvironment(this.#options.env), HOME: this.folder, TMPDIR: this.folder, ...env },
      logFile,
      graceMs,
      onStart: (identity) => this.#options.record({ name, ...identity, logFile, graceMs }),
    });
    const tell = (): void => this.#death.abort(process.died.reason);
    if (process.died.aborted) tell();
    else process.died.addEventListener('abort', tell, { once: true });
    return process;
  }

  async #waitUntilReady(
    { name, ready }: ComponentOptions,
    process: StartedProcess,
    signal: AbortSignal,
  ): Promise<void> {
    const { what, probe, timeoutMs = READY_WITHIN_MS } = ready;
    await process.waitFor(async (ended) => await probe(process, ended), {
      what: `${name}: ${what}`,
      timeoutMs,
      intervalMs: 50,
      signal,
    });
  }

  #find(name: ComponentName): Component {
    const component = this.#components.get(name);
    if (component === undefined) throw new Error(`${name} was not started here`);
    return component;
  }

  /** Lets all of them live on after this process. */
  detach(): void {
    for (const { process } of this.#components.values()) process.detach();
    this.close();
  }

  /** Listens to nothing any more. */
  close(): void {
    this.#link[Symbol.dispose]();
  }
}

const KEPT = ['PATH', 'LANG', 'LC_ALL', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];

function keepEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    KEPT.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
