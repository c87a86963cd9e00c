import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectCoverage } from '../harness/coverage/collect-coverage.js';
import { findManifest, renderChart } from '../harness/index.js';
import { ensureHelmEngine } from '../harness/toolchain/helm-engine-program.js';
import { makeCaseValues, RENDER_CASES } from './render-bench.js';

export interface CoverageFigures {
  /** 400 cases of one assertion each by the library engine, nothing cached. */
  plainMs: number;
  /** The same while it counts. */
  countedMs: number;
  /** Adding up what they hit, and finding which values matter. */
  reportMs: number;
}

const ROUNDS = 3;

/** What counting costs: the quickest of some rounds of each, taken by turns. */
export async function benchCoverage(chart: string): Promise<CoverageFigures> {
  await ensureHelmEngine();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    const plain: number[] = [];
    const counted: number[] = [];
    await runCases(chart, undefined);
    for (let round = 0; round < ROUNDS; round += 1) {
      plain.push(await measure(async () => await runCases(chart, undefined)));
      counted.push(await measure(async () => await runCases(chart, join(folder, String(round)))));
    }
    const reportMs = await measure(async () => {
      await collectCoverage({ chart, folder: join(folder, '0') });
    });
    return { plainMs: Math.min(...plain), countedMs: Math.min(...counted), reportMs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function runCases(chart: string, coverage: string | undefined): Promise<void> {
  await Promise.all(
    Array.from({ length: RENDER_CASES }, async (_, index) => {
      const context = {
        engine: 'library',
        cache: false,
        ...(coverage === undefined ? {} : { coverage }),
      } as const;
      const release = await renderChart({ chart, values: makeCaseValues(index) }, context);
      const data = findManifest(release.manifests, { kind: 'ConfigMap' })?.object['data'];
      const expected = `value ${index}-0`;
      if ((data as Record<string, unknown>)['SETTING_0'] !== expected) throw new Error(`not ${expected}`);
    }),
  );
}
