import { formatSeconds } from '../exec/wait-until.js';
import { DOCTOR_LINKS } from '../secrets/doctor/doctor-checks.js';
import type { CheckResult, DoctorReport, ReportedFinding } from '../secrets/doctor/doctor-report.js';
import type { Colors } from './colors.js';

interface FormatOptions {
  colors: Colors;
  /** Problems alone. */
  quiet: boolean;
}

/** The chain, the first broken link in full, then everything else that is no consequence of it. */
export function formatDoctor(report: DoctorReport, { colors, quiet }: FormatOptions): string {
  const { firstBroken, findings } = report;
  const causes = findings.filter(({ follows }) => follows === undefined && firstBroken !== undefined);
  const rest = (firstBroken === undefined ? findings : causes).filter((one) => one !== firstBroken);
  const blocks = [
    ...(quiet ? [] : [formatChain(report.checks, colors)]),
    ...(firstBroken === undefined ? [] : [formatFirst(firstBroken, findings, colors)]),
    ...rest.map((finding) => formatFinding(finding, findings, colors)),
    ...(quiet ? [] : [formatSummary(report, colors)]),
  ];
  return blocks.join('\n\n');
}

const MARKS = { fine: '✓', warning: '!', error: '✗', 'not-run': '·' } as const;

function formatChain(checks: readonly CheckResult[], colors: Colors): string {
  const paint = { fine: colors.green, warning: colors.yellow, error: colors.red, 'not-run': colors.dim };
  return DOCTOR_LINKS.map((link) => {
    const states = checks.filter((check) => check.link === link).map(({ state }) => state);
    const worst = (['error', 'warning', 'fine', 'not-run'] as const).find((state) => states.includes(state));
    return worst === undefined ? link : paint[worst](`${MARKS[worst]} ${link}`);
  }).join('  ');
}

function formatFirst(finding: ReportedFinding, all: readonly ReportedFinding[], colors: Colors): string {
  return `${colors.bold(`first broken link: ${finding.link}`)}\n${formatFinding(finding, all, colors)}`;
}

function formatFinding(finding: ReportedFinding, all: readonly ReportedFinding[], colors: Colors): string {
  const paint = finding.severity === 'error' ? colors.red : colors.yellow;
  const width = Math.max(0, ...finding.evidence.map(({ from }) => from.length));
  const consequences = all.filter(({ follows, chain }) => follows === finding.id && chain === finding.chain);
  return [
    `${paint(finding.severity)} ${colors.bold(finding.subject)}: ${finding.message} ${colors.dim(`[${finding.id}]`)}`,
    ...finding.evidence.map(({ from, text }) => `  ${colors.dim(from.padEnd(width))}  ${text}`),
    `  ${colors.cyan('→')} ${finding.remedy}`,
    ...consequences.map(({ id, subject, message }) => colors.dim(`  hence [${id}] ${subject}: ${message}`)),
  ].join('\n');
}

function formatSummary({ checks, externalSecrets, durationMs }: DoctorReport, colors: Colors): string {
  const count = (state: CheckResult['state']): number => checks.filter((one) => one.state === state).length;
  const secrets = `${externalSecrets.length} ExternalSecret${externalSecrets.length === 1 ? '' : 's'}`;
  const parts = [
    `${count('fine')} checks fine`,
    ...(count('error') > 0 ? [`${count('error')} broken`] : []),
    ...(count('warning') > 0 ? [`${count('warning')} with warnings`] : []),
    ...(count('not-run') > 0 ? [`${count('not-run')} not run`] : []),
  ];
  const reasons = new Map<string, string[]>();
  for (const { id, reason } of checks)
    if (reason !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), id]);
  return [
    `${secrets}: ${parts.join(', ')}, ${formatSeconds(durationMs)}`,
    ...[...reasons].map(([reason, ids]) => colors.dim(`  not run: ${ids.join(', ')}: ${reason}`)),
  ].join('\n');
}
