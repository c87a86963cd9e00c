import type { RunCommand } from '../exec/run-command.js';
import { findCacheFolder } from './cache-folder.js';

/** What everything that finds, fetches or builds a program takes. */
export interface ToolchainOptions {
  /** Default: `findCacheFolder(env)`. */
  cacheFolder?: string;
  /** Default: that of this process. */
  env?: NodeJS.ProcessEnv;
  run?: RunCommand;
  /** Ends what was started for it, compilers and their children included. */
  signal?: AbortSignal;
  /** Given a line for people from time to time while something long goes on. */
  onProgress?: (text: string) => void;
}

/** The options with their defaults, to be handed on. */
export function completeOptions(options: ToolchainOptions) {
  const env = options.env ?? process.env;
  return { ...options, env, cacheFolder: options.cacheFolder ?? findCacheFolder(env) };
}
