import { joinPointer, splitPointer } from '../manifest/json-pointer.js';
import type { JsonValue } from '../manifest/manifest.js';
import type { ValuesPlace } from '../validate/issue.js';
import { formatValuesPath, ValuesPositions } from '../validate/values/values-position.js';
import type { CountedRecord } from './coverage-record.js';
import type { ChartDescription, DescribedChart, DescribedFile } from './describe-chart.js';

/**
 * What became of a leaf of values.yaml: `dead` is named by no template, `unreached` is named by one that no render came
 * to, `ineffective` is read but changes no manifest, whatever it is; `covered` is all that can be wished for.
 */
export type LeafStatus = 'covered' | 'ineffective' | 'unreached' | 'dead';

/** A leaf of values.yaml: whatever is no map with something in it. */
export interface LeafCoverage {
  /** Folder of the subchart whose values.yaml it is in; empty for the chart itself. */
  chart: string;
  pointer: string;
  /** As `helm --set` writes it. */
  path: string;
  value: JsonValue;
  /** Where it is in values.yaml. */
  place: ValuesPlace | undefined;
  /** Templates that read it when they were rendered, in the order of their names. */
  readBy: string[];
  /** Whether another value makes any manifest another one; undefined where that was not tried. */
  hasEffect: boolean | undefined;
  /** How many values renders had for it. */
  variants: number;
  status: LeafStatus;
}

/** What stands in for the name of a template where Helm itself reads a value. */
export const READ_BY_HELM = 'Chart.yaml';

/** Adds up which leaves of values.yaml were read, and how many values they had. */
export function coverValues(
  description: ChartDescription,
  records: readonly CountedRecord[],
): LeafCoverage[] {
  const current = new Set(description.files.map(({ path, digest }) => `${path}\0${digest}`));
  const own = records.filter(({ record }) => record.chart === description.name);
  return description.charts.flatMap((chart) => {
    const positions = new ValuesPositions([{ file: placeOf(chart, 'values.yaml'), text: chart.text }]);
    const readers = addReads(own, chart.folder, current);
    const leaves = chart.leaves.map(({ pointer, value }): LeafCoverage => {
      const segments = splitPointer(pointer);
      const byHelm = isReadByHelm(chart, segments, description.charts);
      const readBy = byHelm ? [READ_BY_HELM] : [...(readers.get(pointer) ?? [])].sort();
      return {
        chart: chart.folder,
        pointer,
        path: formatValuesPath(segments),
        value,
        place: positions.find(segments),
        readBy,
        hasEffect: byHelm ? true : undefined,
        variants: countVariants(own, chart.folder, pointer),
        status: 'covered',
      };
    });
    leaves.sort((one, other) => (one.place?.line ?? 0) - (other.place?.line ?? 0));
    return judgeUnread(leaves, description.files);
  });
}

export function placeOf({ folder }: DescribedChart, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

function addReads(
  records: readonly CountedRecord[],
  folder: string,
  current: ReadonlySet<string>,
): Map<string, Set<string>> {
  const readers = new Map<string, Set<string>>();
  for (const { record } of records) {
    for (const [pointer, files] of Object.entries(record.reads[folder] ?? {})) {
      for (const index of files) {
        const file = record.files[index];
        if (file === undefined || !current.has(`${file.path}\0${file.digest}`)) continue;
        const known = readers.get(pointer) ?? new Set();
        readers.set(pointer, known.add(file.path));
      }
    }
  }
  return readers;
}

/** Whether it switches a subchart on or off: one of this chart, or this one itself in the chart above it. */
function isReadByHelm(
  { folder, conditions, tags }: DescribedChart,
  segments: readonly string[],
  all: readonly DescribedChart[],
): boolean {
  const path = segments.join('.');
  const above = all.find((one) => folder !== '' && one.folder === folder.replace(/\/?charts\/[^/]+$/u, ''));
  return (
    splitConditions(conditions).includes(path) ||
    tags.some((tag) => path === `tags.${tag}`) ||
    splitConditions(above?.conditions ?? []).some(
      (condition) => condition.slice(condition.indexOf('.') + 1) === path,
    )
  );
}

/** Several paths can stand in one condition. */
export function splitConditions(conditions: readonly string[]): string[] {
  return conditions.flatMap((condition) => condition.split(',').map((one) => one.trim()));
}

function countVariants(records: readonly CountedRecord[], folder: string, pointer: string): number {
  const digests = new Set<string>();
  for (const { record } of records) {
    const changed = record.changed[folder];
    for (const digest of changed === undefined ? [] : (changed[pointer] ?? '').split(','))
      digests.add(digest);
  }
  return digests.size;
}

function judgeUnread(leaves: readonly LeafCoverage[], files: readonly DescribedFile[]): LeafCoverage[] {
  const read = leaves.filter(({ readBy }) => readBy.length > 0);
  const isTouched = (pointer: string): boolean => read.some((one) => one.pointer.startsWith(`${pointer}/`));
  const isNamed = (segments: readonly string[]): boolean => {
    const last = segments.at(-1);
    if (last === undefined) return false;
    if (files.some(({ text }) => names(text, last))) return true;
    const above = segments.slice(0, -1);
    return !isTouched(joinPointer('', ...above)) && isNamed(above);
  };
  return leaves.map((leaf) => {
    if (leaf.readBy.length > 0) return leaf;
    return { ...leaf, status: isNamed(splitPointer(leaf.pointer)) ? 'unreached' : 'dead' };
  });
}

/** Whether an action of a template names a key: as a field, or as a text. */
function names(text: string, key: string): boolean {
  const quoted = key.replaceAll(/[\\^$.*+?()[\]{}|]/gu, '\\$&');
  const named = new RegExp(`\\.${quoted}(?![\\w])|["\`]${quoted}["\`]`, 'u');
  for (const [action] of text.matchAll(/\{\{(?!-?\s*\/\*)[\s\S]*?\}\}/gu))
    if (named.test(action)) return true;
  return false;
}
