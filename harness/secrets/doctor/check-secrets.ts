import { readConditions } from '../../kube/wait-for-condition.js';
import { revealValue } from '../../manifest/env-value.js';
import { readCreationPolicy } from '../../manifest/external-secret-content.js';
import type { KubernetesObject } from '../../manifest/manifest.js';
import { readObject, readObjects, readString, readStringMap } from '../../manifest/read-json.js';
import { findRefreshObstacle, readRefreshInterval } from '../refresh-policy.js';
import { digestSecret, digestValue } from '../secret-data.js';
import { readTime } from './check-operator.js';
import {
  citeCondition,
  citeEvent,
  citeStored,
  formatAge,
  formatTime,
  isThere,
  nameChain,
  nameSecret,
} from './describe-evidence.js';
import type { Evidence, SecretChain } from './doctor-evidence.js';
import type { DoctorEvidence, DoctorFinding } from './doctor-report.js';

const MANAGED_LABEL = 'reconcile.external-secrets.io/managed';

/** Links ExternalSecret and Secret: what the operator says, and what it has written. Its word is not taken for it. */
export function checkSecrets(evidence: Evidence): DoctorFinding[] {
  return [
    ...evidence.chains.flatMap((chain) => [
      ...checkExternalSecret(evidence, chain),
      ...checkAdoption(evidence, chain),
      ...checkContent(evidence, chain),
    ]),
    ...checkWriters(evidence),
  ];
}

function checkExternalSecret(evidence: Evidence, chain: SecretChain): DoctorFinding[] {
  const subject = nameChain(evidence, chain);
  const about = { subject, chain: chain.name };
  const { live } = chain;
  if (live === undefined) {
    const message = 'it is rendered, and not in the cluster';
    const remedy = `helm upgrade --install of the release makes it; kubectl get externalsecrets ${evidence.place} lists those that are there.`;
    return [{ ...about, id: 'external-secret-missing', message, evidence: [], remedy }];
  }
  const ready = readConditions(live).find(({ type }) => type === 'Ready');
  if (ready === undefined || ready.status === 'True') return [];
  const events = citeEvent(evidence, `ExternalSecret ${chain.name}`);
  const cause = explainEvent(events[0]?.text ?? '');
  return [
    {
      ...about,
      id: 'external-secret-failing',
      message: cause?.message ?? 'the operator cannot sync it',
      evidence: [...citeCondition(live), ...events, ...chain.readings.flatMap(citeStored)],
      remedy: cause?.remedy ?? `kubectl describe externalsecret ${chain.name} ${evidence.place}`,
    },
  ];
}

const CAUSES: readonly { words: RegExp; message: string; remedy: string }[] = [
  {
    words: /AccessDenied|not authorized|UnrecognizedClient|InvalidClientToken|ExpiredToken/u,
    message: 'the operator may not read the parameter',
    remedy: 'sluice iam policy prints what its role needs; the event names who was refused.',
  },
  {
    words: /Throttl|Rate exceeded|TooManyRequests/u,
    message: 'the store lets the operator wait: too many requests',
    remedy: 'Refresh less often, or read whole JSON objects instead of single keys: see refresh-cost.',
  },
  {
    words: /owned by another|already exists and is not owned|is owned/u,
    message: 'its Secret belongs to somebody else',
    remedy: 'Give target.name another name, or take the other owner away.',
  },
];

function explainEvent(text: string): { message: string; remedy: string } | undefined {
  return CAUSES.find(({ words }) => words.test(text));
}

/** A Secret that nobody owns is taken over without a word, and the keys it had are lost. */
function checkAdoption(evidence: Evidence, chain: SecretChain): DoctorFinding[] {
  const { secret, manifest, expected } = chain;
  const policy = readCreationPolicy(manifest);
  if (!isThere(secret) || policy === 'Merge' || policy === 'None') return [];
  if (readStringMap(secret.metadata, 'labels')[MANAGED_LABEL] === 'true') return [];
  const owners = readObjects(secret.metadata, 'ownerReferences').map(
    ({ item }) => `${readString(item, 'kind') ?? ''} ${readString(item, 'name') ?? ''}`,
  );
  const keys = [...digestSecret(secret).keys()];
  const lost = expected.open.length > 0 ? keys : keys.filter((key) => !expected.entries.has(key));
  const evident: DoctorEvidence[] = [
    { from: 'Secret', text: `keys ${keys.join(', ') || 'none'}; owner ${owners.join(', ') || 'nobody'}` },
  ];
  const message = `it is there already and is not the operator's: ExternalSecret ${chain.name} will write over it${lost.length === 0 ? '' : `, and ${lost.join(', ')} will be lost`}`;
  const remedy = `Give the ExternalSecret another target.name, or creationPolicy: Merge to add its keys. kubectl get secret ${chain.target} ${evidence.place} -o yaml keeps a copy.`;
  return [
    {
      id: 'secret-adopted',
      subject: nameSecret(evidence, chain),
      chain: chain.name,
      message,
      evidence: evident,
      remedy,
    },
  ];
}

function checkContent(evidence: Evidence, chain: SecretChain): DoctorFinding[] {
  const { live, secret, target } = chain;
  if (live === undefined || target === undefined || secret === 'forbidden') return [];
  const subject = nameSecret(evidence, chain);
  const about = { subject, chain: chain.name };
  const cited = [...citeCondition(live), ...citeEvent(evidence, `ExternalSecret ${chain.name}`)];
  if (!isThere(secret)) {
    const message = isReady(live)
      ? 'it is not there, though the operator reports success'
      : 'it is not there';
    const remedy = `kubectl describe externalsecret ${chain.name} ${evidence.place}`;
    return [{ ...about, id: 'secret-missing', message, evidence: cited, remedy }];
  }
  const difference = compareContent(chain, secret);
  if (difference.missing.length > 0 && difference.isDeliberate) {
    const message = `it lacks ${difference.missing.join(', ')}, though the operator reports success: deletionPolicy Delete leaves out what is not in the store`;
    const remedy = 'Put it into the store (sluice secrets set), or take deletionPolicy: Retain.';
    return [{ ...about, id: 'secret-partial', message, evidence: cited, remedy }];
  }
  const parts = describeDifference(difference);
  return parts === '' ? [] : [describeStale(evidence, chain, parts)];
}

/** In what a Secret is other than it should be. */
export interface Difference {
  changed: readonly string[];
  missing: readonly string[];
  extra: readonly string[];
  /** True where the operator leaves out what is missing, by its policy. */
  isDeliberate: boolean;
}

/** By hash, key for key: what the Secret holds and what it should hold. Keys whose values nobody can tell are passed over. */
export function compareContent(chain: SecretChain, secret: KubernetesObject): Difference {
  const { expected, manifest } = chain;
  const actual = digestSecret(secret);
  const gone = listUnread(chain);
  const should = [...expected.entries.values()];
  const known = should.flatMap(({ key, value }) => {
    const text = revealValue(value);
    return text === undefined ? [] : [[key, digestValue(text)] as const];
  });
  const missing = should.filter(
    ({ key, value }) => !actual.has(key) && (value.state !== 'unknown' || gone.has(key)),
  );
  const target = readObject(readObject(manifest.object, 'spec'), 'target');
  const isWhole = expected.open.length === 0 && readCreationPolicy(manifest) !== 'Merge';
  return {
    changed: known
      .filter(([key, digest]) => actual.has(key) && actual.get(key) !== digest)
      .map(([key]) => key),
    missing: missing.map(({ key }) => key),
    extra: isWhole ? [...actual.keys()].filter((key) => !expected.entries.has(key)) : [],
    isDeliberate:
      readString(target, 'deletionPolicy') === 'Delete' && missing.every(({ key }) => gone.has(key)),
  };
}

/** Keys whose parameters are not in the store. */
function listUnread({ readings, name }: SecretChain): ReadonlySet<string> {
  const gone = readings.filter(({ answer }) => answer.state === 'missing');
  const uses = gone.flatMap(({ parameter }) => parameter.uses);
  return new Set(uses.filter(({ externalSecret }) => externalSecret === name).flatMap(({ keys }) => keys));
}

/** The same for people; empty where there is none. */
export function describeDifference({ changed, missing, extra }: Difference): string {
  return [
    ...(changed.length === 0 ? [] : [`another value in ${changed.join(', ')}`]),
    ...(missing.length === 0 ? [] : [`no ${missing.join(', ')}`]),
    ...(extra.length === 0 ? [] : [`${extra.join(', ')} besides`]),
  ].join('; ');
}

function describeStale(evidence: Evidence, chain: SecretChain, parts: string): DoctorFinding {
  const { live, manifest, name } = chain;
  const object = live ?? manifest.object;
  const refreshed = readTime(readString(readObject(object, 'status'), 'refreshTime'));
  const cited = [
    {
      from: 'Secret',
      text: `${nameSecret(evidence, chain)}: ${parts}${refreshed === undefined ? '' : `; read for the last time at ${formatTime(refreshed)}`}`,
    },
    ...chain.readings.flatMap(citeStored),
    ...citeCondition(live),
  ];
  const about = { chain: name, evidence: cited };
  const obstacle = findRefreshObstacle(object);
  if (obstacle !== undefined) {
    const message = `the store holds something else by now, and it will not be read: ${obstacle.reason}`;
    return {
      ...about,
      id: 'external-secret-frozen',
      subject: nameChain(evidence, chain),
      message,
      remedy: obstacle.remedy,
    };
  }
  const interval = readRefreshInterval(object);
  const due = interval === undefined || refreshed === undefined ? undefined : refreshed.getTime() + interval;
  const isAwaited = due !== undefined && due > evidence.now.getTime() && isNewer(chain, refreshed);
  const when =
    due !== undefined && isAwaited
      ? `; it will be read in ${formatAge(due - evidence.now.getTime())}`
      : ', though the operator reports success';
  return {
    ...about,
    id: 'secret-different',
    subject: nameSecret(evidence, chain),
    message: `it holds something else than the store${isReady(object) ? when : ''}`,
    ...(isAwaited ? { severity: 'warning' as const } : {}),
    remedy: `sluice refresh ${name} ${evidence.place} --restart`,
  };
}

/** True where a parameter was written after the operator has read: the difference is only a matter of time. */
function isNewer({ readings }: SecretChain, refreshed: Date | undefined): boolean {
  return readings.some(
    ({ answer }) =>
      answer.state === 'found' &&
      answer.stored.modifiedAt !== undefined &&
      refreshed !== undefined &&
      // The operator tells the time to the second.
      answer.stored.modifiedAt.getTime() >= refreshed.getTime() - 1000,
  );
}

function isReady(object: KubernetesObject): boolean {
  return readConditions(object).some(({ type, status }) => type === 'Ready' && status === 'True');
}

function checkWriters(evidence: Evidence): DoctorFinding[] {
  const owners = evidence.chains.filter(
    ({ manifest, target }) => target !== undefined && readCreationPolicy(manifest) !== 'Merge',
  );
  return owners.flatMap((chain, position) => {
    const first = owners.findIndex(({ target }) => target === chain.target);
    if (first === position) return [];
    const names = owners.filter(({ target }) => target === chain.target).map(({ name }) => name);
    const message = `ExternalSecrets ${names.join(' and ')} all write it, and each takes away what the others wrote`;
    const remedy = 'Give each a target.name of its own, or creationPolicy: Merge to all but one.';
    const cited = owners
      .filter(({ target }) => target === chain.target)
      .flatMap(({ live, name }) => [
        ...citeCondition(live),
        ...citeEvent(evidence, `ExternalSecret ${name}`),
      ]);
    return [
      {
        id: 'secret-two-writers',
        subject: nameSecret(evidence, chain),
        chain: chain.name,
        message,
        evidence: cited,
        remedy,
      },
    ];
  });
}
