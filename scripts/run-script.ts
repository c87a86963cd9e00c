import { type ParseArgsConfig, parseArgs } from 'node:util';
import { SluiceError } from '../harness/errors.js';

export interface Script<T extends ParseArgsConfig> {
  usage: string;
  /** What arguments are taken, as Node's `parseArgs` has it. */
  takes: T;
  /** Gives the exit code. */
  run: (parsed: ReturnType<typeof parseArgs<T>>) => Promise<number>;
}

/** Runs a script to its exit code: 2 for arguments that it does not take, an error's own where it tells one. */
export async function runScript<T extends ParseArgsConfig>({ usage, takes, run }: Script<T>): Promise<void> {
  let parsed: ReturnType<typeof parseArgs<T>>;
  try {
    parsed = parseArgs(takes);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exitCode = 2;
    return;
  }
  try {
    process.exitCode = await run(parsed);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}
