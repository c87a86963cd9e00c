import { waitUntil } from '../../../../harness/exec/wait-until.js';
import { readConditions } from '../../../../harness/kube/wait-for-condition.js';
import type { JsonObject, KubernetesObject } from '../../../../harness/manifest/manifest.js';
import { readObject, readObjects, readString } from '../../../../harness/manifest/read-json.js';
import { formatPodTrouble, listPodTroubles } from '../../../../harness/secrets/pod-state.js';
import { waitForRollout } from '../../../../harness/secrets/rollout.js';
import { RELEASE, type Scenario, test as scenarioTest } from '../../support/scenario.js';
import { SAMPLE_APP, SHELL_IMAGE } from './test-images.js';

/** What the sample application says of what its process was given. */
export interface PodReport {
  environment: Record<string, string>;
  /** By path. */
  files: Record<string, { content: string; mode: number }>;
  process: {
    user: number;
    group: number;
    /** Hexadecimal masks, and flags, as the kernel tells them. */
    capabilities: string;
    boundCapabilities: string;
    noNewPrivileges: string;
    seccomp: string;
    rootWritable: boolean;
    hasToken: boolean;
  };
}

/** As `test` of the other scenarios, with pods that run the sample application. */
export const test = scenarioTest.extend<{ pods: Pods }>({
  pods: async ({ scenario }, use) => await use(new Pods(scenario)),
});

const STARTED_WITHIN_MS = 60_000;
/** User that the sample application runs as. */
export const POD_USER = 65_532;

/** Values of the chart that run the sample application. */
export const POD_VALUES: JsonObject = {
  image: SAMPLE_APP,
  tests: { image: SHELL_IMAGE },
  replicaCount: 1,
  podSecurityContext: { runAsUser: POD_USER },
  readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 1 },
};

export interface PodInstallOptions {
  /** Deployments to wait for. Default: the release's own. */
  workloads?: string[];
  /** Default: none. */
  synced?: string[];
}

const WITHOUT_PODS: JsonObject = { workers: {}, cronJobs: {}, jobs: {}, autoscaling: { enabled: false } };

/** The pods of a scenario. */
export class Pods {
  constructor(readonly scenario: Scenario) {}

  /**
   * Installs the chart with the sample application, and waits until its Deployments have all their pods.
   *
   * `synced` are the ExternalSecrets that are waited for before there are any pods: a pod that has to wait for its Secret
   * is looked at again after a quarter of a minute only.
   */
  async install(
    values: JsonObject,
    { workloads = [RELEASE], synced = [] }: PodInstallOptions = {},
  ): Promise<void> {
    const { scenario } = this;
    const all = { ...POD_VALUES, ...values };
    if (synced.length > 0) {
      await scenario.install({ ...all, replicaCount: 0, ...WITHOUT_PODS });
      await Promise.all(synced.map(async (key) => await scenario.synced(key)));
    }
    await scenario.install(all);
    await Promise.all(workloads.map(async (name) => await this.rolledOut(name)));
  }

  /** Waits until a Deployment has all its pods of its present template. */
  async rolledOut(name = RELEASE): Promise<void> {
    const { client, namespace, cluster } = this.scenario;
    const options = { timeoutMs: STARTED_WITHIN_MS, signal: cluster.signal };
    await this.scenario.step(`${name} rolled out`, async () => {
      await waitForRollout(client, { kind: 'Deployment', namespace, name }, options);
    });
  }

  /** The pods with a label, those left out that are on their way out. Default: those of the release's own workload. */
  async list(labelSelector = 'app.kubernetes.io/component=main'): Promise<KubernetesObject[]> {
    const { client, namespace } = this.scenario;
    const pods = await client.list({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector });
    return pods.filter(({ metadata }) => metadata['deletionTimestamp'] === undefined);
  }

  /** The only pod with a label. Waits until it is the only one: what makes pods makes them a moment later. */
  async one(labelSelector?: string): Promise<KubernetesObject> {
    const options = {
      what: `one pod of ${labelSelector ?? RELEASE}`,
      timeoutMs: STARTED_WITHIN_MS,
      signal: this.scenario.cluster.signal,
    };
    return await waitUntil(async () => {
      const pods = await this.list(labelSelector);
      const [pod] = pods;
      if (pod === undefined || pods.length > 1) throw new Error(`${pods.length} pods, not one`);
      return pod;
    }, options);
  }

  /**
   * Waits until the second is over in which the last container of a pod was started. Times are told to the second: of
   * what is written in the same one it is not known which came first.
   */
  async secondOver({ metadata, ...pod }: KubernetesObject): Promise<void> {
    const containers = readObjects(readObject(pod, 'status'), 'containerStatuses');
    const started = containers.map(({ item }) =>
      Date.parse(readString(readObject(readObject(item, 'state'), 'running'), 'startedAt') ?? ''),
    );
    const what = `pod ${metadata.name}: a second after its start`;
    await waitUntil(
      async () => {
        if (!(Date.now() >= Math.max(...started) + 1000)) throw new Error('the same second');
      },
      { what, timeoutMs: 5000, signal: this.scenario.cluster.signal },
    );
  }

  /**
   * Removes the only pod of the release's own workload, and waits until its successor is ready. The Deployment's status
   * tells of the pod for a while after it is gone.
   */
  async replace(): Promise<void> {
    const { client, namespace, cluster } = this.scenario;
    const { name } = (await this.one()).metadata;
    await client.remove({ apiVersion: 'v1', kind: 'Pod', name, namespace });
    const options = {
      what: `a successor of pod ${name}: ready`,
      timeoutMs: STARTED_WITHIN_MS,
      signal: cluster.signal,
    };
    await waitUntil(async () => {
      const pods = await this.list();
      if (!pods.some((pod) => pod.metadata.name !== name && isReady(pod)))
        throw new Error(pods.map(({ metadata }) => metadata.name).join(', ') || 'no pods');
    }, options);
  }

  /** Waits until the API server refuses the pods of a Deployment, and gives why. */
  async refused(name = RELEASE): Promise<string> {
    const { client, namespace, cluster } = this.scenario;
    const options = { what: `pods of ${name} refused`, timeoutMs: 20_000, signal: cluster.signal };
    return await waitUntil(async () => {
      const deployment = await client.read({ apiVersion: 'apps/v1', kind: 'Deployment', name, namespace });
      const conditions = deployment === undefined ? [] : readConditions(deployment);
      const failure = conditions.find(({ type }) => type === 'ReplicaFailure');
      if (failure === undefined) throw new Error(conditions.map(({ message }) => message).join('; '));
      return failure.message;
    }, options);
  }

  /** What a container's process said when it was started. Waits until it has. */
  async report(pod: string, container = 'app'): Promise<PodReport> {
    const { client, namespace, cluster } = this.scenario;
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log?container=${container}`;
    return await waitUntil(
      async (signal) => {
        const text = await client.send({ method: 'GET', path, signal });
        const [line = ''] = text.split('\n');
        return JSON.parse(line) as PodReport;
      },
      {
        what: `pod ${pod} › ${container}: has said what it got`,
        timeoutMs: STARTED_WITHIN_MS,
        signal: cluster.signal,
      },
    );
  }

  /** Asks the sample application in a pod. */
  async ask(pod: string, path: string, port = 8080): Promise<string> {
    const { client, namespace } = this.scenario;
    return await client.send({
      method: 'GET',
      path: `/api/v1/namespaces/${namespace}/pods/${pod}:${port}/proxy${path}`,
    });
  }

  /** Waits until a pod cannot start, and gives why: `CreateContainerConfigError: …`. */
  async stuck(reason: RegExp, labelSelector?: string): Promise<string> {
    const options = {
      what: `a pod that waits: ${reason}`,
      timeoutMs: STARTED_WITHIN_MS,
      signal: this.scenario.cluster.signal,
    };
    return await waitUntil(async () => {
      const lines = (await this.list(labelSelector)).flatMap(listPodTroubles).map(formatPodTrouble);
      const found = lines.find((line) => reason.test(line));
      if (found === undefined) throw new Error(lines.join('; ') || 'no trouble');
      return found;
    }, options);
  }
}

/** True where a pod takes requests. */
export function isReady(pod: KubernetesObject): boolean {
  return readConditions(pod).some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** How often a pod's containers were started again. */
export function countRestarts(pod: KubernetesObject): number {
  const statuses = readObjects(readObject(pod, 'status'), 'containerStatuses');
  return statuses.reduce((sum, { item }) => sum + Number(item['restartCount'] ?? 0), 0);
}

/** `Pending`, `Running`, `Succeeded`, `Failed`. */
export function readPhase(pod: KubernetesObject): string | undefined {
  return readString(readObject(pod, 'status'), 'phase');
}
