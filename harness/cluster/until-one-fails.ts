/** What several things that go on at the same time listen to. */
export interface SharedSignal {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
}

/**
 * Waits for all parts. Where one fails the others are aborted, and its error is thrown when all of them have ended:
 * what is undone next is not done again behind its back.
 */
export async function untilOneFails<T extends readonly unknown[]>(
  shared: SharedSignal,
  parts: { [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  const all = parts.map(async (part) => {
    try {
      await part;
    } catch (error) {
      shared.abort(error);
      throw error;
    }
  });
  await Promise.allSettled(all);
  if (shared.signal.aborted) throw shared.signal.reason;
  return (await Promise.all(parts)) as unknown as T;
}
