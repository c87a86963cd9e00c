import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from './run-script.js';

/** JavaScript: what a project's configuration needs for vitest to load linked packages as it does installed ones. */
export const LINKED =
  '{ server: { fs: { strict: false } }, test: { server: { deps: { external: [/\\/dist\\//u] } } } }';

/** Gives a project what its reader has installed: `sluice`, compiled, and `vitest`. */
export async function linkPackages(folder: string): Promise<void> {
  const packages = join(folder, 'node_modules');
  await mkdir(packages);
  await symlink(REPOSITORY, join(packages, 'sluice'));
  await symlink(join(REPOSITORY, 'node_modules', 'vitest'), join(packages, 'vitest'));
}
