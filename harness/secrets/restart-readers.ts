import type { KubeClient } from '../kube/kube-client.js';
import { restartWorkload, waitForRollout } from './rollout.js';
import { findReaders, type WorkloadName } from './secret-readers.js';

export interface RestartOptions {
  namespace: string;
  /** Names of Secrets: the workloads that read one of them are restarted. */
  secrets: readonly string[];
  /** For each workload. Default five minutes. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  onOutcome?: (outcome: RestartOutcome) => void;
}

/** What has become of a workload's restart. */
export type RestartOutcome =
  | { state: 'rolled-out'; workload: WorkloadName; durationMs: number }
  | { state: 'failed'; workload: WorkloadName; error: unknown };

/**
 * Has the pods of every workload that reads some Secrets replaced, each by its own strategy, and waits until all of
 * them hold what the Secrets hold now. An abort rethrows its reason.
 */
export async function restartReaders(
  client: KubeClient,
  { namespace, secrets, timeoutMs, signal, onOutcome }: RestartOptions,
): Promise<RestartOutcome[]> {
  const readers = await findReaders(client, { namespace, secrets, signal });
  return await Promise.all(
    readers.map(async (workload) => {
      const outcome = await restartOne(client, workload, { timeoutMs, signal });
      onOutcome?.(outcome);
      return outcome;
    }),
  );
}

async function restartOne(
  client: KubeClient,
  workload: WorkloadName,
  { timeoutMs, signal }: Pick<RestartOptions, 'timeoutMs' | 'signal'>,
): Promise<RestartOutcome> {
  const begin = performance.now();
  try {
    await restartWorkload(client, workload, { signal });
    await waitForRollout(client, workload, { signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
    return { state: 'rolled-out', workload, durationMs: Math.round(performance.now() - begin) };
  } catch (error) {
    signal?.throwIfAborted();
    return { state: 'failed', workload, error };
  }
}
