import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { runCommand } from '../exec/run-command.js';
import type { GoToolchain } from './go-toolchain.js';
import type { ToolchainOptions } from './toolchain-options.js';

export interface ModuleFolderOptions extends ToolchainOptions {
  module: string;
  /** Folder of the module that requires it. */
  folder: string;
  go: GoToolchain;
}

/** Where Go keeps a module that another one requires. */
export async function findModuleFolder(options: ModuleFolderOptions): Promise<string> {
  const { module, folder, go, run = runCommand, signal } = options;
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
