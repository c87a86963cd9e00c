import { chmod, cp, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Copies a chart's folder, links followed, into one that can be changed, whatever the rights of the first.
 *
 * A chart taken from a module cache or a package is often read-only.
 */
export async function copyChart(chart: string, target: string): Promise<void> {
  await cp(chart, target, { recursive: true, dereference: true });
  await allowWritingBelow(target);
}

async function allowWritingBelow(folder: string): Promise<void> {
  const info = await stat(folder);
  await chmod(folder, info.mode | 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await allowWritingBelow(path);
    else await chmod(path, (await stat(path)).mode | 0o600);
  }
}
