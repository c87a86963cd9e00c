import { formatConditions, readConditions } from '../../kube/wait-for-condition.js';
import type { KubernetesObject } from '../../manifest/manifest.js';
import { readObject, readObjects, readString } from '../../manifest/read-json.js';
import { formatPodTrouble, listPodTroubles } from '../pod-state.js';
import { digestSecret } from '../secret-data.js';
import { listReadSecrets } from '../secret-readers.js';
import { readTime } from './check-operator.js';
import { formatTime, isThere, nameSecret } from './describe-evidence.js';
import type { Evidence, NeededObject } from './doctor-evidence.js';
import type { DoctorFinding } from './doctor-report.js';

/** Links references, pods and process: what asks for the Secrets, and what holds them. */
export function checkPods(evidence: Evidence): DoctorFinding[] {
  return [
    ...evidence.needed.flatMap((needed) => checkNeeded(evidence, needed)),
    ...checkUnused(evidence),
    ...checkWorkloads(evidence),
    ...checkStarted(evidence),
    ...checkProcesses(evidence),
  ];
}

/** The ExternalSecret that writes a Secret. */
function chainOf({ chains }: Evidence, kind: string, name: string): string | undefined {
  return kind === 'Secret' ? chains.find(({ target }) => target === name)?.name : undefined;
}

function checkNeeded(evidence: Evidence, { kind, name, object, needs }: NeededObject): DoctorFinding[] {
  const subject = `${kind} ${evidence.namespace}/${name}`;
  const about = { id: 'reference-missing' as const, subject, chain: chainOf(evidence, kind, name) };
  const firm = needs.filter(({ optional }) => !optional);
  if (object === 'forbidden' || firm.length === 0) return [];
  const askers = [...new Set(firm.map(({ workload }) => workload))].join(', ');
  if (object === 'absent') {
    const message = `it is not there, and the pods of ${askers} do not start without it`;
    const remedy = `kubectl get ${kind.toLowerCase()}s ${evidence.place} lists those that are there.`;
    return [{ ...about, message, evidence: [], remedy }];
  }
  const keys = [
    ...Object.keys(readObject(object, 'data') ?? {}),
    ...Object.keys(readObject(object, 'binaryData') ?? {}),
  ];
  const missing = firm.filter(({ key }) => key !== undefined && !keys.includes(key));
  return [...new Set(missing.map(({ key }) => key))].map((key) => {
    const workloads = [...new Set(missing.filter((one) => one.key === key).map(({ workload }) => workload))];
    return {
      ...about,
      message: `it has no key ${key}, and the pods of ${workloads.join(', ')} do not start without it`,
      evidence: [{ from: kind, text: `keys ${keys.join(', ') || 'none'}` }],
      remedy: `Correct the name of the key in the values (sluice env shows where it is asked for), or add ${key} to the ${kind}.`,
    };
  });
}

function checkUnused(evidence: Evidence): DoctorFinding[] {
  const { chains, needed, workloads, environments } = evidence;
  if (workloads.length === 0) {
    evidence.skipped.set('secret-unused', 'no workload is there');
    return [];
  }
  const used = new Set(needed.filter(({ kind }) => kind === 'Secret').map(({ name }) => name));
  for (const { workload } of environments)
    for (const name of listReadSecrets(workload.manifest.object)) used.add(name);
  return chains
    .filter(({ target, live }) => target !== undefined && live !== undefined && !used.has(target))
    .map((chain) => ({
      id: 'secret-unused' as const,
      subject: nameSecret(evidence, chain),
      chain: chain.name,
      message: 'no workload reads it: it has no secretRef in envFrom, no secretKeyRef, no volume',
      evidence: [],
      remedy: `Set externalSecrets.<name>.envFrom: true in the values, or remove ExternalSecret ${chain.name}.`,
    }));
}

/** A workload whose pods cannot even be made. */
function checkWorkloads({ workloads, namespace, place }: Evidence): DoctorFinding[] {
  return workloads.flatMap((object) => {
    const failed = readConditions(object).some(
      ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
    );
    if (!failed) return [];
    const { name } = object.metadata;
    return [
      {
        id: 'pod-failing' as const,
        subject: `${object.kind} ${namespace}/${name}`,
        message: 'its pods cannot be made',
        evidence: [{ from: 'condition', text: formatConditions(object) }],
        remedy: `kubectl describe ${object.kind.toLowerCase()} ${name} ${place}`,
      },
    ];
  });
}

function checkStarted({ pods, namespace, place }: Evidence): DoctorFinding[] {
  return pods.flatMap((pod) => {
    const troubles = listPodTroubles(pod);
    if (troubles.length === 0) return [];
    const { name } = pod.metadata;
    return [
      {
        id: 'pod-failing' as const,
        subject: `Pod ${namespace}/${name}`,
        message: `it does not run: ${[...new Set(troubles.map(({ reason }) => reason))].join(', ')}`,
        evidence: troubles.map((trouble) => ({ from: 'pod', text: formatPodTrouble(trouble) })),
        remedy: `kubectl describe pod ${name} ${place}; kubectl logs ${name} ${place} --all-containers --previous`,
      },
    ];
  });
}

/** A process keeps the environment that it was started with: what has changed since, it does not know. */
function checkProcesses(evidence: Evidence): DoctorFinding[] {
  return evidence.chains.flatMap((chain) => {
    const { secret, target } = chain;
    const changed = isThere(secret) ? readDataTime(secret) : undefined;
    if (!isThere(secret) || target === undefined || changed === undefined) return [];
    const old = evidence.pods.flatMap((pod) => listOldContainers(pod, target, changed));
    if (old.length === 0) return [];
    return [
      {
        id: 'process-outdated' as const,
        subject: nameSecret(evidence, chain),
        chain: chain.name,
        message: `${old.length} running ${old.length === 1 ? 'container was' : 'containers were'} started before it was written: the environment is what was there before`,
        evidence: [
          {
            from: 'Secret',
            text: `written ${formatTime(changed)}, keys ${[...digestSecret(secret).keys()].join(', ')}`,
          },
          ...old.map((text) => ({ from: 'pod', text })),
        ],
        remedy: `sluice refresh ${chain.name} ${evidence.place} --restart`,
      },
    ];
  });
}

/** When a Secret's data was written for the last time, by what the API server notes of it. */
export function readDataTime(secret: KubernetesObject): Date | undefined {
  const times = readObjects(secret.metadata, 'managedFields')
    .filter(({ item }) => readObject(readObject(item, 'fieldsV1'), 'f:data') !== undefined)
    .map(({ item }) => readTime(readString(item, 'time')))
    .filter((time) => time !== undefined);
  return times.length === 0 ? undefined : new Date(Math.max(...times.map((time) => time.getTime())));
}

/** The running containers of a pod whose environment is older than a Secret that it is from. */
export function listOldContainers(pod: KubernetesObject, secret: string, changed: Date): string[] {
  const containers = readObjects(readObject(pod, 'spec'), 'containers').filter(({ item }) =>
    readsEnvironmentFrom(item, secret),
  );
  const names = new Set(containers.map(({ item }) => readString(item, 'name')));
  return readObjects(readObject(pod, 'status'), 'containerStatuses').flatMap(({ item }) => {
    const started = readTime(readString(readObject(readObject(item, 'state'), 'running'), 'startedAt'));
    const name = readString(item, 'name');
    if (started === undefined || !names.has(name) || started.getTime() >= changed.getTime()) return [];
    return [`pod ${pod.metadata.name} › ${name}: started ${formatTime(started)}`];
  });
}

function readsEnvironmentFrom(container: KubernetesObject[string], secret: string): boolean {
  const item = container as KubernetesObject;
  const whole = readObjects(item, 'envFrom').map((one) => readObject(one.item, 'secretRef'));
  const single = readObjects(item, 'env').map((one) =>
    readObject(readObject(one.item, 'valueFrom'), 'secretKeyRef'),
  );
  return [...whole, ...single].some((reference) => readString(reference, 'name') === secret);
}
