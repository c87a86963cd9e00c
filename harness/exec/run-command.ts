import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { ExecaError, execa } from 'execa';
import { CommandError, quoteArguments } from '../errors.js';
import { endGroup, killGroupOnExit } from './process-group.js';
import { identifyProcess, type ProcessIdentity } from './process-identity.js';

export interface RunCommandOptions {
  cwd?: string;
  /** Whole environment of the program. Default: that of this process. */
  env?: NodeJS.ProcessEnv;
  /** Written to standard input, which is closed otherwise. */
  input?: string;
  /** Path of a file that is standard input instead. */
  inputFile?: string;
  /** No limit by default. */
  timeoutMs?: number;
  /** Ends the program with SIGTERM, five seconds later with SIGKILL. */
  signal?: AbortSignal;
  /** Exit codes that count as success. Default `[0]`. */
  acceptedExitCodes?: readonly number[];
  /** Code of the error thrown on failure. Default `COMMAND_FAILED`. */
  errorCode?: string;
  /**
   * Runs the program in a process group of its own, which is ended as a whole. For programs that start others, such
   * as compilers. Default false.
   */
  group?: boolean;
  /** Given each line of standard error as it comes, without its end. */
  onErrorLine?: (line: string) => void;
  /** Called when it runs, to write it down for the case that this process is killed. */
  onStart?: (process: ProcessIdentity) => void;
}

export interface CommandResult {
  stdout: string;
  stderr: string;
  exitCode: number;
  durationMs: number;
}

/** Runs a program to its end: how everything above this layer starts processes, and what tests replace. */
export type RunCommand = (
  file: string,
  args: readonly string[],
  options?: RunCommandOptions,
) => Promise<CommandResult>;

const FORCE_KILL_AFTER_MS = 5000;

/**
 * Runs `file` with `args`, no shell between, and gives what it printed.
 *
 * The program ends when this process does.
 *
 * @throws CommandError when the program cannot be started, exits with another code, is ended by a signal or runs
 * longer than `timeoutMs`; an abort rethrows the signal's reason.
 */
export const runCommand: RunCommand = async (file, args, options = {}) => {
  const { cwd, env, timeoutMs, signal, acceptedExitCodes = [0] } = options;
  signal?.throwIfAborted();
  const { group = false, onErrorLine, onStart } = options;
  const running = execa(file, args, {
    reject: false,
    stripFinalNewline: false,
    extendEnv: env === undefined,
    forceKillAfterDelay: FORCE_KILL_AFTER_MS,
    maxBuffer: 256 * 1024 * 1024,
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    ...chooseInput(options),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    ...(signal === undefined || group ? {} : { cancelSignal: signal }),
    ...(group ? { detached: true } : {}),
  });
  if (running.pid !== undefined) onStart?.(identifyProcess(running.pid));
  if (onErrorLine !== undefined) createInterface({ input: running.stderr }).on('line', onErrorLine);
  const stopWatching = group ? watchGroup(running, signal) : undefined;
  const result = await running;
  await stopWatching?.();
  signal?.throwIfAborted();
  const { stdout, stderr, exitCode } = result;
  if (exitCode !== undefined && acceptedExitCodes.includes(exitCode)) {
    return { stdout, stderr, exitCode, durationMs: result.durationMs };
  }
  const argv = [file, ...args];
  throw new CommandError({
    code: options.errorCode ?? 'COMMAND_FAILED',
    message: `${quoteArguments(argv)}: ${describeEnd(result, timeoutMs)}`,
    evidence: stderr.trim() || stdout.trim(),
    argv,
    programExitCode: exitCode,
    signal: result.signal,
    stdout,
    stderr,
    cause: result instanceof ExecaError ? result : undefined,
  });
};

function chooseInput({ input, inputFile }: RunCommandOptions) {
  if (input !== undefined) return { input };
  return inputFile === undefined ? { stdin: 'ignore' as const } : { inputFile };
}

// Gives what to wait for after the leader's end.
function watchGroup(leader: ChildProcess, signal: AbortSignal | undefined): () => Promise<void> {
  const { pid } = leader;
  if (pid === undefined) return async () => undefined;
  const callOff = killGroupOnExit(pid);
  let ending: Promise<void> | undefined;
  const end = (): void => {
    ending ??= endGroup(pid, { graceMs: FORCE_KILL_AFTER_MS });
  };
  signal?.addEventListener('abort', end, { once: true });
  // A leader that was killed leaves those it started, and they keep its output open.
  leader.once('exit', (_code, killedBy) => {
    if (killedBy !== null) end();
  });
  return async () => {
    signal?.removeEventListener('abort', end);
    callOff();
    await ending;
  };
}

interface EndedProcess {
  exitCode?: number | undefined;
  signal?: string | undefined;
  timedOut: boolean;
  code?: string | undefined;
  originalMessage?: string | undefined;
}

function describeEnd(result: EndedProcess, timeoutMs: number | undefined): string {
  if (result.timedOut) return `not finished after ${timeoutMs} ms`;
  if (result.signal !== undefined) {
    const number = constants.signals[result.signal as NodeJS.Signals];
    return `ended by signal ${result.signal}${number === undefined ? '' : ` (${number})`}`;
  }
  if (result.exitCode !== undefined) return `exit code ${result.exitCode}`;
  return `could not be started: ${result.code ?? result.originalMessage ?? 'unknown reason'}`;
}
