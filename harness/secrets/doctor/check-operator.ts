import { formatConditions, readConditions } from '../../kube/wait-for-condition.js';
import type { KubernetesObject } from '../../manifest/manifest.js';
import { readObject, readObjects, readString } from '../../manifest/read-json.js';
import { findRefreshObstacle, readRefreshInterval } from '../refresh-policy.js';
import { citeCondition, citeEvent, formatAge, formatTime, nameChain } from './describe-evidence.js';
import type { Evidence, SecretChain } from './doctor-evidence.js';
import type { DoctorEvidence, DoctorFinding } from './doctor-report.js';

/** How long the operator may take for anything before it counts as silent. */
const SETTLES_WITHIN_MS = 15_000;

/** Links store and operator: what reads. */
export function checkOperator(evidence: Evidence): DoctorFinding[] {
  return [
    ...evidence.chains.flatMap((chain) => checkStores(evidence, chain)),
    ...evidence.chains.flatMap((chain) => checkSilence(evidence, chain)),
  ];
}

function checkStores(evidence: Evidence, chain: SecretChain): DoctorFinding[] {
  const { namespace, place } = evidence;
  return chain.stores.flatMap(({ kind, name, object }): DoctorFinding[] => {
    const subject = kind === 'SecretStore' ? `${kind} ${namespace}/${name}` : `${kind} ${name}`;
    if (object === 'absent') {
      const message = `it is not in the cluster, and ExternalSecret ${chain.name} reads from it`;
      const flag = kind === 'SecretStore' ? ` ${place}` : '';
      const remedy = `kubectl get ${kind.toLowerCase()}s${flag} lists those that are there; render one with secretStores, or name another in secretStoreRef.`;
      return [
        {
          id: 'store-missing',
          subject,
          chain: chain.name,
          message,
          remedy,
          evidence: citeChain(evidence, chain),
        },
      ];
    }
    if (object === 'forbidden') return [];
    const ready = readConditions(object).find(({ type }) => type === 'Ready');
    if (ready === undefined || ready.status === 'True') return [];
    const flag = kind === 'SecretStore' ? ` ${place}` : '';
    return [
      {
        id: 'store-failing',
        subject,
        chain: chain.name,
        message: 'it is not ready, and nothing that names it is read',
        evidence: [...citeCondition(object), ...citeEvent(evidence, `${kind} ${name}`)],
        remedy: `kubectl describe ${kind.toLowerCase()} ${name}${flag}; most often the Secret or ServiceAccount that it logs in with is missing.`,
      },
    ];
  });
}

function citeChain(evidence: Evidence, chain: SecretChain): DoctorEvidence[] {
  return [...citeCondition(chain.live), ...citeEvent(evidence, `ExternalSecret ${chain.name}`)];
}

/** The operator tells of no health: that it works is seen by what it has done. */
function checkSilence(evidence: Evidence, chain: SecretChain): DoctorFinding[] {
  const { live } = chain;
  if (live === undefined) return [];
  const silence = findSilence(live, evidence.now);
  if (silence === undefined) return [];
  const subject = nameChain(evidence, chain);
  const remedy =
    'kubectl get pods --all-namespaces --selector app.kubernetes.io/name=external-secrets tells whether it runs; ' +
    'kubectl logs of it tells why not.';
  const operators = evidence.operators.map(
    (one): DoctorEvidence => ({ from: 'operator', text: describeOperator(one) }),
  );
  return [
    {
      id: 'operator-silent',
      subject,
      chain: chain.name,
      message: `the operator does not work: ${silence}`,
      evidence: [...citeCondition(live), ...operators],
      remedy,
    },
  ];
}

function findSilence(object: KubernetesObject, now: Date): string | undefined {
  const status = readObject(object, 'status');
  const created = readTime(readString(object.metadata, 'creationTimestamp')) ?? now;
  const refreshed = readTime(readString(status, 'refreshTime'));
  const age = now.getTime() - created.getTime();
  if (readConditions(object).length === 0) {
    return age > SETTLES_WITHIN_MS
      ? `it has not looked at it for ${formatAge(age)}, since it is there`
      : undefined;
  }
  if (refreshed === undefined || !isReady(object) || findRefreshObstacle(object) !== undefined)
    return undefined;
  const changed = readChangeTime(object);
  const isBehind = !(readString(status, 'syncedResourceVersion') ?? '').startsWith(
    `${String(object.metadata['generation'] ?? '')}-`,
  );
  if (isBehind && now.getTime() - changed.getTime() > SETTLES_WITHIN_MS) {
    return `it was changed at ${formatTime(changed)}, and has been read for the last time at ${formatTime(refreshed)}`;
  }
  const interval = readRefreshInterval(object);
  const late = interval === undefined ? 0 : now.getTime() - refreshed.getTime() - interval;
  return late > SETTLES_WITHIN_MS + (interval ?? 0) * 0.1
    ? `it should have been read ${formatAge(late)} ago, and was for the last time at ${formatTime(refreshed)}`
    : undefined;
}

/** When somebody else than the operator's own status changed it for the last time. */
function readChangeTime(object: KubernetesObject): Date {
  const times = readObjects(object.metadata, 'managedFields')
    .filter(({ item }) => readString(item, 'subresource') === undefined)
    .map(({ item }) => readTime(readString(item, 'time')))
    .filter((time) => time !== undefined);
  return new Date(Math.max(0, ...times.map((time) => time.getTime())));
}

function isReady(object: KubernetesObject): boolean {
  return readConditions(object).some(({ type, status }) => type === 'Ready' && status === 'True');
}

function describeOperator(object: KubernetesObject): string {
  const { name } = object.metadata;
  const namespace = readString(object.metadata, 'namespace') ?? '';
  return `Deployment ${namespace}/${name}: ${formatConditions(object)}`;
}

/** A time as Kubernetes writes it. */
export function readTime(text: string | undefined): Date | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time);
}
