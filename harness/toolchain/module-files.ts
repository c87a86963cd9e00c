import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { runCommand } from '../exec/run-command.js';
import type { GoToolchain } from './go-toolchain.js';
import type { ToolchainOptions } from './toolchain-options.js';

/** Where Go keeps a module that another one, in `folder`, requires. */
export async function findModuleFolder(
  { module, folder }: { module: string; folder: string },
  go: GoToolchain,
  { run = runCommand, signal }: ToolchainOptions,
): Promise<string> {
  const { stdout } = await run(go.path, ['list', '-mod=readonly', '-m', '-f', '{{.Dir}}', module], {
    cwd: folder,
    env: go.env,
    ...(signal ? { signal } : {}),
  });
  return stdout.trim();
}

/** Copies a folder. Go keeps modules without the right to write, even to their owner, who could not remove a copy. */
export async function copyWritable(source: string, target: string): Promise<void> {
  for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const copy = join(target, relative(source, file));
    await mkdir(dirname(copy), { recursive: true });
    await writeFile(copy, await readFile(file));
  }
}
