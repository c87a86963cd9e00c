import type { Command } from 'commander';
import { findCacheFolder } from '../toolchain/cache-folder.js';
import type { CliContext } from './cli-context.js';

/** Name of the cluster where none is given. */
export const DEFAULT_CLUSTER = 'default';

/** Options that all of `sluice cluster` has. */
export interface ClusterFlags {
  json?: boolean;
  quiet?: boolean;
  color: boolean;
}

/** Adds the options that all of `sluice cluster` has. */
export function addClusterFlags(command: Command): Command {
  return command
    .option('--json', 'one JSON document on stdout')
    .option('--quiet', 'print no progress')
    .option('--no-color', 'no colour, even on a terminal');
}

/** The cache of the user whose command this is. */
export function chooseCacheFolder(context: CliContext): string {
  return findCacheFolder(context.env);
}
