import type { KubeClient } from '../kube/kube-client.js';
import { readRestartTime, restartWorkload, waitForRollout } from './rollout.js';
import { findReaders, type WorkloadName } from './secret-readers.js';

export interface RestartOptions {
  namespace: string;
  /** Names of Secrets: the workloads that read one of them are restarted. */
  secrets: readonly string[];
  /** A workload that was restarted at this time or later is only waited for. Default: all are restarted. */
  since?: Date | undefined;
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
  { namespace, secrets, since, timeoutMs, signal, onOutcome }: RestartOptions,
): Promise<RestartOutcome[]> {
  const readers = await findReaders(client, { namespace, secrets, signal });
  return await Promise.all(
    readers.map(async (workload) => {
      const outcome = await restartOne(client, workload, { since, timeoutMs, signal });
      onOutcome?.(outcome);
      return outcome;
    }),
  );
}

async function restartOne(
  client: KubeClient,
  workload: WorkloadName,
  { since, timeoutMs, signal }: Pick<RestartOptions, 'since' | 'timeoutMs' | 'signal'>,
): Promise<RestartOutcome> {
  const begin = performance.now();
  try {
    const restartedAt = since === undefined ? undefined : await readRestartTime(client, workload, signal);
    const isRestarted = since !== undefined && restartedAt !== undefined && restartedAt >= since;
    if (!isRestarted) await restartWorkload(client, workload, { signal });
    await waitForRollout(client, workload, { signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
    return { state: 'rolled-out', workload, durationMs: Math.round(performance.now() - begin) };
  } catch (error) {
    signal?.throwIfAborted();
    return { state: 'failed', workload, error };
  }
}
