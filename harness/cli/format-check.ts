import type { Issue, Severity } from '../validate/issue.js';
import type { CheckedCase } from './check.js';
import type { Colors } from './colors.js';

export interface FormatCheckOptions {
  colors: Colors;
  columns: number | undefined;
  /** Show notes too, not only errors and warnings. */
  verbose: boolean;
  /** Show only cases that have something to show. */
  quiet: boolean;
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** How many findings there are of each severity. */
export function countSeverities(issues: readonly Issue[]): Record<Severity, number> {
  const count = (wanted: Severity): number => issues.filter(({ severity }) => severity === wanted).length;
  return { error: count('error'), warning: count('warning'), info: count('info') };
}

/** A line a case, its findings below it. */
export function formatCheck(checked: readonly CheckedCase[], options: FormatCheckOptions): string {
  const width = Math.max(...checked.map((one) => one.case.name.length));
  return checked
    .flatMap((one) => {
      const shown = SEVERITIES.filter((severity) => options.verbose || severity !== 'info').flatMap(
        (wanted) => one.issues.filter(({ severity }) => severity === wanted),
      );
      if (options.quiet && shown.length === 0) return [];
      return [
        formatHead(one, width, options.colors),
        ...shown.map((issue) => formatIssue(issue, options.colors)),
      ];
    })
    .join('\n');
}

function formatHead(one: CheckedCase, width: number, colors: Colors): string {
  const { error, warning } = countSeverities(one.issues);
  const mark = error > 0 ? colors.red('✗') : warning > 0 ? colors.yellow('!') : colors.green('✓');
  const objects =
    one.release === undefined ? 'not rendered' : countNoun(one.release.manifests.length, 'object');
  return `${mark} ${colors.bold(one.case.name.padEnd(width))}  ${objects}${formatCounts(error, warning, colors)}`;
}

function formatCounts(errors: number, warnings: number, colors: Colors): string {
  const parts = [
    ...(errors > 0 ? [colors.red(countNoun(errors, 'error'))] : []),
    ...(warnings > 0 ? [colors.yellow(countNoun(warnings, 'warning'))] : []),
  ];
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`;
}

function formatIssue(issue: Issue, colors: Colors): string {
  const paint = { error: colors.red, warning: colors.yellow, info: colors.dim }[issue.severity];
  const subject = [issue.object, issue.pointer].filter((part) => part !== '').join(' ');
  const [first = '', ...more] = issue.message.split('\n');
  const lines = [
    `  ${paint(issue.severity)} ${first} ${colors.dim(`[${issue.rule}]`)}`,
    ...more.map((line) => `    ${line}`),
    ...(issue.values === undefined ? [] : [`    at ${formatPlace(issue.values)}`]),
    ...(subject === ''
      ? []
      : [`    in ${subject}${issue.source?.template ? colors.dim(` (${issue.source.template})`) : ''}`]),
    `    ${colors.cyan('→')} ${issue.remedy}`,
  ];
  return lines.join('\n');
}

function formatPlace({ file, line, column, path }: NonNullable<Issue['values']>): string {
  return `${file}:${line}:${column} ${path}`;
}

/** The last line: what was looked at, and what came of it. */
export function formatSummary(
  checked: readonly CheckedCase[],
  { colors, verbose }: FormatCheckOptions,
): string {
  const { error, warning, info } = countSeverities(checked.flatMap(({ issues }) => issues));
  const objects = checked.reduce((sum, { release }) => sum + (release?.manifests.length ?? 0), 0);
  const helm = checked.find(({ release }) => release !== undefined)?.release?.helmVersion;
  const verdict =
    error + warning === 0 ? colors.green('nothing wrong') : formatCounts(error, warning, colors).slice(2);
  const notes = info === 0 || verbose ? '' : `, ${countNoun(info, 'note')} (--verbose shows them)`;
  const basis = helm === undefined ? '' : ` rendered by helm ${helm}`;
  return `${countNoun(checked.length, 'case')}, ${countNoun(objects, 'object')}${basis}: ${verdict}${notes}`;
}

function countNoun(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
