import { resolve } from 'node:path';
import { SluiceError } from '../errors.js';
import { buildTemplateArguments } from '../helm/build-arguments.js';
import { findLibrary } from '../helm/choose-engine.js';
import { findEnginePool } from '../helm/engine-pool.js';
import type { RenderContext } from '../helm/render-chart.js';
import type { JsonObject, JsonValue } from '../manifest/manifest.js';

/** A part of a template's text, in bytes of UTF-8: from, and up to. */
export type Extent = readonly [number, number];

/** All there is to be covered in a chart and its subcharts. */
export interface ChartDescription {
  name: string;
  files: DescribedFile[];
  charts: DescribedChart[];
}

export interface DescribedFile {
  /** In the chart, such as `charts/database/templates/service.yaml`. */
  path: string;
  digest: string;
  text: string;
  model: {
    statements: { extent: Extent; counter: number; action: boolean }[];
    branches: {
      kind: 'if' | 'with' | 'range';
      extent: Extent;
      /** Of its `else`; empty where there is none. */
      otherwise: Extent;
      /** The second is -1 where there can be no other side. */
      counters: [number, number];
    }[];
    functions: { name: string; extent: Extent; counter: number }[];
    counters: number;
  };
}

/** The values of a chart or subchart. */
export interface DescribedChart {
  /** Folder of the subchart; empty for the chart itself. */
  folder: string;
  /** Text of values.yaml. */
  text: string;
  schema?: JsonObject | boolean;
  leaves: { pointer: string; value: JsonValue }[];
  /** Paths that switch subcharts on and off, separated by commas. */
  conditions: string[];
  tags: string[];
  /** Keys of the values that belong to subcharts. */
  subcharts: string[];
}

const TIMEOUT_MS = 60_000;

/**
 * Reads, by the library engine, what there is to be covered in a chart.
 *
 * @throws SluiceError as `findLibrary`, and `CHART_UNREADABLE` where Helm cannot load it.
 */
export async function describeChart(chart: string, context: RenderContext): Promise<ChartDescription> {
  return await askEngine<ChartDescription>({ chart, ask: 'describe' }, context);
}

export interface EngineQuestion {
  chart: string;
  ask: 'describe' | 'effects';
  args?: readonly string[];
  stdin?: string;
  effects?: readonly JsonObject[];
}

/** Asks the library engine for something else than a render. */
export async function askEngine<T>(question: EngineQuestion, context: RenderContext): Promise<T> {
  const { cwd = process.cwd(), signal, timeoutMs = TIMEOUT_MS } = context;
  const { chart, ask, args = buildTemplateArguments({ chart }), stdin = '', effects } = question;
  const { path } = await findLibrary(context);
  const request = { args, stdin, cwd: resolve(cwd), ask, ...(effects === undefined ? {} : { effects }) };
  const { exitCode, stdout, stderr } = await findEnginePool(path).render(request, { timeoutMs, signal });
  if (exitCode === 0) return JSON.parse(stdout) as T;
  throw new SluiceError({
    code: 'CHART_UNREADABLE',
    message: `chart ${chart}: cannot be read`,
    evidence: stderr.replace(/^Error: /u, '').trim(),
    exitCode: 2,
  });
}
