import type { KubeClient } from '../kube/kube-client.js';
import { asksReloader, findReloader, type ReloaderWork, waitForReloader } from './reloader.js';
import { readRestartTime, restartWorkload, waitForRollout } from './rollout.js';
import { findReaders, type WorkloadName } from './secret-readers.js';

export interface RestartOptions {
  namespace: string;
  /** Names of Secrets: the workloads that read one of them are restarted. */
  secrets: readonly string[];
  /** A workload that was restarted at this time or later is only waited for. Default: all are restarted. */
  since?: Date | undefined;
  /** What Reloader may be at: where it runs and a workload asks it, its rollout is waited for. Default: nothing. */
  reloader?: ReloaderWork | undefined;
  /** Leaves out the workloads for which it is false. Default: none. */
  only?: ((workload: WorkloadName) => boolean) | undefined;
  /** For each workload. Default five minutes. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  onOutcome?: (outcome: RestartOutcome) => void;
}

/** What has become of a workload's restart. */
export type RestartOutcome =
  | {
      state: 'rolled-out';
      workload: WorkloadName;
      durationMs: number;
      /** Who has had the pods replaced. */
      by: 'restart' | 'reloader';
      /** True where Reloader is asked to and has not begun in time. */
      isReloaderLate: boolean;
    }
  | { state: 'failed'; workload: WorkloadName; error: unknown };

/**
 * Has the pods of every workload that reads some Secrets replaced, each by its own strategy, and waits until all of
 * them hold what the Secrets hold now. An abort rethrows its reason.
 *
 * A workload is rolled out once: what Stakater Reloader does by itself is left to it, unless it has not begun within
 * 15 s.
 */
export async function restartReaders(client: KubeClient, options: RestartOptions): Promise<RestartOutcome[]> {
  const { namespace, secrets, reloader, only = () => true, signal, onOutcome } = options;
  const readers = (await findReaders(client, { namespace, secrets, signal })).filter(only);
  const isNeeded = reloader !== undefined && reloader.changed.length > 0 && readers.length > 0;
  const mayRun = isNeeded && (await findReloader(client, signal)) !== false;
  return await Promise.all(
    readers.map(async (workload) => {
      const outcome = await restartOne(
        client,
        workload,
        mayRun ? options : { ...options, reloader: undefined },
      );
      onOutcome?.(outcome);
      return outcome;
    }),
  );
}

async function restartOne(
  client: KubeClient,
  workload: WorkloadName,
  options: RestartOptions,
): Promise<RestartOutcome> {
  const { since, timeoutMs, signal } = options;
  const begin = performance.now();
  try {
    const reloaded = await leaveToReloader(client, workload, options);
    const restartedAt = since === undefined ? undefined : await readRestartTime(client, workload, signal);
    const isRestarted = since !== undefined && restartedAt !== undefined && restartedAt >= since;
    if (reloaded !== true && !isRestarted) await restartWorkload(client, workload, { signal });
    await waitForRollout(client, workload, { signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
    const durationMs = Math.round(performance.now() - begin);
    const by = reloaded === true ? 'reloader' : 'restart';
    return { state: 'rolled-out', workload, durationMs, by, isReloaderLate: reloaded === false };
  } catch (error) {
    signal?.throwIfAborted();
    return { state: 'failed', workload, error };
  }
}

/** True where Reloader has begun to roll a workload out, false where it should have; undefined where it is not asked. */
async function leaveToReloader(
  client: KubeClient,
  workload: WorkloadName,
  { reloader, signal }: RestartOptions,
): Promise<boolean | undefined> {
  if (reloader === undefined) return undefined;
  const object = await client.read({ apiVersion: 'apps/v1', ...workload }, { signal });
  if (object === undefined || !asksReloader(object, reloader.changed)) return undefined;
  return await waitForReloader(client, workload, { before: reloader.before, signal });
}
