import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureEmbeddedPrograms } from '../harness/cluster/embedded-programs.js';
import { runCommand } from '../harness/exec/run-command.js';

/** Builds everything a cluster is made of with empty caches, Go's own included; milliseconds. Modules are not fetched anew. */
export async function benchPreparation(onProgress: (text: string) => void): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    const start = performance.now();
    await ensureEmbeddedPrograms({
      cacheFolder: join(folder, 'cache'),
      env: { ...process.env, GOCACHE: join(folder, 'go') },
      onStep: ({ text }) => onProgress(text),
    });
    return performance.now() - start;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every scenario in a cluster, as `npm test` runs them; milliseconds. */
export async function benchScenarios(): Promise<number> {
  const root = resolve(import.meta.dirname, '..');
  const start = performance.now();
  await runCommand(join(root, 'node_modules', '.bin', 'vitest'), ['run', '--project', 'e2e'], { cwd: root });
  return performance.now() - start;
}
