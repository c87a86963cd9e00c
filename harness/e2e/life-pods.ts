import type { StartedCluster } from '../cluster/cluster.js';
import { KindCluster } from '../cluster/kind-cluster.js';
import { SluiceError } from '../errors.js';
import { waitUntil } from '../exec/wait-until.js';
import type { KubeClient } from '../kube/kube-client.js';
import { formatReference } from '../kube/resource-paths.js';
import type { KubernetesObject } from '../manifest/manifest.js';
import { describePodTroubles, formatSelector } from '../secrets/pod-state.js';
import { readTemplateDigests, type TemplateDigests } from '../secrets/reloader.js';
import { type RestartOutcome, restartReaders } from '../secrets/restart-readers.js';
import { describeMissing } from '../secrets/rollout.js';
import { ROLLING_KINDS, type WorkloadName } from '../secrets/secret-readers.js';
import { comparePods, type PodsOfWorkload } from './compare-pods.js';
import { findObstacle, type Obstacle } from './find-obstacle.js';
import { count, formatDuration, type StepOutcome } from './life-report.js';
import type { RunInNode } from './read-processes.js';

const READY_WITHIN_MS = 120_000;

export interface LifePodsOptions {
  cluster: StartedCluster;
  client: KubeClient;
  namespace: string;
  release: string;
  signal: AbortSignal | undefined;
}

/** A secret's new value, and when it was stored. */
export interface Rotation {
  /** The Secret that holds it. */
  target: string;
  key: string;
  /** By `performance.now()`. */
  at: number;
}

/** What has become of a workload's pods. */
type PodsOutcome =
  | { state: 'ready'; name: WorkloadName; readyMs: number }
  | { state: 'obstructed'; name: WorkloadName; obstacle: Obstacle };

/** The pods of a release, where they can run, and what their processes hold. */
export class LifePods {
  readonly #options: LifePodsOptions;
  #running: readonly WorkloadName[] = [];
  #before: TemplateDigests = new Map();

  constructor(options: LifePodsOptions) {
    this.#options = options;
  }

  /** Waits until the release's pods are ready, those left out that cannot run here, and looks at their processes. */
  async wait(): Promise<StepOutcome> {
    const obstacle = await this.#findGeneralObstacle();
    if (obstacle !== undefined) return skipped(obstacle);
    const workloads = await this.#listWorkloads();
    if (workloads.length === 0) return skipped('the release has no workload whose pods run on');
    const outcomes = await Promise.all(workloads.map(async (name) => await this.#waitForOne(name)));
    const ready = outcomes.filter((one) => one.state === 'ready');
    const obstructed = outcomes.filter((one) => one.state === 'obstructed');
    const left = this.#describeObstructed(obstructed);
    const [first] = obstructed;
    if (ready.length === 0 && first !== undefined) return skipped(first.obstacle.reason, left);
    this.#running = ready.map(({ name }) => name);
    this.#before = await readTemplateDigests(this.#options.client, this.#options);
    const { pods, processes } = await this.#compare();
    const times = ready.map(({ name, readyMs }) => `${shorten(name)}  ready ${formatDuration(readyMs)}`);
    return {
      text: `${count(pods, 'pod')} of ${count(ready.length, 'workload')} ready, ${processes}`,
      details: [...times, ...left],
    };
  }

  /** Has the pods that read a rotated Secret replaced, as `sluice refresh --restart` does, and looks at the new ones. */
  async follow({ target, key, at }: Rotation): Promise<StepOutcome> {
    if (this.#running.length === 0) return skipped('no pods run');
    const { client, namespace, signal } = this.#options;
    const outcomes = await restartReaders(client, {
      ...{ namespace, secrets: [target], timeoutMs: READY_WITHIN_MS, signal },
      reloader: { before: this.#before, changed: [target] },
      only: (one) => this.#running.some(({ kind, name }) => kind === one.kind && name === one.name),
    });
    if (outcomes.length === 0) return skipped(`no pods that run read Secret ${target}`);
    const failure = outcomes.find((one) => one.state === 'failed');
    if (failure !== undefined) throw failure.error;
    const { pods, processes } = await this.#compare(outcomes.map(({ workload }) => workload));
    const told = formatDuration(performance.now() - at);
    return {
      text: `${count(pods, 'pod')} of ${count(outcomes.length, 'workload')} replaced, the last holds ${key} ${told} after it was stored; ${processes}`,
      details: outcomes.map(describeRestart),
    };
  }

  async #findGeneralObstacle(): Promise<string | undefined> {
    const { cluster, client, signal } = this.#options;
    if (!cluster.capabilities.includes('pods')) return `no pods run in an ${cluster.provider} cluster`;
    const nodes = await client
      .list({ apiVersion: 'v1', kind: 'Node', signal })
      // Whoever may not see them may have pods on them all the same.
      .catch((error: unknown) => {
        signal?.throwIfAborted();
        if (error instanceof SluiceError) return undefined;
        throw error;
      });
    return nodes?.length === 0 ? 'the cluster has no node that pods could run on' : undefined;
  }

  async #listWorkloads(): Promise<WorkloadName[]> {
    const { client, namespace, release, signal } = this.#options;
    const labelSelector = `app.kubernetes.io/instance=${release}`;
    const listed = await Promise.all(
      ROLLING_KINDS.map(async (kind) => {
        const objects = await client.list({ apiVersion: 'apps/v1', kind, namespace, labelSelector, signal });
        return objects.map(({ metadata }) => ({ kind, namespace, name: metadata.name }));
      }),
    );
    return listed.flat();
  }

  async #waitForOne(name: WorkloadName): Promise<PodsOutcome> {
    const { client, signal } = this.#options;
    const begin = performance.now();
    const probe = async (ended: AbortSignal): Promise<PodsOutcome> => {
      const object = await this.#read(name, ended);
      const missing = describeMissing(object);
      if (missing === undefined) return { state: 'ready', name, readyMs: performance.now() - begin };
      const pods = await this.#listPods(object, ended);
      const obstacle = pods.map((pod) => findObstacle(pod, new Date())).find((one) => one !== undefined);
      if (obstacle !== undefined) return { state: 'obstructed', name, obstacle };
      throw new Error([missing, ...(await describePodTroubles(client, object, ended))].join('\n'));
    };
    return await waitUntil(probe, {
      what: `${formatReference(name)}: its pods are ready`,
      timeoutMs: READY_WITHIN_MS,
      intervalMs: 200,
      signal,
      remedy:
        'Its values are made up here: where it needs real ones to start, sluice e2e --no-pods leaves the pods out.',
    });
  }

  async #read(name: WorkloadName, signal: AbortSignal | undefined): Promise<KubernetesObject> {
    const object = await this.#options.client.read({ apiVersion: 'apps/v1', ...name }, { signal });
    if (object === undefined) throw new Error('there is no such object');
    return object;
  }

  async #listPods(workload: KubernetesObject, signal: AbortSignal | undefined): Promise<KubernetesObject[]> {
    const { client, namespace } = this.#options;
    const labelSelector = formatSelector(workload);
    const pods = await client.list({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector, signal });
    return pods.filter(({ metadata }) => metadata['deletionTimestamp'] === undefined);
  }

  async #compare(workloads: readonly WorkloadName[] = this.#running) {
    const { cluster, client, namespace, release, signal } = this.#options;
    const all: PodsOfWorkload[] = await Promise.all(
      workloads.map(async (name) => {
        const workload = await this.#read(name, signal);
        return { workload, pods: await this.#listPods(workload, signal) };
      }),
    );
    const { kubernetesVersion } = cluster;
    return await comparePods(client, all, {
      ...{ namespace, release, kubernetesVersion, signal },
      run: runIn(cluster),
    });
  }

  #describeObstructed(obstructed: readonly { name: WorkloadName; obstacle: Obstacle }[]): string[] {
    const lines = obstructed.flatMap(({ name, obstacle: { reason, words } }) => [
      `${shorten(name)}  not waited for: ${reason}`,
      ...(words === '' ? [] : [`  ${words}`]),
    ]);
    const isImage = obstructed.some(({ obstacle }) => obstacle.reason.startsWith('image '));
    if (!isImage || this.#options.cluster.provider !== 'kind') return lines;
    return [...lines, '--load-image IMAGE takes an image of this machine into the cluster'];
  }
}

// Only a node in a container can be asked for its processes.
function runIn(cluster: StartedCluster): RunInNode | undefined {
  if (!(cluster instanceof KindCluster)) return undefined;
  return async (argv) => await cluster.docker(['exec', cluster.node, ...argv]);
}

function describeRestart(outcome: RestartOutcome): string {
  const name = shorten(outcome.workload);
  if (outcome.state === 'failed') return `${name}  failed`;
  const by = outcome.by === 'reloader' ? ' by Reloader' : '';
  return `${name}  rolled out${by} ${formatDuration(outcome.durationMs)}`;
}

function shorten({ kind, name }: WorkloadName): string {
  return `${kind} ${name}`;
}

function skipped(text: string, details: string[] = []): StepOutcome {
  return { text, skipped: true, details };
}
