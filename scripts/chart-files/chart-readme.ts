import type { JsonObject } from '../../harness/manifest/manifest.js';
import type { AnnotatedValue } from './annotated-values.js';
import type { Problem } from './problem.js';
import { formatValuesTable } from './values-table.js';

const START = '<!-- values: generated from values.yaml -->';
const END = '<!-- /values -->';

/**
 * Puts the table of values between the markers of the chart's README; everything else is a person's and stays.
 *
 * @param current the README as it is
 */
export function updateChartReadme(
  current: string,
  from: { file: string; values: readonly AnnotatedValue[]; schema: JsonObject },
): string | Problem {
  const start = current.indexOf(START);
  const end = current.indexOf(END);
  if (start === -1 || end < start) {
    return { file: from.file, line: 1, message: `needs the lines "${START}" and "${END}", in this order` };
  }
  const table = formatValuesTable(
    from.values,
    from.schema,
    (name) => `[${name}](../docs/values.md#${anchorOf(name)})`,
  );
  return `${current.slice(0, start)}${START}\n\n${table}\n\n${current.slice(end)}`;
}

/** The anchor that Markdown renderers give to the heading `name`. */
export function anchorOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^\w -]/gu, '')
    .replaceAll(' ', '-');
}
