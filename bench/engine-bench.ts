import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureMemory } from '../harness/exec/measure-memory.js';
import { findEnginePool } from '../harness/helm/engine-pool.js';
import { type Release, renderChart } from '../harness/helm/render-chart.js';
import { findManifest } from '../harness/manifest/select-manifests.js';
import { ensureHelmEngine } from '../harness/toolchain/helm-engine-program.js';
import { makeCaseValues, RENDER_CASES } from './render-bench.js';

export const MANY_RENDERS = 10_000;

export interface EngineFigures {
  /** 400 cases of one assertion each: the program built, the chart just changed, nothing cached. */
  casesMs: number;
  /** One render after a template was saved, median of ten. */
  changedMs: number;
  /** Over 10,000 renders. */
  rendersPerSecond: number;
  /** Of all its programs together, after the first 400 renders. */
  memoryAtStartBytes: number;
  memoryAtEndBytes: number;
}

/**
 * The library engine on a copy of the chart.
 *
 * @throws SluiceError where it cannot be built here.
 */
export async function benchEngine(chart: string, onProgress: (text: string) => void): Promise<EngineFigures> {
  const { path } = await ensureHelmEngine({ onProgress });
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    const copy = join(folder, 'chart');
    await cp(chart, copy, { recursive: true });
    const casesMs = await measure(async () => await assertCases(copy));
    const changedMs = await measureChanges(copy);
    const memoryAtStartBytes = await measureEngines(path);
    const manyMs = await measure(async () => await renderMany(copy));
    return {
      casesMs,
      changedMs,
      rendersPerSecond: MANY_RENDERS / (manyMs / 1000),
      memoryAtStartBytes,
      memoryAtEndBytes: await measureEngines(path),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function render(chart: string, index: number, showOnly?: readonly string[]): Promise<Release> {
  const options = { chart, values: makeCaseValues(index), ...(showOnly === undefined ? {} : { showOnly }) };
  return await renderChart(options, { engine: 'library', cache: false });
}

// Template and assertion are those of the helm-unittest suite.
async function assertCases(chart: string): Promise<void> {
  await Promise.all(
    Array.from({ length: RENDER_CASES }, async (_, index) => {
      const release = await render(chart, index, ['templates/configmap.yaml']);
      const data = findManifest(release.manifests, { kind: 'ConfigMap' })?.object['data'];
      const expected = `value ${index}-0`;
      if ((data as Record<string, unknown>)['SETTING_0'] !== expected) throw new Error(`not ${expected}`);
    }),
  );
}

async function measureChanges(chart: string): Promise<number> {
  const template = join(chart, 'templates', 'configmap.yaml');
  const text = await readFile(template, 'utf8');
  const times: number[] = [];
  for (let index = 0; index < 10; index += 1) {
    await writeFile(template, `${text}# change ${index}\n`);
    times.push(
      await measure(async () => {
        await render(chart, 0);
      }),
    );
  }
  return times.sort((one, other) => one - other)[5] ?? 0;
}

async function renderMany(chart: string): Promise<void> {
  const atOnce = 16;
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < MANY_RENDERS) {
      next += 1;
      await render(chart, next % RENDER_CASES);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function measureEngines(path: string): Promise<number> {
  const sizes = await measureMemory(findEnginePool(path).pids);
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
