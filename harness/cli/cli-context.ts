import type { Readable, Writable } from 'node:stream';

export interface OutputStream extends Writable {
  isTTY?: boolean;
  /** Width of the terminal in columns; undefined where the stream is no terminal. */
  columns?: number;
}

export interface InputStream extends Readable {
  /** True where somebody may be asked. */
  isTTY?: boolean;
}

/** Everything of the outside that a command may touch. Only `bin/` fills it with the process's own. */
export interface CliContext {
  env: NodeJS.ProcessEnv;
  stdout: OutputStream;
  stderr: OutputStream;
  /** Undefined: there is nothing to read, and nobody to ask. */
  stdin?: InputStream | undefined;
  /** Folder the user is in. */
  cwd: string;
  /** Aborted by Ctrl-C and SIGTERM. */
  signal: AbortSignal;
}

/** A command of the CLI: how it is found without loading it. */
export interface CommandEntry {
  name: string;
  summary: string;
  load: () => Promise<CommandModule>;
}

/** What a command's file exports: it parses its own arguments and gives the exit code. */
export interface CommandModule {
  run: (args: readonly string[], context: CliContext) => Promise<number>;
}
