import { setMaxListeners } from 'node:events';

/** A signal that is aborted by any of several, with that one's reason. */
export interface LinkedSignal extends Disposable {
  readonly signal: AbortSignal;
  /** Aborts it from here. */
  abort(reason: unknown): void;
}

/**
 * Joins signals into one until it is disposed of.
 *
 * Not `AbortSignal.any`: Node 20 may collect such a signal while somebody still listens to it.
 */
export function linkSignals(signals: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  // Everything that goes on at the same time listens to it: many listeners are no leak.
  setMaxListeners(0, controller.signal);
  const unlink: (() => void)[] = [];
  for (const signal of signals) {
    if (signal === undefined) continue;
    const onAbort = (): void => controller.abort(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    unlink.push(() => signal.removeEventListener('abort', onAbort));
  }
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    [Symbol.dispose]: () => {
      for (const end of unlink) end();
    },
  };
}
