import { SluiceError } from '../errors.js';

type Undo = () => Promise<void> | void;

/**
 * What must be undone, gathered while it is done.
 *
 * Undone in reverse order and to the end, whatever fails on the way.
 */
export class CleanUp {
  readonly #steps: { what: string; undo: Undo }[] = [];

  /** Remembers how to undo something; `what` tells it to people, such as `namespace shop`. */
  add(what: string, undo: Undo): void {
    this.#steps.push({ what, undo });
  }

  /** Undoes everything once; gives what could not be undone. */
  async run(): Promise<CleanUpFailure[]> {
    const failures: CleanUpFailure[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step.undo();
      } catch (error) {
        failures.push({ what: step.what, error });
      }
    }
    return failures;
  }
}

export interface CleanUpFailure {
  what: string;
  error: unknown;
}

/** One error for everything that could not be undone; undefined where nothing failed. */
export function describeCleanUp(
  subject: string,
  failures: readonly CleanUpFailure[],
): SluiceError | undefined {
  const [first] = failures;
  if (first === undefined) return undefined;
  return new SluiceError({
    code: 'CLEAN_UP_FAILED',
    message: `${subject}: not everything could be removed`,
    evidence: failures
      .map(({ what, error }) => `${what}: ${error instanceof Error ? error.message : String(error)}`)
      .join('\n'),
    cause: first.error,
  });
}
