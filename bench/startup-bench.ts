import { resolve } from 'node:path';
import { runCommand } from '../harness/exec/run-command.js';

export interface StartupFigures {
  nodeMs: number;
  versionMs: number;
  /** Of `sluice --version` to `node -e 0`. */
  versionRatio: number;
  /** `sluice check` of every file in `values/`, everything cached. */
  checkWarmMs: number;
}

const sluice = resolve(import.meta.dirname, '..', 'dist', 'bin', 'sluice.js');

/** How soon the compiled command answers: medians of ten. */
export async function benchStartup(): Promise<StartupFigures> {
  const nodeMs = await median(10, ['-e', '0']);
  const versionMs = await median(10, [sluice, '--version']);
  await median(1, [sluice, 'check']);
  const checkWarmMs = await median(5, [sluice, 'check']);
  return { nodeMs, versionMs, versionRatio: versionMs / nodeMs, checkWarmMs };
}

async function median(times: number, args: readonly string[]): Promise<number> {
  const measured: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const start = performance.now();
    await runCommand(process.execPath, args);
    measured.push(performance.now() - start);
  }
  return measured.sort((one, other) => one - other)[Math.floor(times / 2)] ?? 0;
}
