import type { ClusterStep } from './cluster.js';

/** Runs a part of a start and tells when it begins, and when it is done or has failed. */
export type TimeStep = <T>(subject: string, text: string, action: () => Promise<T>) => Promise<T>;

/** Tells the steps of what it runs, with the time each takes. */
export function timeSteps(onStep: ((step: ClusterStep) => void) | undefined): TimeStep {
  return async (subject, text, action) => {
    const start = performance.now();
    onStep?.({ subject, state: 'working', text });
    try {
      const result = await action();
      onStep?.({ subject, state: 'done', text, durationMs: performance.now() - start });
      return result;
    } catch (error) {
      onStep?.({ subject, state: 'failed', text, durationMs: performance.now() - start });
      throw error;
    }
  };
}
