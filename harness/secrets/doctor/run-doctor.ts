import { SluiceError } from '../../errors.js';
import type { KubeClient } from '../../kube/kube-client.js';
import { checkOperator } from './check-operator.js';
import { checkParameters } from './check-parameters.js';
import { checkPods } from './check-pods.js';
import { checkPractice } from './check-practice.js';
import { checkSecrets } from './check-secrets.js';
import { DOCTOR_CHECKS, type DoctorCheckId } from './doctor-checks.js';
import type { Evidence } from './doctor-evidence.js';
import type { DoctorFinding, DoctorReport } from './doctor-report.js';
import { type GatherOptions, gatherEvidence } from './gather-evidence.js';
import { findOverdue, readForeign } from './look-back.js';
import { findFirstBroken, orderFindings, summarizeChecks } from './order-findings.js';

export interface DoctorOptions extends GatherOptions {
  /** Only these checks. Default: all. */
  only?: readonly DoctorCheckId[] | undefined;
  /** Names of other environments whose secrets must not be the same. Default: none is compared. */
  compareWith?: readonly string[] | undefined;
}

/**
 * Follows the chain from the store to the process, link by link, and tells what is broken, with what was seen of it and
 * what to do. Changes nothing. No value is in the report.
 *
 * @throws SluiceError `KUBE_UNREACHABLE`, KubeApiError where ExternalSecrets may not be listed.
 */
export async function runDoctor(client: KubeClient, options: DoctorOptions): Promise<DoctorReport> {
  const begin = performance.now();
  const { namespace, only } = options;
  const seen = await gather(client, options);
  const all = seen.evidence === undefined ? seen.findings : examine(seen.evidence);
  const findings = orderFindings(only === undefined ? all : all.filter(({ id }) => only.includes(id)));
  const skipped = seen.evidence?.skipped ?? skipRest();
  for (const { id } of DOCTOR_CHECKS)
    if (only !== undefined && !only.includes(id)) skipped.set(id, 'it was not asked for');
  return {
    namespace,
    externalSecrets: seen.evidence?.chains.map(({ name }) => name) ?? [],
    firstBroken: findFirstBroken(findings),
    findings,
    checks: summarizeChecks(findings, skipped),
    durationMs: Math.round(performance.now() - begin),
  };
}

type Seen = { evidence: Evidence; findings?: never } | { evidence?: never; findings: DoctorFinding[] };

async function gather(client: KubeClient, options: DoctorOptions): Promise<Seen> {
  try {
    const evidence = await gatherEvidence(client, options);
    return { evidence: await lookBack(evidence, options) };
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'KIND_UNKNOWN')
      return { findings: [describeMissingOperator(client, error)] };
    throw error;
  }
}

async function lookBack(evidence: Evidence, options: DoctorOptions): Promise<Evidence> {
  const { openStore, signal, compareWith: environments = [] } = options;
  const { skipped, contract } = evidence;
  if (environments.length === 0)
    skipped.set('value-shared', 'no other environment was named; --compare names one');
  if (contract === undefined) skipped.set('rotation-overdue', 'there is no contract; --contract names one');
  const refused = evidence.chains
    .flatMap(({ readings }) => readings)
    .filter(({ answer }) => answer.state === 'refused');
  if (refused.length > 0) {
    for (const id of ['json-broken', 'secret-different', 'value-weak'] as const)
      skipped.set(id, 'the store could not be read');
  }
  const attempt = async <T>(id: DoctorCheckId, run: () => Promise<T[]>): Promise<T[]> => {
    try {
      return await run();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof SluiceError)) throw error;
      skipped.set(id, error.shortMessage);
      return [];
    }
  };
  const [overdue, foreign] = await Promise.all([
    attempt('rotation-overdue', async () => await findOverdue(evidence, { openStore, signal })),
    attempt(
      'value-shared',
      async () => await readForeign(evidence.chains, { environments, openStore, signal }),
    ),
  ]);
  return { ...evidence, overdue, foreign };
}

/** What the checks say of what was seen. Pure. */
export function examine(evidence: Evidence): DoctorFinding[] {
  return [checkParameters, checkOperator, checkSecrets, checkPods, checkPractice].flatMap((check) =>
    check(evidence),
  );
}

function describeMissingOperator(client: KubeClient, error: SluiceError): DoctorFinding {
  return {
    id: 'operator-missing',
    subject: `cluster ${client.server}`,
    message: 'it knows no ExternalSecrets: the operator is not installed, or is older than 0.16',
    evidence: [{ from: 'API server', text: error.shortMessage }],
    remedy:
      'helm install external-secrets external-secrets --repo https://charts.external-secrets.io ' +
      '--namespace external-secrets --create-namespace',
  };
}

function skipRest(): Map<DoctorCheckId, string> {
  const rest = DOCTOR_CHECKS.filter(({ id }) => id !== 'operator-missing');
  return new Map(rest.map(({ id }) => [id, 'there are no ExternalSecrets to follow']));
}
