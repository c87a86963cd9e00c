import { SluiceError } from '../errors.js';
import { type PipedProcess, type PipedProcessEnd, startPipedProcess } from '../exec/start-piped-process.js';
import type { JsonObject } from '../manifest/manifest.js';

/** One render: what `helm template` would be started with. */
export interface EngineRequest {
  args: readonly string[];
  stdin: string;
  /** Absolute folder it would be started in. */
  cwd: string;
  /** Objects that the function `lookup` finds. Default: it finds none, as in `helm template`. */
  lookups?: readonly JsonObject[] | undefined;
  /** Whether to count what the render hits and reads. Default false. */
  coverage?: boolean | undefined;
  /** For something else than a render; its answer is what is printed. */
  ask?: 'describe' | 'effects' | undefined;
  /** What `effects` asks for. */
  effects?: readonly JsonObject[] | undefined;
}

/** What `helm template` would have printed. */
export interface EngineAnswer {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** What was hit and read, as JSON; undefined where it was not asked for, or no template was reached. */
  coverage: string | undefined;
}

export interface EngineLimits {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

interface AnswerHead {
  id: number;
  exitCode: number;
  stdoutBytes: number;
  stderrBytes: number;
  coverageBytes: number;
}

interface Waiting {
  resolve: (answer: EngineAnswer) => void;
  reject: (reason: unknown) => void;
}

const NEWLINE = 0x0a;

/** A running program of the library engine: one render at a time. After any failure of its own it is of no more use. */
export class EngineProcess {
  readonly #process: PipedProcess;
  #received: Buffer[] = [];
  #waiting: Waiting | undefined;
  #lastId = 0;
  #usable = true;

  constructor(readonly path: string) {
    this.#process = startPipedProcess({ file: path, onOutput: (chunk) => this.#receive(chunk) });
    void this.#process.ended.then((end) => this.#fail(died(path, end)));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** False once it has ended, was ended or has answered something else than what it was asked. */
  get usable(): boolean {
    return this.#usable;
  }

  /**
   * Has one release rendered.
   *
   * @throws SluiceError `ENGINE_DIED`, `ENGINE_TIMEOUT` or `ENGINE_CONFUSED`; an abort rethrows the signal's reason.
   * In each case the program is ended.
   */
  async render(request: EngineRequest, { timeoutMs, signal }: EngineLimits): Promise<EngineAnswer> {
    signal?.throwIfAborted();
    const onAbort = (): void => this.#fail(signal?.reason);
    const timer = setTimeout(() => this.#fail(late(timeoutMs)), timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#process.hold(true);
    try {
      return await new Promise<EngineAnswer>((resolve, reject) => {
        this.#waiting = { resolve, reject };
        this.#lastId += 1;
        this.#process.write(`${JSON.stringify({ id: this.#lastId, ...request })}\n`);
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      this.#waiting = undefined;
      this.#process.hold(false);
    }
  }

  #receive(chunk: Buffer): void {
    this.#received.push(chunk);
    try {
      const answer = this.#readAnswer();
      if (answer !== undefined) this.#waiting?.resolve(answer);
    } catch (error) {
      this.#fail(confused(this.path, error));
    }
  }

  #readAnswer(): EngineAnswer | undefined {
    const [first] = this.#received;
    const end = first?.indexOf(NEWLINE) ?? -1;
    const all = end >= 0 && this.#received.length === 1 ? first : Buffer.concat(this.#received);
    const lineEnd = all?.indexOf(NEWLINE) ?? -1;
    if (all === undefined || lineEnd < 0) return undefined;
    const head: AnswerHead = JSON.parse(all.toString('utf8', 0, lineEnd));
    if (head.id !== this.#lastId) throw new Error(`an answer to ${head.id} instead of ${this.#lastId}`);
    const stdoutEnd = lineEnd + 1 + head.stdoutBytes;
    const stderrEnd = stdoutEnd + head.stderrBytes;
    const coverageEnd = stderrEnd + head.coverageBytes;
    if (all.length < coverageEnd) {
      this.#received = [all];
      return undefined;
    }
    this.#received = [];
    return {
      exitCode: head.exitCode,
      stdout: all.toString('utf8', lineEnd + 1, stdoutEnd),
      stderr: all.toString('utf8', stdoutEnd, stderrEnd),
      coverage: head.coverageBytes === 0 ? undefined : all.toString('utf8', stderrEnd, coverageEnd),
    };
  }

  #fail(reason: unknown): void {
    this.#usable = false;
    this.#process.kill();
    this.#waiting?.reject(reason);
  }
}

const REMEDY =
  'The next render starts a new one. Where it happens again, --engine binary renders without it.';

function died(path: string, { exitCode, signal, lastWords }: PipedProcessEnd): SluiceError {
  const how = signal === undefined ? `exit code ${exitCode ?? 'unknown'}` : `by signal ${signal}`;
  return new SluiceError({
    code: 'ENGINE_DIED',
    message: `library engine: ended in the middle of a render, ${how}`,
    evidence: lastWords === '' ? path : `${path}\n${lastWords}`,
    remedy: REMEDY,
  });
}

function late(timeoutMs: number): SluiceError {
  return new SluiceError({
    code: 'ENGINE_TIMEOUT',
    message: `library engine: a render was not finished after ${timeoutMs} ms`,
    remedy:
      'Look for a template that goes round without end. It was ended; the next render starts a new one.',
  });
}

function confused(path: string, cause: unknown): SluiceError {
  return new SluiceError({
    code: 'ENGINE_CONFUSED',
    message: 'library engine: what it answered cannot be read',
    evidence: `${path}\n${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: REMEDY,
    cause,
  });
}
