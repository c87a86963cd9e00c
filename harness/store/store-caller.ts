import { setTimeout as delay } from 'node:timers/promises';
import pThrottle from 'p-throttle';
import { describeStoreError, isThrottled, isTransient, type StoreCall } from './store-error.js';

export interface CallerOptions {
  /** Longest wait for an answer, in milliseconds. Default 15,000. */
  timeoutMs?: number | undefined;
}

/** How one call may be made. */
export interface CallKind {
  /** `read` is repeated where no answer came, and keeps to the store's rate; `write` only where it was refused. */
  kind: 'read' | 'write';
}

/** What AWS allows one account for GetParameter, GetParameters and GetParametersByPath together. */
export const READS_PER_SECOND = 40;

/**
 * Milliseconds between two calls that read from Parameter Store. Evenly, and a tenth below the rate: calls reach the store less evenly than they are sent,
 * and being refused once costs more than this does for a hundred calls.
 */
export const PACE_MS = 28;

// Before servers close a connection that nobody uses: a write on one that is just being closed has no answer.
const IDLE_MS = 2000;
const THROTTLED_ATTEMPTS = 6;
const TRANSIENT_ATTEMPTS = 3;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;
const TIMEOUT_MS = 15_000;

/** Makes the calls of one store: within its rate, again where that is safe, and with errors that hold no value. */
export class StoreCaller {
  readonly #takeTurn: () => Promise<undefined> | undefined;

  /** @param paceMs between two calls that read; 0: as fast as they are asked for */
  constructor(paceMs = 0) {
    this.#takeTurn =
      paceMs === 0
        ? () => undefined
        : pThrottle({ limit: 1, interval: paceMs, strict: true })(() => undefined);
  }

  /**
   * Runs one request to the store.
   *
   * @throws StoreError, or the reason of the call's signal.
   */
  async run<T>(call: StoreCall & CallKind, send: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        call.signal?.throwIfAborted();
        if (call.kind === 'read') await this.#takeTurn();
        call.signal?.throwIfAborted();
        return await send();
      } catch (error) {
        if (call.signal?.aborted || !mayRepeat(error, call.kind, attempt))
          throw describeStoreError(call, error);
      }
      await pause(attempt, call.signal);
    }
  }
}

/**
 * How long the SDK waits, and that it repeats nothing itself: it does not know that a write whose answer was lost
 * must not be made again.
 */
export function configureClient({ timeoutMs = TIMEOUT_MS }: CallerOptions) {
  return {
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 5000,
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, timeout: IDLE_MS },
      httpsAgent: { keepAlive: true, timeout: IDLE_MS },
    },
  };
}

/** Waits before the next attempt: twice as long each time, and not at the same moment as everybody else. */
export async function pause(attempt: number, signal: AbortSignal | undefined): Promise<void> {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  const wait = delay(longest * (0.5 + Math.random() / 2), undefined, signal === undefined ? {} : { signal });
  await wait.catch((error: unknown) => {
    throw signal?.aborted ? signal.reason : error;
  });
}

function mayRepeat(error: unknown, kind: CallKind['kind'], attempt: number): boolean {
  if (isThrottled(error)) return attempt < THROTTLED_ATTEMPTS;
  return kind === 'read' && isTransient(error) && attempt < TRANSIENT_ATTEMPTS;
}
