/** Exit codes of every command: 1 problems were found, 2 wrong usage, 3 a needed program or service is missing. */
export type FailureExitCode = 1 | 2 | 3;

export interface SluiceErrorOptions {
  /** Stable, documented, upper-case with underscores, such as `HELM_NOT_FOUND`. */
  code: string;
  /** What failed, on what: one line. */
  message: string;
  /** What was seen: text of another program, a position, a value's name. Never a secret value. */
  evidence?: string;
  /** What to do about it, ready to be pasted where it is a command. */
  remedy?: string;
  /** Default 1. */
  exitCode?: FailureExitCode;
  cause?: unknown;
}

/**
 * Every failure that a user can cause or mend.
 *
 * `message` reads in this order: what failed on what, the evidence, the remedy. `code` never changes between
 * releases; the text may.
 */
export class SluiceError extends Error {
  override readonly name: string = 'SluiceError';
  readonly code: string;
  readonly evidence: string | undefined;
  readonly remedy: string | undefined;
  readonly exitCode: FailureExitCode;
  /** The first line alone: what failed, on what. */
  readonly shortMessage: string;

  constructor(options: SluiceErrorOptions) {
    super(formatMessage(options), { cause: options.cause });
    this.code = options.code;
    this.shortMessage = options.message;
    this.evidence = options.evidence;
    this.remedy = options.remedy;
    this.exitCode = options.exitCode ?? 1;
  }
}

export interface CommandErrorOptions extends SluiceErrorOptions {
  argv: readonly string[];
  /** Undefined when the program was ended by a signal or never started. */
  programExitCode?: number | undefined;
  signal?: string | undefined;
  stdout: string;
  stderr: string;
}

/** A program that was started and failed. `commandLine` can be pasted into a shell. */
export class CommandError extends SluiceError {
  override readonly name: string = 'CommandError';
  readonly argv: readonly string[];
  readonly programExitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;

  constructor(options: CommandErrorOptions) {
    super(options);
    this.argv = options.argv;
    this.programExitCode = options.programExitCode;
    this.signal = options.signal;
    this.stdout = options.stdout;
    this.stderr = options.stderr;
  }

  get commandLine(): string {
    return quoteArguments(this.argv);
  }
}

/** Joins arguments into one line that a POSIX shell reads back as the same arguments. */
export function quoteArguments(argv: readonly string[]): string {
  return argv
    .map((argument) =>
      /^[\w@%+=:,./-]+$/u.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`,
    )
    .join(' ');
}

function formatMessage({ message, evidence, remedy }: SluiceErrorOptions): string {
  const parts = [message];
  if (evidence) parts.push(evidence.trimEnd());
  if (remedy) parts.push(remedy);
  return parts.join('\n');
}
