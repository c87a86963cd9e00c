import type { ContractFinding } from '../secrets/contract/check-contract.js';
import type { Colors } from './colors.js';

/** A finding as a line with its remedy below: `.env:3 error JWT_SECRET is … [contract-format]`. */
export function formatFinding(
  { rule, severity, message, remedy, line }: ContractFinding,
  { place, colors }: { /** File, or where it was found. */ place: string; colors: Colors },
): string {
  const paint = severity === 'error' ? colors.red : colors.yellow;
  const at = line === undefined ? place : `${place}:${line}`;
  return [
    `${at} ${paint(severity)} ${message} ${colors.dim(`[${rule}]`)}`,
    `  ${colors.cyan('→')} ${remedy}`,
  ].join('\n');
}

/** `2 errors, 1 warning`, or `nothing wrong`. */
export function formatCounts(findings: readonly ContractFinding[]): string {
  const count = (wanted: ContractFinding['severity']): number =>
    findings.filter(({ severity }) => severity === wanted).length;
  const parts = (['error', 'warning'] as const)
    .map((severity) => ({ severity, found: count(severity) }))
    .filter(({ found }) => found > 0)
    .map(({ severity, found }) => `${found} ${severity}${found === 1 ? '' : 's'}`);
  return parts.length === 0 ? 'nothing wrong' : parts.join(', ');
}
