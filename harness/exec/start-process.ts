import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { CommandError, quoteArguments } from '../errors.js';
import { endWithProcess } from './end-with-process.js';
import { linkSignals } from './link-signals.js';
import { identifyProcess, type ProcessIdentity } from './process-identity.js';
import { readLogTail } from './read-log-tail.js';
import { killProcessNow, killRest, stopProcess } from './stop-process.js';
import { type Probe, type WaitOptions, waitUntil } from './wait-until.js';

export interface StartProcessOptions {
  /** What people call it, such as `kube-apiserver`. */
  name: string;
  file: string;
  args: readonly string[];
  /** Gets both output streams, appended; made with mode 0600. */
  logFile: string;
  cwd?: string;
  /** Whole environment of the program. Default: that of this process. */
  env?: NodeJS.ProcessEnv;
  /** From SIGTERM to SIGKILL. Default 5000. */
  graceMs?: number;
  /** Called as soon as the process exists, before anything else can happen: the place to write its identity down. */
  onStart?: (identity: ProcessIdentity) => void;
}

/** How a process ended. */
export interface ProcessEnd {
  exitCode: number | undefined;
  signal: NodeJS.Signals | undefined;
  /** True where `stop` ended it. */
  wanted: boolean;
}

/** A long-running program, in a process group of its own, ended at the latest when this process ends. */
export interface StartedProcess extends AsyncDisposable {
  readonly name: string;
  readonly identity: ProcessIdentity;
  readonly logFile: string;
  /** Resolves when it has ended, however that came. */
  readonly ended: Promise<ProcessEnd>;
  /** Aborted, with a CommandError `PROCESS_DIED` as the reason, when it ends although nobody stopped it. */
  readonly died: AbortSignal;
  /** Its own last lines, not those of one that wrote to the same file before. Default 20. */
  readLog(lines?: number): Promise<string[]>;
  /**
   * Waits for a condition that this process is to bring about.
   *
   * @throws CommandError `PROCESS_DIED` as soon as it ends, with its last lines; else as `waitUntil`.
   */
  waitFor<T>(probe: Probe<T>, options: WaitOptions): Promise<T>;
  /** SIGTERM, after the grace SIGKILL, the whole group; done when it is gone. */
  stop(): Promise<void>;
  /** SIGKILL at once: how a power cut looks. No death that is reported. */
  kill(): Promise<void>;
  /** Lets it live on after this process has ended. */
  detach(): void;
}

/**
 * Starts a long-running program.
 *
 * @throws CommandError `PROCESS_NOT_STARTED`, exit code 3, when there is no such program or it can't be run.
 */
export async function startProcess(options: StartProcessOptions): Promise<StartedProcess> {
  const { child, logStart } = spawnLogged(options);
  const { pid } = child;
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(notStarted(options, error)));
  });
  // Nothing is lost by not looking: where there is a pid, 'exit' tells the rest.
  failed.catch(() => undefined);
  if (pid === undefined) return await failed;
  return new RunningProcess(child, identifyProcess(pid), { ...options, logStart });
}

interface LoggedChild {
  child: ChildProcess;
  /** Length of the log before it. */
  logStart: number;
}

function spawnLogged({ file, args, logFile, cwd, env }: StartProcessOptions): LoggedChild {
  const log = openSync(logFile, 'a', 0o600);
  try {
    const logStart = fstatSync(log).size;
    const child = spawn(file, args, {
      stdio: ['ignore', log, log],
      // A group of its own: a Ctrl-C in the terminal reaches us alone, and everything it starts ends with it.
      detached: true,
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
    });
    return { child, logStart };
  } finally {
    closeSync(log);
  }
}

class RunningProcess implements StartedProcess {
  readonly name: string;
  readonly logFile: string;
  readonly ended: Promise<ProcessEnd>;
  readonly #death = new AbortController();
  readonly #options: StartProcessOptions & { logStart: number };
  readonly #child: ChildProcess;
  readonly #keep: () => void;
  #stopping: Promise<void> | undefined;

  constructor(
    child: ChildProcess,
    readonly identity: ProcessIdentity,
    options: StartProcessOptions & { logStart: number },
  ) {
    this.name = options.name;
    this.logFile = options.logFile;
    this.#options = options;
    this.#child = child;
    this.#keep = endWithProcess(() => killProcessNow(identity));
    this.ended = new Promise((resolve) => {
      child.once('exit', (exitCode, signal) => {
        killRest(identity.pid);
        this.#keep();
        const wanted = this.#stopping !== undefined;
        const end = { exitCode: exitCode ?? undefined, signal: signal ?? undefined, wanted };
        resolve(wanted ? end : this.#reportDeath(end));
      });
    });
    options.onStart?.(identity);
  }

  get died(): AbortSignal {
    return this.#death.signal;
  }

  async readLog(lines?: number): Promise<string[]> {
    return await readLogTail(this.logFile, lines, this.#options.logStart);
  }

  async waitFor<T>(probe: Probe<T>, options: WaitOptions): Promise<T> {
    const link = linkSignals([this.died, options.signal]);
    try {
      return await waitUntil(probe, { ...options, signal: link.signal });
    } finally {
      link[Symbol.dispose]();
    }
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#stop(this.#options.graceMs ?? 5000);
    await this.#stopping;
  }

  async kill(): Promise<void> {
    this.#stopping ??= this.#stop(0);
    killProcessNow(this.identity);
    await this.#stopping;
  }

  detach(): void {
    this.#keep();
    this.#child.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(graceMs: number): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    await stopProcess(this.identity, graceMs);
    await this.ended;
  }

  async #reportDeath(end: ProcessEnd): Promise<ProcessEnd> {
    const { file, args, name } = this.#options;
    const lines = await this.readLog().catch(() => []);
    this.#death.abort(
      new CommandError({
        code: 'PROCESS_DIED',
        message: `${name}: ended by itself, ${describeEnd(end)}`,
        evidence: lines.length > 0 ? `its last lines:\n${lines.join('\n')}` : 'it printed nothing',
        argv: [file, ...args],
        programExitCode: end.exitCode,
        signal: end.signal,
        stdout: '',
        stderr: lines.join('\n'),
      }),
    );
    return end;
  }
}

function describeEnd({ exitCode, signal }: ProcessEnd): string {
  return signal === undefined ? `exit code ${exitCode ?? 'unknown'}` : `by signal ${signal}`;
}

function notStarted({ name, file, args }: StartProcessOptions, error: Error): CommandError {
  const argv = [file, ...args];
  return new CommandError({
    code: 'PROCESS_NOT_STARTED',
    message: `${name}: could not be started`,
    evidence: `${error.message}\n${quoteArguments(argv)}`,
    exitCode: 3,
    argv,
    stdout: '',
    stderr: '',
    cause: error,
  });
}
