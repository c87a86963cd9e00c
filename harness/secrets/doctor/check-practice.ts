import { revealValue } from '../../manifest/env-value.js';
import { SecretValue } from '../../manifest/secret-value.js';
import { judgeName } from '../../validate/plain-secrets/secret-names.js';
import { checkContract, type GivenVariable } from '../contract/check-contract.js';
import { readRefreshInterval } from '../refresh-policy.js';
import { digestValue } from '../secret-data.js';
import { findWeakness } from '../weak-value.js';
import { formatTime, nameChain } from './describe-evidence.js';
import { DOCTOR_CHECKS, type DoctorCheckId } from './doctor-checks.js';
import type { Evidence, SecretChain } from './doctor-evidence.js';
import type { DoctorFinding } from './doctor-report.js';

/** Requests a second that SSM allows an account by default, for all that reads parameters. */
const REQUESTS_A_SECOND = 40;
const WARN_SHARE = 0.25;

/** What is beside the chain: contract, strength, isolation, age, cost. */
export function checkPractice(evidence: Evidence): DoctorFinding[] {
  return [
    ...checkAgreement(evidence),
    ...evidence.chains.flatMap((chain) => checkStrength(evidence, chain)),
    ...evidence.chains.flatMap((chain) => checkIsolation(evidence, chain)),
    ...checkAge(evidence),
    ...checkCost(evidence),
  ];
}

/** A key of a Secret with the value that the store has for it. */
export interface StoredKey {
  key: string;
  value: SecretValue;
}

/** The secrets of a chain, by name as the contract or the usual words say it: not every key of a Secret is one. */
export function listSecretKeys(
  { expected }: SecretChain,
  { contract }: Pick<Evidence, 'contract'>,
): StoredKey[] {
  return [...expected.entries.values()].flatMap(({ key, value }) => {
    const text = revealValue(value);
    const entry = contract?.entries.find(({ name }) => name === key);
    const isSecret = entry === undefined ? looksSecret(key, text ?? '') : entry.secret;
    return text === undefined || !isSecret ? [] : [{ key, value: new SecretValue(text) }];
  });
}

function looksSecret(key: string, text: string): boolean {
  if (judgeName(key) !== undefined) return true;
  return /^[a-z][a-z0-9+.-]*:\/\/[^/@\s]*:[^/@\s]+@/iu.test(text);
}

function checkAgreement(evidence: Evidence): DoctorFinding[] {
  const { contract, environments, namespace } = evidence;
  if (contract === undefined) {
    skipAll(evidence, 'contract-', 'there is no contract; --contract names one');
    return [];
  }
  if (environments.length === 0) {
    skipAll(evidence, 'contract-', 'no workload is there');
    return [];
  }
  return environments
    .filter(({ role }) => role === 'container')
    .flatMap(({ workload, container, variables, openEnded }) => {
      const { kind, metadata } = workload.manifest.object;
      const given = variables.map(({ name, value, secret }): GivenVariable => {
        const text = revealValue(value);
        return { name, value: text === undefined ? undefined : new SecretValue(text), exposed: !secret };
      });
      const secrets = new Set(variables.filter(({ secret }) => secret).map(({ name }) => name));
      const options = { workload: `${kind}/${metadata.name}`, mayHoldMore: openEnded.length > 0 };
      return checkContract(contract, given, options)
        .filter(({ rule, name }) => rule !== 'contract-unknown' || secrets.has(name))
        .flatMap(({ rule, severity, message, remedy, contractLine }) => {
          const check = DOCTOR_CHECKS.find(({ id }) => id === rule);
          if (check === undefined) return [];
          const subject = `${kind} ${namespace}/${metadata.name} › ${container}`;
          const place = contractLine === undefined ? contract.path : `${contract.path}:${contractLine}`;
          return [
            {
              id: check.id,
              subject,
              severity,
              message,
              remedy,
              evidence: [{ from: 'contract', text: place }],
            },
          ];
        });
    });
}

function checkStrength(evidence: Evidence, chain: SecretChain): DoctorFinding[] {
  return listSecretKeys(chain, evidence).flatMap(({ key, value }) => {
    const weakness = findWeakness(value.reveal());
    if (weakness === undefined) return [];
    return [
      {
        id: 'value-weak' as const,
        subject: nameChain(evidence, chain),
        chain: chain.name,
        message: `${key} is weak: ${weakness}`,
        evidence: [],
        remedy: `sluice rotate ${key} makes a new one where the contract says how; sluice secrets set ${key} asks for one.`,
      },
    ];
  });
}

function checkIsolation(evidence: Evidence, chain: SecretChain): DoctorFinding[] {
  const { foreign } = evidence;
  const byDigest = new Map(foreign.map((one) => [digestValue(one.value.reveal()), one]));
  return listSecretKeys(chain, evidence).flatMap(({ key, value }) => {
    const same = value.length === 0 ? undefined : byDigest.get(digestValue(value.reveal()));
    if (same === undefined) return [];
    return [
      {
        id: 'value-shared' as const,
        subject: nameChain(evidence, chain),
        chain: chain.name,
        message: `${key} is the same secret as in ${same.environment}`,
        evidence: [{ from: 'store', text: `${same.place} holds the same value` }],
        remedy: `sluice rotate ${key}, here or there: whoever has one environment must not have the other.`,
      },
    ];
  });
}

function checkAge(evidence: Evidence): DoctorFinding[] {
  return evidence.overdue.map(({ variable, rotateEvery, parameter, since, chain }) => ({
    id: 'rotation-overdue' as const,
    subject: `parameter ${parameter}`,
    chain,
    message: `${variable} is to be rotated every ${rotateEvery}, and is as it was at ${formatTime(since)}`,
    evidence: [{ from: 'contract', text: `${evidence.contract?.path}: rotateEvery ${rotateEvery}` }],
    remedy: `sluice rotate ${variable} ${evidence.place}`,
  }));
}

function checkCost({ chains, namespace }: Evidence): DoctorFinding[] {
  const rates = chains.flatMap(({ live, readings }) => {
    const interval = live === undefined ? undefined : readRefreshInterval(live);
    if (live === undefined || interval === undefined) return [];
    const calls = readings
      .filter(({ parameter }) => parameter.service === 'ParameterStore')
      .reduce((sum, { parameter }) => sum + countCalls(parameter.uses, live.metadata.name), 0);
    return [calls / (interval / 1000)];
  });
  const rate = rates.reduce((sum, one) => sum + one, 0);
  const share = rate / REQUESTS_A_SECOND;
  if (share <= WARN_SHARE) return [];
  return [
    {
      id: 'refresh-cost',
      subject: `namespace ${namespace}`,
      message: `refreshing takes ${Math.round(share * 100)} % of the requests that SSM allows the whole account`,
      evidence: [
        {
          from: 'ExternalSecrets',
          text: `${chains.length}, ${Number(rate.toPrecision(2))} requests a second of ${REQUESTS_A_SECOND}`,
        },
      ],
      remedy:
        'Refresh less often (refreshInterval), put single keys into one JSON parameter, or raise the throughput of the account.',
    },
  ];
}

// The operator asks once for every entry of data, and once for every extract.
function countCalls(uses: readonly { externalSecret: string }[], name: string): number {
  return uses.filter(({ externalSecret }) => externalSecret === name).length;
}

function skipAll({ skipped }: Evidence, prefix: string, reason: string): void {
  for (const { id } of DOCTOR_CHECKS) if (id.startsWith(prefix)) skipped.set(id as DoctorCheckId, reason);
}
