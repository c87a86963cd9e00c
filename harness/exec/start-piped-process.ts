import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

export interface PipedProcessOptions {
  file: string;
  args?: readonly string[];
  /** Given what it prints on standard output, as it comes. */
  onOutput: (chunk: Buffer) => void;
}

/** How a piped process ended. */
export interface PipedProcessEnd {
  exitCode: number | undefined;
  signal: NodeJS.Signals | undefined;
  /** Its last words on standard error, or why it could not be started. */
  lastWords: string;
}

/**
 * A program that is spoken to over its standard input and output for as long as this process lives.
 *
 * It has to end when its standard input does: then it never outlives this process, however that ends.
 */
export interface PipedProcess {
  /** Undefined where it could not be started. */
  readonly pid: number | undefined;
  readonly ended: Promise<PipedProcessEnd>;
  write(text: string): void;
  /** Whether this process stays alive for it. At first it does not. */
  hold(keepsAlive: boolean): void;
  kill(): void;
}

const LAST_WORDS_BYTES = 4096;

/** Starts a program in a group of its own: a Ctrl-C in the terminal reaches this process alone. */
export function startPipedProcess({ file, args = [], onOutput }: PipedProcessOptions): PipedProcess {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  let words = Buffer.alloc(0);
  child.stdout.on('data', onOutput);
  child.stderr.on('data', (chunk: Buffer) => {
    words = Buffer.concat([words, chunk]).subarray(-LAST_WORDS_BYTES);
  });
  // What cannot be written any more is told by the end of the process.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<PipedProcessEnd>((resolve) => {
    const end = (exitCode: number | undefined, signal: NodeJS.Signals | undefined, why = ''): void =>
      resolve({ exitCode, signal, lastWords: why || words.toString('utf8').trim() });
    child.once('error', (error) => end(undefined, undefined, error.message));
    child.once('close', (exitCode, signal) => end(exitCode ?? undefined, signal ?? undefined));
  });
  const streams = [child.stdin, child.stdout, child.stderr].filter((stream) => stream instanceof Socket);
  const hold = (keepsAlive: boolean): void => {
    for (const handle of [child, ...streams]) {
      if (keepsAlive) handle.ref();
      else handle.unref();
    }
  };
  hold(false);
  return {
    pid: child.pid,
    ended,
    write: (text) => {
      child.stdin.write(text);
    },
    hold,
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}
