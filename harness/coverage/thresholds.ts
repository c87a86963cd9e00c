import { SluiceError } from '../errors.js';
import { type CoverageReport, METRICS, type Metric, toPercent } from './coverage-report.js';

/** The least share of each, in percent. */
export type Thresholds = Partial<Record<Metric, number>>;

/**
 * Reads `METRIC=PERCENT`.
 *
 * @throws SluiceError `USAGE`, exit code 2.
 */
export function parseThresholds(assignments: readonly string[]): Thresholds {
  return Object.fromEntries(assignments.map(parseThreshold));
}

function parseThreshold(text: string): [Metric, number] {
  const [name, value] = text.split('=');
  const metric = METRICS.find((one) => one === name);
  const percent = Number(value);
  if (metric === undefined || value === undefined || value === '' || !(percent >= 0 && percent <= 100)) {
    throw new SluiceError({
      code: 'USAGE',
      message: `--min ${text}: not a threshold`,
      remedy: `Write METRIC=PERCENT with one of ${METRICS.join(', ')}, such as --min branches=90.`,
      exitCode: 2,
    });
  }
  return [metric, percent];
}

/** What is below its threshold, each in a line; stale exceptions too, which would hide what comes after them. */
export function findShortfalls(report: CoverageReport, thresholds: Thresholds): string[] {
  const below = METRICS.flatMap((metric) => {
    const wanted = thresholds[metric];
    const reached = toPercent(report.totals[metric]);
    return wanted === undefined || reached >= wanted ? [] : [`${metric}: ${reached} % is below ${wanted} %`];
  });
  const stale = report.exceptions.stale.map((one) => {
    const what =
      'branch' in one ? `${one.template}, ${one.branch}, ${one.side}` : `${one.value}, ${one.lacks}`;
    return `exception for ${what}: it is covered, or not there any more; remove it`;
  });
  return [...below, ...stale];
}
