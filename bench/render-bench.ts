import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../harness/exec/run-command.js';
import { renderChart } from '../harness/helm/render-chart.js';
import type { JsonObject } from '../harness/manifest/manifest.js';
import { findHelm } from '../harness/toolchain/find-helm.js';

export const RENDER_CASES = 400;

/** Values of one case: each differs from every other and leaves no template untouched. */
export function makeCaseValues(index: number): JsonObject {
  return {
    image: { repository: 'registry.example.com/shop/web', tag: `1.${index}.0` },
    environment: 'staging',
    config: Object.fromEntries(
      Array.from({ length: 10 }, (_, at) => [`SETTING_${at}`, `value ${index}-${at}`]),
    ),
    externalSecrets: {
      external: { path: '/{system}/{app}/{environment}/app' },
      keys: { data: { API_KEY: `/{system}/{environment}/key-${index}` } },
    },
  };
}

export interface RenderFigures {
  bareMs: number;
  coldMs: number;
  warmMs: number;
  /** Of cold to 400 bare renders shared among the cores. */
  coldRatio: number;
  /** Of cold to warm. */
  warmSpeedup: number;
}

/** 400 renders of the chart with 400 values, cold and warm, beside the time of one bare `helm template`. */
export async function benchRenders(chart: string): Promise<RenderFigures> {
  const helm = await findHelm();
  const cacheFolder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const cases = Array.from({ length: RENDER_CASES }, (_, index) => makeCaseValues(index));
  try {
    const bareBeforeMs = await measureBare(helm.path, chart);
    const render = async (): Promise<number> => {
      const start = performance.now();
      await Promise.all(
        cases.map(async (values) => await renderChart({ chart, values }, { helm, cacheFolder })),
      );
      return performance.now() - start;
    };
    const coldMs = await render();
    const bareAfterMs = await measureBare(helm.path, chart);
    const warmMs = await render();
    const bareMs = (bareBeforeMs + bareAfterMs) / 2;
    return {
      bareMs,
      coldMs,
      warmMs,
      coldRatio: coldMs / ((RENDER_CASES * bareMs) / availableParallelism()),
      warmSpeedup: coldMs / warmMs,
    };
  } finally {
    await rm(cacheFolder, { recursive: true, force: true });
  }
}

async function measureBare(helmPath: string, chart: string): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < 20; index += 1) {
    const start = performance.now();
    await runCommand(helmPath, ['template', 'release-name', chart, '--values', '-'], {
      input: JSON.stringify(makeCaseValues(index)),
    });
    times.push(performance.now() - start);
  }
  return times.sort((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0;
}
