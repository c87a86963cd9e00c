import { SluiceError } from '../errors.js';
import type { KubeClient } from '../kube/kube-client.js';
import type { ContainerEnvironment } from '../manifest/container-environment.js';
import type { KubernetesObject } from '../manifest/manifest.js';
import { readName, readObject, readObjects } from '../manifest/read-json.js';
import { listOldContainers, readDataTime } from '../secrets/doctor/check-pods.js';
import { readLiveEnvironment } from '../secrets/live-environment.js';
import { listReadSecrets } from '../secrets/secret-readers.js';
import { count } from './life-report.js';
import { listUnlike, type RunInNode, readProcesses, readStartedWith } from './read-processes.js';

/** A workload with the pods that it has now. */
export interface PodsOfWorkload {
  workload: KubernetesObject;
  pods: readonly KubernetesObject[];
}

export interface ComparePodsOptions {
  namespace: string;
  release: string;
  kubernetesVersion: string;
  /** Undefined where no node can be asked for its processes. */
  run: RunInNode | undefined;
  signal: AbortSignal | undefined;
}

/** What pods were found to hold. */
export interface ComparedPods {
  pods: number;
  /** How it was seen, and how much. */
  processes: string;
}

/**
 * Compares what the processes of pods hold with what the objects in the cluster foretell: their environments as the
 * kernel has them where a node can be asked, else when they were started.
 *
 * @throws SluiceError `E2E_PROCESS` with pods, containers and names of variables, no value.
 */
export async function comparePods(
  client: KubeClient,
  workloads: readonly PodsOfWorkload[],
  options: ComparePodsOptions,
): Promise<ComparedPods> {
  const pods = workloads.reduce((sum, one) => sum + one.pods.length, 0);
  const { run } = options;
  const processes =
    run === undefined
      ? await compareTimes(client, workloads, options)
      : await compareProcesses(client, workloads, { ...options, run });
  return { pods, processes };
}

interface RunningContainer {
  workload: KubernetesObject;
  pod: string;
  name: string;
  /** containerd's. */
  id: string;
}

async function compareProcesses(
  client: KubeClient,
  workloads: readonly PodsOfWorkload[],
  { namespace, release, kubernetesVersion, run, signal }: ComparePodsOptions & { run: RunInNode },
): Promise<string> {
  const selector = `app.kubernetes.io/instance=${release}`;
  const told = await readLiveEnvironment(client, { namespace, selector, kubernetesVersion, signal });
  const running = workloads.flatMap(({ workload, pods }) =>
    pods.flatMap((pod) => listRunning(workload, pod)),
  );
  const actual = await readProcesses(
    run,
    running.map(({ id }) => id),
  );
  const unlike: string[] = [];
  let variables = 0;
  for (const container of running) {
    const own = told.find((one) => isOf(one, container));
    const environment = actual.get(container.id);
    if (own === undefined || environment === undefined) {
      unlike.push(`pod ${container.pod} › ${container.name}: its process has ended`);
      continue;
    }
    variables += own.variables.filter(({ value }) => value.state !== 'absent').length;
    const first = listUnlike(environment, own);
    const left = first.length === 0 ? first : listUnlike(await readStartedWith(run, container.id), own);
    unlike.push(...left.map((text) => `pod ${container.pod} › ${container.name}: ${text}`));
  }
  requireNone(unlike);
  const verb = running.length === 1 ? 'holds its' : 'hold their';
  return `${count(running.length, 'process', 'es')} ${verb} ${count(variables, 'variable')} as foretold`;
}

async function compareTimes(
  client: KubeClient,
  workloads: readonly PodsOfWorkload[],
  { namespace, signal }: ComparePodsOptions,
): Promise<string> {
  const names = new Set(workloads.flatMap(({ workload }) => listReadSecrets(workload)));
  const old: string[] = [];
  for (const name of names) {
    const secret = await client.read({ apiVersion: 'v1', kind: 'Secret', name, namespace }, { signal });
    const written = secret === undefined ? undefined : readDataTime(secret);
    if (written === undefined) continue;
    for (const { pods } of workloads) {
      for (const pod of pods)
        old.push(...listOldContainers(pod, name, written).map((text) => `${text}, before Secret ${name}`));
    }
  }
  requireNone(old);
  return `all started after the ${count(names.size, 'Secret')} that they read had been written`;
}

function listRunning(workload: KubernetesObject, pod: KubernetesObject): RunningContainer[] {
  const status = readObject(pod, 'status');
  // Among the first are sidecars, which run on.
  const statuses = [
    ...readObjects(status, 'initContainerStatuses'),
    ...readObjects(status, 'containerStatuses'),
  ];
  return statuses.flatMap(({ item }) => {
    const name = readName(item, 'name');
    const id = readName(item, 'containerID')?.replace(/^\w+:\/\//u, '');
    if (name === undefined || id === undefined) return [];
    if (readObject(readObject(item, 'state'), 'running') === undefined) return [];
    return [{ workload, pod: pod.metadata.name, name, id }];
  });
}

function isOf({ workload, container }: ContainerEnvironment, running: RunningContainer): boolean {
  const { kind, metadata } = workload.manifest.object;
  return (
    container === running.name &&
    kind === running.workload.kind &&
    metadata.name === running.workload.metadata.name
  );
}

function requireNone(unlike: readonly string[]): void {
  if (unlike.length === 0) return;
  throw new SluiceError({
    code: 'E2E_PROCESS',
    message: 'processes do not hold what the release foretells',
    evidence: unlike.join('\n'),
    remedy: 'sluice doctor tells which link is broken.',
  });
}
