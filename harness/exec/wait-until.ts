import { setTimeout as delay } from 'node:timers/promises';
import { SluiceError } from '../errors.js';
import { linkSignals } from './link-signals.js';

/** Looks once: gives what was waited for, or throws an error whose message says what is there instead. */
export type Probe<T> = (signal: AbortSignal) => Promise<T> | T;

export interface WaitOptions {
  /** What is waited for, such as `ExternalSecret shop/shop-db: Ready`. */
  what: string;
  timeoutMs: number;
  /** Between two looks. Default 100. */
  intervalMs?: number;
  /** Ends the wait with its reason. */
  signal?: AbortSignal | undefined;
  /** What to do when it is not reached in time. */
  remedy?: string;
}

/**
 * Looks again and again until the probe gives something. Whatever the probe throws means "not yet".
 *
 * @throws SluiceError `NOT_IN_TIME`, whose evidence is the last thing that was seen; an abort rethrows its reason.
 */
export async function waitUntil<T>(probe: Probe<T>, options: WaitOptions): Promise<T> {
  const { what, timeoutMs, intervalMs = 100, signal, remedy } = options;
  const link = linkSignals([signal]);
  const late = new Error('too late');
  const timer = setTimeout(() => link.abort(late), timeoutMs);
  let lastSeen: unknown = 'nothing yet';
  try {
    for (;;) {
      signal?.throwIfAborted();
      try {
        return await untilAborted(Promise.resolve(probe(link.signal)), link.signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (error !== late) lastSeen = error;
      }
      if (link.signal.aborted) break;
      await delay(intervalMs, undefined, { signal: link.signal }).catch(() => undefined);
    }
  } finally {
    clearTimeout(timer);
    link[Symbol.dispose]();
  }
  throw new SluiceError({
    code: 'NOT_IN_TIME',
    message: `${what}: not reached within ${formatSeconds(timeoutMs)}`,
    evidence: `last seen: ${lastSeen instanceof Error ? lastSeen.message : String(lastSeen)}`,
    ...(remedy === undefined ? {} : { remedy }),
    cause: lastSeen,
  });
}

/** `1.5 s`, `90 s`: a length of time for people. */
export function formatSeconds(milliseconds: number): string {
  return `${Number((milliseconds / 1000).toFixed(1))} s`;
}

// A probe that hangs must not hold up the wait.
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
