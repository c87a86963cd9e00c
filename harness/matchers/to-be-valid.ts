import type { MatcherState } from 'vitest';
import { readChartCrds } from '../check/read-chart-crds.js';
import { loadSchemas } from '../schemas/load-schemas.js';
import type { Issue, Severity } from '../validate/issue.js';
import { validate } from '../validate/validate.js';
import type { ValidateOptions } from '../validate/validate-input.js';
import type { MatcherResult } from './matcher-result.js';
import { type ReceivedRelease, readRelease } from './received-release.js';

export interface ToBeValidOptions extends Omit<ValidateOptions, 'schemas'> {
  /** The mildest finding that counts. Default `error`. */
  severity?: Severity;
}

const RANKS: Readonly<Record<Severity, number>> = { error: 2, warning: 1, info: 0 };

/** `await expect(release).toBeValid({ kubernetesVersions: ['1.30', '1.36'], externals: { secrets: ['given'] } })` */
export async function toBeValid(
  this: MatcherState,
  received: unknown,
  options: ToBeValidOptions = {},
): Promise<MatcherResult> {
  const { severity = 'error', ...rest } = options;
  const found = await findIssues(readRelease(received, 'toBeValid'), rest);
  const issues = found.filter((issue) => RANKS[issue.severity] >= RANKS[severity]);
  return {
    pass: issues.length === 0,
    message: () =>
      issues.length === 0
        ? `expected findings of severity ${severity} or worse, but there are none`
        : `expected a valid release, but there ${issues.length === 1 ? 'is a finding' : `are ${issues.length} findings`}\n\n${formatIssues(issues)}`,
  };
}

/** What a test can ask of a finding: everything that is given must be so. */
export interface ExpectedIssue {
  rule: string;
  /** `Kind/name`. */
  object?: string;
  pointer?: string;
  severity?: Severity;
  /** The whole text, or a pattern. */
  message?: string | RegExp;
}

/** `await expect(release).toHaveIssue({ rule: 'dangling-reference', object: 'Deployment/web' })` */
export async function toHaveIssue(
  this: MatcherState,
  received: unknown,
  ...[expected, options = {}]: [expected: ExpectedIssue | string, options?: Omit<ValidateOptions, 'schemas'>]
): Promise<MatcherResult> {
  const wanted = typeof expected === 'string' ? { rule: expected } : expected;
  const issues = await findIssues(readRelease(received, 'toHaveIssue'), options);
  const matching = issues.filter((issue) => matchesIssue(issue, wanted));
  const ofRule = issues.filter(({ rule }) => rule === wanted.rule);
  return {
    pass: matching.length > 0,
    message: () => {
      if (matching.length > 0) return `expected no such finding, but there is\n\n${formatIssues(matching)}`;
      const others = ofRule.length > 0 ? ofRule : issues;
      const heading = ofRule.length > 0 ? `of the rule ${wanted.rule} there is` : 'there is';
      return `expected a finding of the rule ${wanted.rule}; ${heading}\n\n${others.length === 0 ? 'nothing' : formatIssues(others)}`;
    },
  };
}

function matchesIssue(issue: Issue, wanted: ExpectedIssue): boolean {
  const { message } = wanted;
  return (
    issue.rule === wanted.rule &&
    (wanted.object === undefined || issue.object === wanted.object) &&
    (wanted.pointer === undefined || issue.pointer === wanted.pointer) &&
    (wanted.severity === undefined || issue.severity === wanted.severity) &&
    (message === undefined ||
      (typeof message === 'string' ? issue.message === message : message.test(issue.message)))
  );
}

async function findIssues(
  release: ReceivedRelease,
  options: Omit<ValidateOptions, 'schemas'>,
): Promise<Issue[]> {
  const { manifests, namespace, valuesSources, chart } = release;
  const chartCrds = chart === undefined ? [] : await readChartCrds(chart);
  return validate({ manifests, namespace, valuesSources, chartCrds }, { ...options, schemas: loadSchemas() });
}

function formatIssues(issues: readonly Issue[]): string {
  return issues.map(formatIssue).join('\n\n');
}

function formatIssue({ severity, rule, message, object, pointer, source, values, remedy }: Issue): string {
  const template = source === undefined || source.template === '' ? '' : ` (${source.template})`;
  return [
    `${severity} ${message} [${rule}]`,
    ...(object === ''
      ? []
      : [`  in ${[object, pointer].filter((part) => part !== '').join(' ')}${template}`]),
    ...(values === undefined ? [] : [`  from ${values.file}:${values.line}:${values.column} ${values.path}`]),
    `  → ${remedy}`,
  ].join('\n');
}
