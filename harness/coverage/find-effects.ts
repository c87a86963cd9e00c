import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import { buildTemplateArguments } from '../helm/build-arguments.js';
import type { RenderContext } from '../helm/render-chart.js';
import { readPointer } from '../manifest/json-pointer.js';
import type { JsonObject, JsonValue } from '../manifest/manifest.js';
import type { CountedRecord, CoverageRecord } from './coverage-record.js';
import { askEngine } from './describe-chart.js';
import type { LeafCoverage } from './value-coverage.js';

export interface FindEffectsOptions {
  chart: string;
  leaves: readonly LeafCoverage[];
  records: readonly CountedRecord[];
  context: RenderContext;
}

const SEEN_VALUES = 3;

/**
 * Finds which leaves change a manifest: in each render that read one, the templates that read it are rendered again
 * with other values of it, until something else comes out, or a template refuses it. Of renders that went the same ways
 * through the templates, one is tried.
 *
 * The other values are those that other renders had, and then some of each type. The schema is left out.
 */
export async function findEffects(options: FindEffectsOptions): Promise<LeafCoverage[]> {
  const { leaves, records } = options;
  const open = new Set(
    leaves.filter(({ readBy, hasEffect }) => readBy.length > 0 && hasEffect === undefined),
  );
  const candidates = new Map([...open].map((leaf) => [leaf, listCandidates(leaf, records)]));
  const limit = pLimit(availableParallelism());
  const tried = chooseRecords(records).map(
    async (record) =>
      await limit(async () => {
        const wanted = [...open].flatMap((leaf) => want(leaf, record, candidates.get(leaf) ?? []));
        if (wanted.length === 0) return;
        const found = await ask(record, wanted, options);
        for (const [index, { leaf }] of wanted.entries()) if (found[index] === true) open.delete(leaf);
      }),
  );
  await Promise.all(tried);
  return leaves.map((leaf) => settle(leaf, open));
}

function settle(leaf: LeafCoverage, open: ReadonlySet<LeafCoverage>): LeafCoverage {
  if (leaf.readBy.length === 0) return { ...leaf, hasEffect: false };
  return open.has(leaf)
    ? { ...leaf, hasEffect: false, status: 'ineffective' }
    : { ...leaf, hasEffect: true, status: 'covered' };
}

/**
 * One render of each that went the same ways through the templates, those that read most first: most leaves are
 * settled by the first few.
 */
function chooseRecords(records: readonly CountedRecord[]): CoverageRecord[] {
  const ways = new Map<string, CoverageRecord>();
  for (const { record } of records) {
    const hit = record.files.map(({ hits }) => hits.filter((_, at) => at % 2 === 0).join());
    const way = JSON.stringify([record.complete, hit]);
    if (!ways.has(way)) ways.set(way, record);
  }
  const count = ({ reads }: CoverageRecord): number =>
    Object.values(reads).reduce((sum, one) => sum + Object.keys(one).length, 0);
  return [...ways.values()].sort((one, other) => count(other) - count(one));
}

interface Wanted {
  leaf: LeafCoverage;
  effect: JsonObject;
}

function want(leaf: LeafCoverage, record: CoverageRecord, values: readonly JsonValue[]): Wanted[] {
  const readers = record.reads[leaf.chart]?.[leaf.pointer] ?? [];
  const files = readers.flatMap((index) => record.files[index]?.path ?? []);
  if (files.length === 0) return [];
  return [{ leaf, effect: { chart: leaf.chart, pointer: leaf.pointer, files, values: [...values] } }];
}

async function ask(
  record: CoverageRecord,
  wanted: readonly Wanted[],
  { chart, context }: FindEffectsOptions,
): Promise<boolean[]> {
  const { release, namespace, kubeVersion, apiVersions, isUpgrade } = record.options;
  const args = buildTemplateArguments({
    chart,
    release,
    namespace,
    values: record.values,
    ...(kubeVersion === undefined ? {} : { kubeVersion }),
    ...(apiVersions === undefined ? {} : { apiVersions }),
    ...(isUpgrade === undefined ? {} : { isUpgrade }),
  });
  const stdin = JSON.stringify(record.values);
  const effects = wanted.map(({ effect }) => effect);
  return await askEngine<boolean[]>({ chart, ask: 'effects', args, stdin, effects }, context);
}

function listCandidates(leaf: LeafCoverage, records: readonly CountedRecord[]): JsonValue[] {
  const seen = new Map<string, JsonValue>();
  for (const { record } of leaf.chart === '' ? records : []) {
    if (seen.size >= SEEN_VALUES) break;
    const value = readPointer(record.values, leaf.pointer);
    if (value !== undefined) seen.set(JSON.stringify(value), value);
  }
  return [...seen.values(), ...inventValues(leaf.value), leaf.value];
}

const OTHER = 'other';
const LARGE = 1_000_000;

// A leaf that is empty does not say what it would be.
function inventValues(value: JsonValue): JsonValue[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return [value + 1, 0, LARGE];
  if (typeof value === 'string') return [`${value}x`, OTHER, ''];
  if (Array.isArray(value)) return [[], [...value, ...value], [...value, OTHER], [{ name: OTHER }]];
  const anything = [{ [OTHER]: OTHER }, { [OTHER]: {} }, {}];
  return value === null ? [OTHER, 7, true, [OTHER], ...anything] : anything;
}
