import {
  DOCTOR_CHECKS,
  DOCTOR_LINKS,
  DOCTOR_PAGE,
  type DoctorCheckId,
  type DoctorLink,
  findCheck,
} from './doctor-checks.js';
import type { CheckResult, DoctorFinding, ReportedFinding } from './doctor-report.js';

/**
 * Puts findings in the order of the chain, errors before warnings at each link, and tells of each which earlier one of
 * the same chain explains it. Pure.
 */
export function orderFindings(findings: readonly DoctorFinding[]): ReportedFinding[] {
  const placed = findings
    .map((finding) => {
      const { link, severity } = findCheck(finding.id);
      const page = `${DOCTOR_PAGE}#${finding.id}`;
      return { ...finding, link, severity: finding.severity ?? severity, page };
    })
    .sort(compare);
  return placed.map((finding) => {
    const cause = placed.find((earlier) => explains(earlier, finding));
    return cause === undefined ? finding : { ...finding, follows: cause.id };
  });
}

/** The first broken link: the first error of the chain, else the first warning of it, else what is beside it. */
export function findFirstBroken(findings: readonly ReportedFinding[]): ReportedFinding | undefined {
  const isInChain = ({ link }: ReportedFinding): boolean => link !== 'practice';
  return (
    findings.find((one) => isInChain(one) && one.severity === 'error') ??
    findings.find((one) => one.severity === 'error')
  );
}

/** How each check went. */
export function summarizeChecks(
  findings: readonly ReportedFinding[],
  skipped: ReadonlyMap<DoctorCheckId, string>,
): CheckResult[] {
  return DOCTOR_CHECKS.map(({ id, link }) => {
    const severities = findings.filter((one) => one.id === id).map(({ severity }) => severity);
    if (severities.includes('error')) return { id, link, state: 'error' };
    if (severities.length > 0) return { id, link, state: 'warning' };
    const reason = skipped.get(id);
    return reason === undefined ? { id, link, state: 'fine' } : { id, link, state: 'not-run', reason };
  });
}

/** Position of a link in the chain. */
export function rankLink(link: DoctorLink): number {
  return DOCTOR_LINKS.indexOf(link);
}

function explains(earlier: ReportedFinding, later: ReportedFinding): boolean {
  return (
    earlier.severity === 'error' &&
    earlier.id !== 'store-access' &&
    later.link !== 'practice' &&
    earlier.chain !== undefined &&
    earlier.chain === later.chain &&
    rankLink(earlier.link) < rankLink(later.link)
  );
}

function compare(left: ReportedFinding, right: ReportedFinding): number {
  return (
    rankLink(left.link) - rankLink(right.link) ||
    Number(left.severity === 'warning') - Number(right.severity === 'warning') ||
    rankId(left.id) - rankId(right.id) ||
    left.subject.localeCompare(right.subject, 'en')
  );
}

function rankId(id: DoctorCheckId): number {
  return DOCTOR_CHECKS.findIndex((one) => one.id === id);
}
