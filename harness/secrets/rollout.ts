import { SluiceError } from '../errors.js';
import { type WaitOptions, waitUntil } from '../exec/wait-until.js';
import type { KubeClient } from '../kube/kube-client.js';
import { formatReference } from '../kube/resource-paths.js';
import { readConditions } from '../kube/wait-for-condition.js';
import type { JsonObject, KubernetesObject } from '../manifest/manifest.js';
import { readName, readObject, readStringMap } from '../manifest/read-json.js';
import { describePodTroubles, formatSelector } from './pod-state.js';
import type { WorkloadName } from './secret-readers.js';

/** The annotation that `kubectl rollout restart` sets; any change of a pod template makes new pods. */
export const RESTARTED_AT_ANNOTATION = 'kubectl.kubernetes.io/restartedAt';

export type WaitForRolloutOptions = Partial<Omit<WaitOptions, 'what'>>;

const ROLLED_OUT_WITHIN_MS = 300_000;

/** Has a workload's pods replaced, by its own strategy, as `kubectl rollout restart` does; waits for nothing. */
export async function restartWorkload(
  client: KubeClient,
  workload: WorkloadName,
  { signal, now = new Date() }: { signal?: AbortSignal | undefined; now?: Date } = {},
): Promise<void> {
  const annotations = { [RESTARTED_AT_ANNOTATION]: now.toISOString() };
  const patch = { spec: { template: { metadata: { annotations } } } };
  await client.patch(refer(workload), patch, { signal });
}

/** When a workload's pods were last replaced on demand; undefined where they never were. */
export async function readRestartTime(
  client: KubeClient,
  workload: WorkloadName,
  signal?: AbortSignal,
): Promise<Date | undefined> {
  const object = await client.read(refer(workload), { signal });
  const template = readObject(readObject(object, 'spec'), 'template');
  const time = readStringMap(readObject(template, 'metadata'), 'annotations')[RESTARTED_AT_ANNOTATION];
  return time === undefined || Number.isNaN(Date.parse(time)) ? undefined : new Date(time);
}

/**
 * Waits until every pod of a workload is of its present template and ready, and the old ones are gone. Default: within
 * five minutes.
 *
 * A StatefulSet or DaemonSet whose strategy is `OnDelete` replaces no pods by itself: it never gets there.
 *
 * @throws SluiceError `NOT_IN_TIME` with the counts and what its pods say; `ROLLOUT_FAILED` where the Deployment
 * itself has given up; `ROLLOUT_MANUAL` for `OnDelete`.
 */
export async function waitForRollout(
  client: KubeClient,
  workload: WorkloadName,
  { timeoutMs = ROLLED_OUT_WITHIN_MS, ...options }: WaitForRolloutOptions = {},
): Promise<void> {
  const what = `${formatReference(workload)}: rolled out`;
  const probe = async (signal: AbortSignal): Promise<SluiceError | undefined> => {
    const object = await client.read(refer(workload), { signal });
    if (object === undefined) throw new Error('there is no such object');
    const refusal = findRefusal(object, workload);
    if (refusal !== undefined) return refusal;
    const missing = describeMissing(object);
    if (missing === undefined) return undefined;
    const troubles = await describePodTroubles(client, object, signal);
    // What it says before it has seen the change is about the rollout before.
    if (isSeen(object) && hasGivenUp(object)) return giveUp(workload, [missing, ...troubles]);
    throw new Error([missing, ...troubles].join('\n'));
  };
  const failure = await waitUntil(probe, { ...options, timeoutMs, what });
  if (failure !== undefined) throw failure;
}

function refer({ kind, namespace, name }: WorkloadName) {
  return { apiVersion: 'apps/v1', kind, namespace, name };
}

function findRefusal(object: KubernetesObject, workload: WorkloadName): SluiceError | undefined {
  const strategy = readObject(readObject(object, 'spec'), 'updateStrategy');
  if (readName(strategy, 'type') !== 'OnDelete') return undefined;
  return new SluiceError({
    code: 'ROLLOUT_MANUAL',
    message: `${formatReference(workload)}: replaces no pods by itself`,
    evidence: 'its updateStrategy is OnDelete',
    remedy: `kubectl delete pods --namespace ${workload.namespace} --selector ${formatSelector(object)}`,
  });
}

function giveUp(workload: WorkloadName, evidence: readonly string[]): SluiceError {
  const { namespace, name } = workload;
  return new SluiceError({
    code: 'ROLLOUT_FAILED',
    message: `${formatReference(workload)}: has given up rolling out`,
    evidence: evidence.join('\n'),
    remedy: `kubectl rollout undo deployment/${name} --namespace ${namespace} brings the pods before it back.`,
  });
}

function hasGivenUp(object: KubernetesObject): boolean {
  return readConditions(object).some(
    ({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
  );
}

/** What a rollout still misses, by the counts of the status; undefined where nothing. Rules as of `kubectl rollout status`. */
export function describeMissing(object: KubernetesObject): string | undefined {
  if (!isSeen(object)) return 'its controller has not seen the change yet';
  const status = readObject(object, 'status');
  return object.kind === 'DaemonSet' ? describeDaemonSet(status) : describeReplicas(object, status);
}

/** Whether the status is about the object as it is now. */
function isSeen(object: KubernetesObject): boolean {
  const generation = readCount(object.metadata, 'generation');
  return readCount(readObject(object, 'status'), 'observedGeneration') >= generation;
}

function describeDaemonSet(status: JsonObject | undefined): string | undefined {
  const wanted = readCount(status, 'desiredNumberScheduled');
  const updated = readCount(status, 'updatedNumberScheduled');
  const available = readCount(status, 'numberAvailable');
  return updated < wanted || available < wanted
    ? `${updated} of ${wanted} pods are new, ${available} available`
    : undefined;
}

function describeReplicas(object: KubernetesObject, status: JsonObject | undefined): string | undefined {
  const spec = readObject(object, 'spec');
  const wanted = readCount(spec, 'replicas', 1);
  const partition = readCount(readObject(readObject(spec, 'updateStrategy'), 'rollingUpdate'), 'partition');
  const wantedNew = Math.max(0, wanted - partition);
  const all = readCount(status, 'replicas');
  const isSet = object.kind === 'StatefulSet';
  // A StatefulSet counts as updated what is of its update revision, which is the current one when it is through.
  const through = isSet && readName(status, 'updateRevision') === readName(status, 'currentRevision');
  const updated = through ? all : readCount(status, 'updatedReplicas');
  const available = isSet ? readCount(status, 'readyReplicas') : readCount(status, 'availableReplicas');
  if (updated >= wantedNew && all <= wanted && available >= wanted) {
    if (isSet || all <= updated) return undefined;
  }
  return `${Math.min(updated, wanted)} of ${wantedNew} pods are new, ${available} available, ${Math.max(0, all - updated)} old ones left`;
}

function readCount(parent: JsonObject | undefined, key: string, otherwise = 0): number {
  const value = parent?.[key];
  return typeof value === 'number' ? value : otherwise;
}
