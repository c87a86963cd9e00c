import { formatDuration, type LifeReport, type LifeStep } from '../e2e/life-report.js';
import type { ContainerEnvironment } from '../manifest/container-environment.js';
import { revealValue } from '../manifest/env-value.js';
import { formatOrigin } from '../manifest/format-origin.js';
import { formatObjectName } from '../manifest/manifest.js';
import type { Colors } from './colors.js';
import { formatTable } from './format-table.js';

const NAMES_WIDTH = 11;

/** A step as a line, what belongs to it below. */
export function formatLifeStep(step: LifeStep, colors: Colors): string {
  const mark = {
    passed: colors.green('✓'),
    failed: colors.red('✗'),
    skipped: colors.dim('-'),
  }[step.status];
  const time = step.status === 'skipped' ? '' : formatDuration(step.durationMs);
  const head = `${mark} ${colors.bold(step.name.padEnd(NAMES_WIDTH))} ${time.padStart(7)}  ${step.text}`;
  const indent = ' '.repeat(NAMES_WIDTH + 12);
  const evidence = (step.error?.message ?? '').split('\n').slice(1);
  return [head, ...[...evidence, ...step.details].map((line) => indent + colors.dim(line))].join('\n');
}

/** What the containers see, by name, origin and length. */
export function formatLifeEnvironments(
  environments: readonly ContainerEnvironment[],
  { colors, columns }: { colors: Colors; columns: number | undefined },
): string {
  return environments
    .map((environment) => {
      const { kind, metadata } = environment.workload.manifest.object;
      const table = formatTable({
        head: ['VARIABLE', 'LENGTH', 'FROM'].map((text) => colors.dim(text)),
        rows: describeVariables(environment).map(({ name, length, from }) => [
          name,
          length === undefined ? '' : String(length),
          from,
        ]),
        columns,
        indent: 4,
      });
      return `  ${kind}/${metadata.name} › ${environment.container}\n${table}`;
    })
    .join('\n');
}

/** The last line. */
export function formatLifeSummary(report: LifeReport, colors: Colors): string {
  const count = (wanted: LifeStep['status']): number =>
    report.steps.filter(({ status }) => status === wanted).length;
  const [passed, failed, skipped] = [count('passed'), count('failed'), count('skipped')];
  const verdict = failed === 0 ? colors.green(`${passed} steps passed`) : colors.red(`${failed} failed`);
  const rest = [
    ...(failed > 0 ? [`${passed} passed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    formatDuration(report.durationMs),
  ];
  return [verdict, ...rest].join(', ');
}

/** The report for JSON: names, origins and lengths, no value. */
export function describeLife(report: LifeReport): object {
  return {
    ...report,
    environments: report.environments.map((environment) => ({
      workload: formatObjectName(environment.workload.manifest.object),
      container: environment.container,
      variables: describeVariables(environment),
    })),
  };
}

function describeVariables({ variables }: ContainerEnvironment) {
  return variables.flatMap(({ name, value, secret, origin }) =>
    value.state === 'absent'
      ? []
      : [{ name, length: revealValue(value)?.length, secret, from: formatOrigin(origin, { name }) }],
  );
}
