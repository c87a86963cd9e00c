import { SluiceError } from '../../errors.js';
import type { KubeClient } from '../../kube/kube-client.js';
import type { OpenStore } from '../doctor/ask-stores.js';
import { listOldContainers, readDataTime } from '../doctor/check-pods.js';
import { compareContent, describeDifference } from '../doctor/check-secrets.js';
import { isThere } from '../doctor/describe-evidence.js';
import type { SecretChain } from '../doctor/doctor-evidence.js';
import { gatherChains } from '../doctor/gather-evidence.js';
import { type RefreshOutcome, refreshEach } from '../refresh.js';
import { listChangedSecrets, type ReloaderWork, readTemplateDigests } from '../reloader.js';
import { type RestartOutcome, restartReaders } from '../restart-readers.js';

export interface DeliverOptions {
  namespace: string;
  /** Names of the ExternalSecrets that read what was written. */
  externalSecrets: readonly string[];
  openStore: OpenStore;
  /** Replaces the pods and waits for them. */
  restart: boolean;
  timeoutMs?: number | undefined;
  rolloutTimeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  onRefreshed?: (outcome: RefreshOutcome) => void;
  onRestarted?: (outcome: RestartOutcome) => void;
  /** Between the steps. */
  onStep?: (step: 'refreshed' | 'restarted') => void;
}

/** What it took until the pods held what the store holds. */
export interface Delivery {
  refreshed: readonly RefreshOutcome[];
  restarted: readonly RestartOutcome[];
}

/**
 * Carries what is in the store to the processes: refreshes what does not hold it yet, restarts what reads it, and looks
 * whether it arrived. What has arrived already is left alone, so that it can be done again after an interruption.
 *
 * @throws SluiceError `NOT_DELIVERED` with what is still missing.
 */
export async function deliver(client: KubeClient, options: DeliverOptions): Promise<Delivery> {
  const { namespace, signal, restart, timeoutMs } = options;
  const before = restart ? await readTemplateDigests(client, { namespace, signal }) : undefined;
  const stale = (await readChains(client, options)).filter((chain) => describeGap(chain) !== undefined);
  const refreshed =
    stale.length === 0
      ? []
      : await refreshEach(client, {
          ...{ namespace, names: stale.map(({ name }) => name), timeoutMs, signal },
          ...(options.onRefreshed === undefined ? {} : { onOutcome: options.onRefreshed }),
        });
  const chains = await readChains(client, options);
  requireArrived(chains, refreshed);
  options.onStep?.('refreshed');
  const reloader = before && { before, changed: listChangedSecrets(refreshed) };
  const restarted = restart ? await restartAll(client, chains, { ...options, reloader }) : [];
  options.onStep?.('restarted');
  const failed = restarted.flatMap((one) => (one.state === 'failed' ? [one.error] : []));
  if (failed.length > 0) throw failed[0];
  if (restart) await requireHeld(client, chains, options);
  return { refreshed, restarted };
}

async function readChains(
  client: KubeClient,
  { namespace, externalSecrets, openStore, signal }: DeliverOptions,
): Promise<SecretChain[]> {
  const chains = await gatherChains(client, { namespace, openStore, signal });
  return chains.filter(({ name }) => externalSecrets.includes(name));
}

/** In what a Secret is not yet as the store has it. */
function describeGap(chain: SecretChain): string | undefined {
  if (chain.target === undefined || chain.secret === 'forbidden') return undefined;
  if (!isThere(chain.secret)) return 'it is not there';
  const difference = describeDifference(compareContent(chain, chain.secret));
  return difference === '' ? undefined : difference;
}

function requireArrived(chains: readonly SecretChain[], outcomes: readonly RefreshOutcome[]): void {
  const gaps = chains.flatMap((chain) => {
    const gap = describeGap(chain);
    return gap === undefined ? [] : [{ chain, gap }];
  });
  const [first] = gaps;
  if (first === undefined) return;
  const outcome = outcomes.find(({ name }) => name === first.chain.name);
  if (outcome?.state === 'failed') throw outcome.error;
  throw new SluiceError({
    code: 'NOT_DELIVERED',
    message: `Secret ${first.chain.target}: does not hold what the store holds`,
    evidence: [first.gap, ...(outcome?.state === 'ignored' ? [outcome.reason] : [])].join('\n'),
    remedy:
      outcome?.state === 'ignored'
        ? `${outcome.remedy}; then run this again, and it goes on from here.`
        : 'sluice doctor tells which link is broken; run this again, and it goes on from here.',
  });
}

async function restartAll(
  client: KubeClient,
  chains: readonly SecretChain[],
  {
    namespace,
    rolloutTimeoutMs,
    signal,
    onRestarted,
    reloader,
  }: DeliverOptions & { reloader: ReloaderWork | undefined },
): Promise<RestartOutcome[]> {
  const times = chains.flatMap(({ secret }) =>
    isThere(secret) ? [readDataTime(secret)?.getTime() ?? 0] : [],
  );
  return await restartReaders(client, {
    ...{ namespace, timeoutMs: rolloutTimeoutMs, signal, reloader },
    secrets: chains.flatMap(({ target }) => (target === undefined ? [] : [target])),
    // The API server notes times to the second.
    since: new Date(Math.max(0, ...times) + 1000),
    ...(onRestarted === undefined ? {} : { onOutcome: onRestarted }),
  });
}

/** Looks at the pods themselves: no process that is there may have been started before its Secret was written. */
async function requireHeld(
  client: KubeClient,
  chains: readonly SecretChain[],
  { namespace, signal }: DeliverOptions,
): Promise<void> {
  const pods = await client.list({ apiVersion: 'v1', kind: 'Pod', namespace, signal });
  const running = pods.filter(({ metadata }) => metadata['deletionTimestamp'] === undefined);
  const old = chains.flatMap(({ secret, target }) => {
    const changed = isThere(secret) ? readDataTime(secret) : undefined;
    if (changed === undefined || target === undefined) return [];
    return running.flatMap((pod) => listOldContainers(pod, target, changed));
  });
  if (old.length === 0) return;
  throw new SluiceError({
    code: 'NOT_DELIVERED',
    message: 'some processes still hold what was there before',
    evidence: old.join('\n'),
    remedy: 'Nothing replaces these pods by itself: end them, or what made them.',
  });
}
