import { constants } from 'node:os';
import { ExecaError, execa } from 'execa';
import { CommandError, quoteArguments } from '../errors.js';

export interface RunCommandOptions {
  cwd?: string;
  /** Whole environment of the program. Default: that of this process. */
  env?: NodeJS.ProcessEnv;
  /** Written to standard input, which is closed otherwise. */
  input?: string;
  /** No limit by default. */
  timeoutMs?: number;
  /** Ends the program with SIGTERM, five seconds later with SIGKILL. */
  signal?: AbortSignal;
  /** Exit codes that count as success. Default `[0]`. */
  acceptedExitCodes?: readonly number[];
  /** Code of the error thrown on failure. Default `COMMAND_FAILED`. */
  errorCode?: string;
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
  const { cwd, env, input, timeoutMs, signal, acceptedExitCodes = [0] } = options;
  signal?.throwIfAborted();
  const result = await execa(file, args, {
    reject: false,
    stripFinalNewline: false,
    extendEnv: env === undefined,
    forceKillAfterDelay: FORCE_KILL_AFTER_MS,
    maxBuffer: 256 * 1024 * 1024,
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
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
