import { Readable, Writable } from 'node:stream';
import type { OutputStream } from '../../harness/cli/cli-context.js';
import { runSluice } from '../../harness/cli/main.js';

export interface CliResult {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunCliOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** Columns of the terminal to pretend; undefined: no terminal. */
  columns?: number;
  /** What is piped in. Default: nothing. */
  stdin?: string | Buffer;
}

/** Runs `sluice` in this process, in a folder, and gives what it printed and its exit code. */
export async function runCli(args: readonly string[], options: RunCliOptions = {}): Promise<CliResult> {
  const stdout = new MemoryStream(options.columns);
  const stderr = new MemoryStream(options.columns);
  const code = await runSluice(args, {
    stdout,
    stderr,
    stdin: Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
    cwd: options.cwd ?? process.cwd(),
    // The terminal is one that has colours, whatever the tests are run in.
    env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined, TERM: 'xterm', ...options.env },
    signal: options.signal ?? new AbortController().signal,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

class MemoryStream extends Writable implements OutputStream {
  text = '';
  readonly isTTY: boolean;
  declare readonly columns?: number;

  constructor(columns: number | undefined) {
    super();
    this.isTTY = columns !== undefined;
    if (columns !== undefined) this.columns = columns;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}
