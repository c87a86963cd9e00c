import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import pLimit from 'p-limit';
import { CommandError, quoteArguments, SluiceError } from '../errors.js';
import { type RunCommand, runCommand } from '../exec/run-command.js';
import type { Manifest, ValuesSource } from '../manifest/manifest.js';
import { parseManifests } from '../manifest/parse-manifests.js';
import { findCacheFolder } from '../toolchain/cache-folder.js';
import type { Helm } from '../toolchain/find-helm.js';
import { buildStandardInput, buildTemplateArguments } from './build-arguments.js';
import { type ChosenEngine, chooseEngine, type EngineChoice, findSharedHelm } from './choose-engine.js';
import { CoveredRender, findCoverageFolder } from './covered-render.js';
import { findEnginePool } from './engine-pool.js';
import { prepareDependencies } from './prepare-dependencies.js';
import { readValuesFiles } from './read-values-files.js';
import { computeRenderKey, pruneRenderCache, readCachedRender, writeCachedRender } from './render-cache.js';
import { explainRenderFailure } from './render-error.js';
import { DEFAULT_NAMESPACE, DEFAULT_RELEASE, type RenderOptions } from './render-options.js';
import { scanChart } from './scan-chart.js';

/** How a render is carried out; none of it changes what is rendered. */
export interface RenderContext {
  /** Folder that relative paths are taken from. Default: that of this process. */
  cwd?: string;
  /** Default `auto`: the library where it is built, else the binary. Both print the same. */
  engine?: EngineChoice;
  /** Default: found by `findHelm`, once a process. */
  helm?: Helm;
  /** Default: that of this process. */
  env?: NodeJS.ProcessEnv;
  /** Default: `findCacheFolder(env)`. */
  cacheFolder?: string;
  /** False renders anew and keeps nothing. Default true. */
  cache?: boolean;
  /**
   * Folder in which what each render hits and reads is written down, for `sluice coverage`. Default: that of
   * `SLUICE_COVERAGE`, and none without it.
   */
  coverage?: string;
  run?: RunCommand;
  /** Longest time for one render, in milliseconds. Default: none by the binary, 60,000 by the library. */
  timeoutMs?: number;
  signal?: AbortSignal;
  onProgress?: (text: string) => void;
  /** Milliseconds since the epoch. Default `Date.now`. */
  now?: () => number;
}

/** A chart rendered under a release's name. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  /** The chart as it was named. */
  readonly chart: string;
  /** What Helm printed, to the byte. */
  readonly text: string;
  /** The objects of `text` in its order, read at first use. */
  readonly manifests: readonly Manifest[];
  /** The values files that went in, in their order. */
  readonly valuesSources: readonly ValuesSource[];
  readonly helmVersion: string;
  /** What rendered it, or would have if it were not from the cache. */
  readonly engine: ChosenEngine['kind'];
  readonly fromCache: boolean;
}

const renderLimit = pLimit(availableParallelism());

/**
 * Renders a chart with real `helm template`, or with Helm's own library to the same bytes.
 *
 * Renders asked for at the same time run side by side, as many as there are cores. What was rendered before from the
 * same bytes by the same program comes from the cache. A chart whose templates use random or time functions is always
 * rendered anew. Dependencies that Chart.yaml names and `charts/` lacks are built in a copy; the chart is not touched.
 *
 * @throws SluiceError with the codes of `chooseEngine`, `readValuesFiles`, `scanChart` and `explainRenderFailure`, and
 * `ENGINE_DIED` or `ENGINE_TIMEOUT` where the library engine was lost; an abort rethrows the signal's reason.
 */
export async function renderChart(options: RenderOptions, context: RenderContext = {}): Promise<Release> {
  const { env = process.env, cwd = process.cwd(), signal, cache = true } = context;
  signal?.throwIfAborted();
  const cacheFolder = context.cacheFolder ?? findCacheFolder(env);
  const folder = findCoverageFolder(context);
  const engine = await chooseEngine(context, {
    lookups: options.lookups !== undefined,
    coverage: folder !== undefined,
  });
  const covered = folder === undefined ? undefined : new CoveredRender(folder, options, context);
  const full = { ...context, chosen: engine, cacheFolder, covered };
  const valuesSources = await readValuesFiles(options.valuesFiles ?? [], cwd);
  const setFileTexts = await readSetFiles(options.setFile ?? [], cwd);
  const scan = await scanChart(options.chart, cwd);
  const release = { options, valuesSources, engine };
  if (!cache || scan.randomFunction !== undefined) {
    return describeRelease(release, await renderLimited(options, full), false);
  }
  const key = computeRenderKey({
    helmDigest: engine.program.digest,
    helmVersion: engine.program.version,
    chartDigest: scan.digest,
    valuesTexts: valuesSources.map((source) => source.text),
    setFileTexts,
    options,
  });
  const kept = await readCachedRender(cacheFolder, key);
  const counted = covered === undefined || (await covered.recall(cacheFolder, key));
  if (kept !== undefined && counted) return describeRelease(release, kept, true);
  const text = await renderLimited(options, full);
  // What changed while helm was reading must not be kept under the old inputs' key.
  if ((await scanChart(options.chart, cwd)).digest === scan.digest) {
    await writeCachedRender(cacheFolder, key, text);
    await covered?.keep(cacheFolder, key);
    await pruneRenderCache(cacheFolder, (context.now ?? Date.now)());
  }
  return describeRelease(release, text, false);
}

interface FullContext extends RenderContext {
  chosen: ChosenEngine;
  cacheFolder: string;
  /** Undefined where nothing is counted. */
  covered: CoveredRender | undefined;
}

async function renderLimited(options: RenderOptions, context: FullContext): Promise<string> {
  return await renderLimit(async () => {
    try {
      return await runTemplate(options, context);
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'CHART_DEPENDENCIES') throw error;
      const helm = context.chosen.kind === 'binary' ? context.chosen.program : await findSharedHelm(context);
      const chart = await prepareDependencies({ ...context, helm, chart: options.chart });
      return await runTemplate({ ...options, chart }, context);
    }
  });
}

async function runTemplate(options: RenderOptions, context: FullContext): Promise<string> {
  try {
    if (context.chosen.kind === 'library')
      return await askLibrary(options, context, context.chosen.program.path);
    // The binary counts nothing: the library does it beside.
    await context.covered?.renderBeside(options);
    return await runBinary(options, context, context.chosen.program.path);
  } catch (error) {
    if (error instanceof CommandError) throw explainRenderFailure(error, options.chart);
    throw error;
  }
}

async function runBinary(options: RenderOptions, context: FullContext, path: string): Promise<string> {
  const { run = runCommand, env = process.env, cwd, signal, timeoutMs } = context;
  const input = buildStandardInput(options);
  const { stdout } = await run(path, buildTemplateArguments(options), {
    env: buildHelmEnvironment(env),
    ...(cwd === undefined ? {} : { cwd }),
    ...(input === undefined ? {} : { input }),
    ...(signal === undefined ? {} : { signal }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return stdout;
}

const LIBRARY_TIMEOUT_MS = 60_000;

async function askLibrary(options: RenderOptions, context: FullContext, path: string): Promise<string> {
  const { cwd = process.cwd(), signal, timeoutMs = LIBRARY_TIMEOUT_MS } = context;
  const args = buildTemplateArguments(options);
  const { exitCode, stdout, stderr, coverage } = await findEnginePool(path).render(
    {
      args,
      stdin: buildStandardInput(options) ?? '',
      cwd: resolve(cwd),
      lookups: options.lookups,
      coverage: context.covered !== undefined,
    },
    { timeoutMs, signal },
  );
  await context.covered?.record(coverage);
  if (exitCode === 0) return stdout;
  throw new CommandError({
    code: 'COMMAND_FAILED',
    message: `${quoteArguments(['helm', ...args])}: exit code ${exitCode}`,
    evidence: stderr.trim(),
    argv: ['helm', ...args],
    programExitCode: exitCode,
    stdout,
    stderr,
  });
}

/**
 * The environment of a helm that renders: without the user's own release settings, and with a garbage collector that
 * waits for a gigabyte, because a render lives for a moment and never needs as much.
 */
function buildHelmEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { HELM_NAMESPACE: _namespace, HELM_DEBUG: _debug, ...rest } = env;
  return { GOGC: 'off', GOMEMLIMIT: '1GiB', ...rest };
}

async function readSetFiles(assignments: readonly string[], cwd: string): Promise<string[]> {
  return await Promise.all(
    assignments.map(async (assignment) => {
      const file = assignment.slice(assignment.indexOf('=') + 1);
      return await readFile(resolve(cwd, file), 'utf8').catch((error: unknown) => {
        throw new SluiceError({
          code: 'VALUES_MISSING',
          message: `file ${file} of --set-file: cannot be read`,
          evidence: error instanceof Error ? error.message : String(error),
          exitCode: 2,
          cause: error,
        });
      });
    }),
  );
}

interface RenderedFrom {
  options: RenderOptions;
  valuesSources: readonly ValuesSource[];
  engine: ChosenEngine;
}

function describeRelease(
  { options, valuesSources, engine }: RenderedFrom,
  text: string,
  fromCache: boolean,
): Release {
  let manifests: readonly Manifest[] | undefined;
  return {
    name: options.release ?? DEFAULT_RELEASE,
    namespace: options.namespace ?? DEFAULT_NAMESPACE,
    chart: options.chart,
    text,
    get manifests() {
      manifests ??= parseManifests(text);
      return manifests;
    },
    valuesSources,
    helmVersion: engine.program.version,
    engine: engine.kind,
    fromCache,
  };
}
