import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { CommandError, quoteArguments, SluiceError } from '../errors.js';
import { endWithProcess } from './end-with-process.js';

export interface RunForegroundOptions {
  file: string;
  args: readonly string[];
  /** Whole environment of the program. */
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** Where its standard output goes: standard error leaves that of this process to this process. Default `stdout`. */
  output?: 'stdout' | 'stderr';
  /** Not started any more where it is aborted already. Once it runs, its signals are the program's own. */
  signal?: AbortSignal | undefined;
}

/** What a terminal sends to everybody in its foreground, the program too. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];
const PASSED_ON: readonly NodeJS.Signals[] = [
  ...FROM_TERMINAL,
  'SIGTERM',
  'SIGHUP',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGWINCH',
];

let running = 0;

/** True while a program has taken this process's place: signals are for it, and do not end this process. */
export function isForegroundTaken(): boolean {
  return running > 0;
}

/**
 * Runs a program in this one's place: its standard streams, its terminal, its signals. Gives its exit code; 128 and the
 * signal's number where a signal ended it, as a shell does.
 *
 * @throws CommandError `PROCESS_NOT_STARTED`, exit code 3, where there is no such program, it may not be run, or its
 * environment is too long for the system; SluiceError `ENV_NOT_PASSABLE` for a variable that no process can have. No
 * error holds a value.
 */
export async function runForeground(options: RunForegroundOptions): Promise<number> {
  const { env, signal } = options;
  signal?.throwIfAborted();
  refuseImpossible(env);
  running += 1;
  const early: NodeJS.Signals[] = [];
  let pass = (name: NodeJS.Signals): void => void early.push(name);
  const listeners = PASSED_ON.map((name) => {
    const listener = (): void => pass(name);
    process.on(name, listener);
    return () => process.off(name, listener);
  });
  try {
    const child = startProgram(options);
    pass = (name) => {
      if (process.stdin.isTTY && FROM_TERMINAL.includes(name)) return;
      child.kill(name);
    };
    for (const name of early) pass(name);
    return await waitForEnd(child, options);
  } finally {
    for (const stop of listeners) stop();
    running -= 1;
  }
}

function startProgram(options: RunForegroundOptions): ChildProcess {
  const { file, args, env, cwd, output } = options;
  try {
    // The same process group: a terminal lets no other one read, and stops and continues both.
    return spawn(file, args, {
      env,
      cwd,
      stdio: ['inherit', output === 'stderr' ? 2 : 'inherit', 'inherit'],
    });
  } catch (error) {
    throw notStarted(options, error as NodeJS.ErrnoException);
  }
}

async function waitForEnd(child: ChildProcess, options: RunForegroundOptions): Promise<number> {
  const callOff = endWithProcess(() => child.kill('SIGTERM'));
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        // A signal that could not be sent is no failed start.
        if (child.pid === undefined) reject(notStarted(options, error));
      });
      child.once('exit', (code, endedBy) => {
        resolve(endedBy === null ? (code ?? 1) : 128 + constants.signals[endedBy]);
      });
    });
  } finally {
    callOff();
  }
}

/** By hand: what Node says of such a variable quotes its value. */
function refuseImpossible(env: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(env)) {
    const evidence = value.includes('\0')
      ? 'its value has a zero byte in it'
      : name === '' || /[=\0]/u.test(name)
        ? 'its name is empty, or has = or a zero byte in it'
        : undefined;
    if (evidence === undefined) continue;
    throw new SluiceError({
      code: 'ENV_NOT_PASSABLE',
      message: `variable ${JSON.stringify(name)}: no process can have it`,
      evidence,
      remedy: 'A container would not start with it either: correct it where it is kept.',
    });
  }
}

function notStarted({ file, args, env }: RunForegroundOptions, error: NodeJS.ErrnoException): CommandError {
  const { code = 'unknown reason' } = error;
  const bytes = Object.entries(env).reduce(
    (sum, [name, value]) => sum + name.length + Buffer.byteLength(value) + 2,
    0,
  );
  const evidence: Readonly<Record<string, string>> = {
    ENOENT: 'no such program, neither as a path nor on PATH',
    EACCES: 'it may not be run',
    E2BIG: `its environment of ${bytes} bytes, or one variable of it, is longer than this system allows`,
  };
  const argv = [file, ...args];
  return new CommandError({
    code: 'PROCESS_NOT_STARTED',
    message: `${quoteArguments([file])}: could not be started`,
    evidence: evidence[code] ?? code,
    exitCode: 3,
    argv,
    stdout: '',
    stderr: '',
  });
}
