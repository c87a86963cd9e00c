import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { joinPointer, splitPointer } from '../manifest/json-pointer.js';
import type { ValuesPlace } from '../validate/issue.js';
import { nearestName } from '../validate/nearest-name.js';
import { formatValuesPath, ValuesPositions } from '../validate/values/values-position.js';
import type { CountedRecord } from './coverage-record.js';
import type { ChartDescription } from './describe-chart.js';
import { splitConditions } from './value-coverage.js';

/** An entry of a values file that no render with that file read. */
export interface UnreadKey {
  place: ValuesPlace;
  /** False where it is in values.yaml: it is then only switched off by something else. */
  isUnknown: boolean;
  /** A name that is known, and near to it. */
  nearest: string | undefined;
}

/** Finds what values files hold that nothing reads, named from `cwd`. Files that are gone are passed over. */
export async function findUnreadKeys(
  description: ChartDescription,
  records: readonly CountedRecord[],
  cwd: string = process.cwd(),
): Promise<UnreadKey[]> {
  const names = new KnownNames(description, records);
  const found: UnreadKey[] = [];
  for (const [file, pointers] of listUnread(records, description.name)) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const positions = new ValuesPositions([{ file: shorten(file, cwd), text }]);
    for (const pointer of pointers) {
      const place = positions.find(splitPointer(pointer));
      if (place === undefined || names.isReadByHelm(pointer)) continue;
      const isUnknown = !names.has(pointer);
      found.push({ place, isUnknown, nearest: isUnknown ? names.findNearest(pointer) : undefined });
    }
  }
  return found.sort(
    ({ place: one }, { place: other }) => one.file.localeCompare(other.file) || one.line - other.line,
  );
}

// What is read in one of a file's renders is read.
function listUnread(records: readonly CountedRecord[], chart: string): Map<string, string[]> {
  const unread = new Map<string, string[]>();
  for (const { record, files } of records) {
    if (record.chart !== chart) continue;
    for (const file of files) {
      const known = unread.get(file);
      unread.set(
        file,
        known === undefined ? record.unread : known.filter((one) => record.unread.includes(one)),
      );
    }
  }
  return unread;
}

function shorten(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path.startsWith('..') ? file : path;
}

/** Every name that values.yaml has or a template asks for, in the chart and its subcharts. */
class KnownNames {
  readonly #leaves: string[] = [];
  readonly #subcharts: string[] = [];
  readonly #byHelm = new Set<string>();

  constructor(description: ChartDescription, records: readonly CountedRecord[]) {
    for (const { folder, leaves, subcharts, conditions, tags } of description.charts) {
      const prefix = joinPointer('', ...folder.split('/').filter((part) => part !== '' && part !== 'charts'));
      this.#leaves.push(...leaves.map(({ pointer }) => prefix + pointer));
      if (folder !== '') this.#leaves.push(...leaves.filter(isGlobal).map(({ pointer }) => pointer));
      this.#subcharts.push(...subcharts.map((name) => joinPointer(prefix, name)));
      const paths = splitConditions(conditions).map((path) => path.split('.'));
      for (const path of [...paths, ...tags.map((tag) => ['tags', tag])]) {
        this.#byHelm.add(prefix + joinPointer('', ...path));
      }
    }
    for (const { record } of records) {
      if (record.chart === description.name) this.#leaves.push(...record.asked);
    }
  }

  isReadByHelm(pointer: string): boolean {
    return this.#byHelm.has(pointer);
  }

  /** A leaf, a part of one, or a map that leads to one. */
  has(pointer: string): boolean {
    const isAlias = this.#subcharts.some(
      (subchart) =>
        pointer.startsWith(`${subchart}/`) && !this.#leaves.some((leaf) => leaf.startsWith(`${subchart}/`)),
    );
    return (
      isAlias ||
      this.#leaves.some(
        (leaf) => leaf === pointer || pointer.startsWith(`${leaf}/`) || leaf.startsWith(`${pointer}/`),
      )
    );
  }

  /** A name beside it that is near, else the same name where it is elsewhere, in one place alone. */
  findNearest(pointer: string): string | undefined {
    const segments = splitPointer(pointer);
    for (let length = 0; length < segments.length; length += 1) {
      const above = segments.slice(0, length);
      const name = segments[length] ?? '';
      const beside = this.#listBelow(joinPointer('', ...above));
      if (beside.includes(name)) continue;
      const near = nearestName(name, beside);
      if (near !== undefined) return formatValuesPath([...above, near, ...segments.slice(length + 1)]);
      break;
    }
    const same = [...new Set(this.#leaves)].filter((leaf) => splitPointer(leaf).at(-1) === segments.at(-1));
    return same.length === 1 ? formatValuesPath(splitPointer(same[0] ?? '')) : undefined;
  }

  #listBelow(parent: string): string[] {
    const depth = splitPointer(parent).length;
    const below = this.#leaves.filter((leaf) => leaf.startsWith(`${parent}/`));
    return [...new Set(below.map((leaf) => splitPointer(leaf)[depth] ?? ''))];
  }
}

function isGlobal({ pointer }: { pointer: string }): boolean {
  return pointer.startsWith('/global/');
}
