import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { linkSignals } from '../exec/link-signals.js';
import { type StartedProcess, startProcess } from '../exec/start-process.js';
import type { ComponentHost, ComponentName, ComponentOptions } from '../platform/component.js';
import type { CleanUp } from './clean-up.js';
import type { ComponentRecord } from './cluster-state.js';

const GRACE_MS = 3000;

export interface ProcessHostOptions {
  folder: string;
  env: NodeJS.ProcessEnv;
  /** The user's. */
  signal: AbortSignal | undefined;
  cleanUp: CleanUp;
  /** Writes a component down, at once. */
  record: (component: ComponentRecord) => void;
}

/** Runs a cluster's components as child processes. The death of one is everybody's. */
export class ProcessHost implements ComponentHost {
  readonly folder: string;
  readonly #options: ProcessHostOptions;
  readonly #processes = new Map<ComponentName, StartedProcess>();
  readonly #link;
  readonly #death = new AbortController();

  constructor(options: ProcessHostOptions) {
    this.folder = options.folder;
    this.#options = options;
    this.#link = linkSignals([options.signal, this.#death.signal]);
    mkdirSync(join(this.folder, 'logs'), { mode: 0o700 });
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

  async start({ name, file, args, env = {}, graceMs = GRACE_MS }: ComponentOptions): Promise<StartedProcess> {
    this.signal.throwIfAborted();
    const logFile = join(this.folder, 'logs', `${name}.log`);
    const { record, cleanUp } = this.#options;
    const process = await startProcess({
      name,
      file,
      args,
      cwd: this.folder,
      env: { ...keepEnvironment(this.#options.env), HOME: this.folder, TMPDIR: this.folder, ...env },
      logFile,
      graceMs,
      onStart: (identity) => record({ name, ...identity, logFile, graceMs }),
    });
    cleanUp.add(name, async () => await process.stop());
    this.#processes.set(name, process);
    process.died.addEventListener('abort', () => this.#death.abort(process.died.reason), { once: true });
    if (process.died.aborted) this.#death.abort(process.died.reason);
    return process;
  }

  /** Lets all of them live on after this process. */
  detach(): void {
    for (const process of this.#processes.values()) process.detach();
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
