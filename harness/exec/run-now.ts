import { spawnSync } from 'node:child_process';

const LONGEST_MS = 30_000;

/** Runs a program to its end while everything here waits: for when this process ends and nothing can be awaited. */
export function runNow(file: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): void {
  spawnSync(file, args, { env, stdio: 'ignore', timeout: LONGEST_MS });
}
