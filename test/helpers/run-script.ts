import { join, resolve } from 'node:path';
import { execa } from 'execa';

export const REPOSITORY = resolve(import.meta.dirname, '../..');

/** Runs one of the repository's scripts as `npm run` would, and gives what it printed and its exit code. */
export async function runScript(
  script: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
) {
  return await execa(process.execPath, ['--import', 'tsx', join(REPOSITORY, 'scripts', script), ...args], {
    cwd: REPOSITORY,
    env,
    reject: false,
  });
}
