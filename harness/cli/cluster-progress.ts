import type { WriteStream } from 'node:tty';
import { Listr, ListrLogger, ProcessOutput } from 'listr2';
import type { ClusterStep } from '../cluster/cluster.js';
import { formatSeconds } from '../exec/wait-until.js';
import type { CliContext } from './cli-context.js';
import { chooseColors } from './colors.js';

/** Shows the steps of a start while they happen. */
export interface ClusterProgress {
  onStep: (step: ClusterStep) => void;
  /** Shows the rest and gives the terminal back. */
  end: () => Promise<void>;
}

export interface ProgressOptions {
  context: CliContext;
  quiet: boolean;
  color: boolean;
  /** What will be told of, in the order of the list. */
  subjects: readonly string[];
}

/** A list that moves on a terminal, one line a step elsewhere, nothing with `--quiet`; always on stderr. */
export function openProgress({ quiet, ...options }: ProgressOptions): ClusterProgress {
  if (quiet) return { onStep: () => undefined, end: async () => undefined };
  return options.context.stderr.isTTY ? openList(options) : openLines(options);
}

function openLines({ context, color }: Omit<ProgressOptions, 'quiet'>): ClusterProgress {
  const colors = chooseColors(context.stderr, context.env, color);
  const marks = {
    preparing: '…',
    working: '',
    done: colors.green('✓'),
    failed: colors.red('✗'),
    note: colors.yellow('!'),
  };
  return {
    onStep: (step) => {
      // What is done follows soon.
      if (step.state !== 'working') context.stderr.write(`${marks[step.state]} ${formatStep(step)}\n`);
    },
    end: async () => undefined,
  };
}

function formatStep({ subject, text, durationMs }: ClusterStep): string {
  return `${subject} ${text}${durationMs === undefined ? '' : `, ${formatSeconds(durationMs)}`}`;
}

function openList({ context, color, subjects }: Omit<ProgressOptions, 'quiet'>): ClusterProgress {
  const rows = new Map(subjects.map((subject) => [subject, new Row(subject)]));
  const notes: ClusterStep[] = [];
  // What says of itself that it is a terminal is the process's own stream.
  const terminal = context.stderr as WriteStream;
  const list = new Listr(
    [...rows.values()].map((row) => ({
      title: row.subject,
      task: async (_: unknown, task: RowTask) => await row.run(task),
    })),
    {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      // Standard error is the terminal, whatever standard output is.
      forceTTY: true,
      fallbackRendererCondition: false,
      rendererOptions: {
        logger: new ListrLogger({ processOutput: new ProcessOutput(terminal, terminal) }),
        // The error itself is told once, below the list.
        showErrorMessage: false,
        collapseErrors: false,
      },
    },
  );
  const running = list.run();
  const lines = openLines({ context, color, subjects });
  return {
    onStep: (step) => {
      const row = rows.get(step.subject);
      if (row === undefined || step.state === 'note') notes.push(step);
      else row.show(step);
    },
    end: async () => {
      for (const row of rows.values()) row.end();
      await running;
      for (const note of notes) lines.onStep(note);
    },
  };
}

interface RowTask {
  title: string;
  skip: (message: string) => void;
}

/** A row of the list: a task that ends when its subject is done. */
class Row {
  #resolve: () => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  readonly #ended = new Promise<void>((resolve, reject) => {
    this.#resolve = resolve;
    this.#reject = reject;
  });
  #task: RowTask | undefined;
  #last: ClusterStep | undefined;

  constructor(readonly subject: string) {
    // Told by the list where it runs; nobody else waits for it.
    this.#ended.catch(() => undefined);
  }

  async run(task: RowTask): Promise<void> {
    this.#task = task;
    if (this.#last !== undefined) this.show(this.#last);
    await this.#ended;
  }

  show(step: ClusterStep): void {
    this.#last = step;
    if (this.#task !== undefined) this.#task.title = formatStep(step);
    if (step.state === 'done') this.#resolve();
    if (step.state === 'failed') this.#reject(new Error(formatStep(step)));
  }

  /** What has not been done by now will not be. */
  end(): void {
    if (this.#last?.state === 'done' || this.#last?.state === 'failed') return;
    this.#task?.skip(`${this.#last === undefined ? this.subject : formatStep(this.#last)}: not reached`);
    this.#resolve();
  }
}
