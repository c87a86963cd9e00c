import { createHash } from 'node:crypto';
import { waitUntil } from '../exec/wait-until.js';
import type { KubeClient } from '../kube/kube-client.js';
import { KubeApiError } from '../kube/kube-error.js';
import type { KubernetesObject } from '../manifest/manifest.js';
import { readName, readObject, readObjects, readStringMap } from '../manifest/read-json.js';
import type { RefreshOutcome } from './refresh.js';
import { ROLLING_KINDS, type WorkloadName } from './secret-readers.js';

/** How the pod templates of a namespace's workloads were at some time, as hashes. */
export type TemplateDigests = ReadonlyMap<string, string>;

export interface ReloaderWork {
  /** Taken before the Secrets were written. */
  before: TemplateDigests;
  /** Names of the Secrets whose data is another now: Reloader does nothing for the others. */
  changed: readonly string[];
}

/** Reloader is told of a Secret at once; what it has not done by then it is not going to do. */
const ACTS_WITHIN_MS = 15_000;

/** Notes how the pod templates of a namespace are, to be compared with later. */
export async function readTemplateDigests(
  client: KubeClient,
  { namespace, signal }: { namespace: string; signal?: AbortSignal | undefined },
): Promise<TemplateDigests> {
  const listed = await Promise.all(
    ROLLING_KINDS.map(async (kind) => await client.list({ apiVersion: 'apps/v1', kind, namespace, signal })),
  );
  return new Map(listed.flat().map((object) => [nameWorkload(object), digestTemplate(object)]));
}

/** Names of the Secrets that are other than they were, those included that may not be read. */
export function listChangedSecrets(outcomes: readonly RefreshOutcome[]): string[] {
  return outcomes.flatMap((one) =>
    one.state === 'synced' && one.secret !== undefined && one.changedKeys?.length !== 0 ? [one.secret] : [],
  );
}

/** Whether Stakater Reloader runs in the cluster; undefined where its Deployments may not be looked for. */
export async function findReloader(
  client: KubeClient,
  signal?: AbortSignal | undefined,
): Promise<boolean | undefined> {
  try {
    const deployments = await client.list({ apiVersion: 'apps/v1', kind: 'Deployment', signal });
    return deployments.some(isRunningReloader);
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 403) return undefined;
    throw error;
  }
}

function isRunningReloader(deployment: KubernetesObject): boolean {
  const pod = readObject(readObject(readObject(deployment, 'spec'), 'template'), 'spec');
  const available = readObject(deployment, 'status')?.['availableReplicas'];
  if (typeof available !== 'number' || available === 0) return false;
  return readObjects(pod, 'containers').some(({ item }) =>
    /(?:^|\/)[\w.-]*reloader[\w.-]*(?:[:@]|$)/u.test(readName(item, 'image') ?? ''),
  );
}

/** Whether a workload's annotations ask Reloader to replace its pods when one of these Secrets changes. */
export function asksReloader(workload: KubernetesObject, secrets: readonly string[]): boolean {
  const template = readObject(readObject(workload, 'spec'), 'template');
  const annotations = {
    ...readStringMap(readObject(template, 'metadata'), 'annotations'),
    ...readStringMap(workload.metadata, 'annotations'),
  };
  const listed = (name: string): string[] => (annotations[name] ?? '').split(',').map((one) => one.trim());
  const left = listed('secrets.exclude.reloader.stakater.com/reload');
  const isAuto = ['reloader.stakater.com/auto', 'secret.reloader.stakater.com/auto'].some(
    (name) => annotations[name] === 'true',
  );
  const named = listed('secret.reloader.stakater.com/reload');
  return secrets.some((name) => named.includes(name) || (isAuto && !left.includes(name)));
}

/**
 * Waits until Reloader has given a workload another pod template, which begins its rollout; false where it has not
 * done so within 15 s, and somebody else has to.
 */
export async function waitForReloader(
  client: KubeClient,
  workload: WorkloadName,
  { before, signal }: Pick<ReloaderWork, 'before'> & { signal?: AbortSignal | undefined },
): Promise<boolean> {
  const reference = { apiVersion: 'apps/v1', ...workload };
  const probe = async (ended: AbortSignal): Promise<true> => {
    const object = await client.read(reference, { signal: ended });
    if (object === undefined) throw new Error('there is no such object');
    if (digestTemplate(object) === before.get(nameWorkload(object))) throw new Error('as before');
    return true;
  };
  try {
    return await waitUntil(probe, { what: 'another pod template', timeoutMs: ACTS_WITHIN_MS, signal });
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}

function nameWorkload({ kind, metadata }: KubernetesObject): string {
  return `${kind}/${metadata.name}`;
}

function digestTemplate(object: KubernetesObject): string {
  const template = readObject(readObject(object, 'spec'), 'template');
  return createHash('sha256').update(JSON.stringify(template)).digest('hex');
}
