import { relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CliContext } from './cli-context.js';
import { chooseColors } from './colors.js';
import { reportError } from './report-error.js';
import { type WatchedPlaces, watchFiles } from './watch-files.js';

export interface WatchCheckOptions {
  context: CliContext;
  /** Checks and prints once. */
  check: () => Promise<void>;
  /** What to watch, asked anew after each check. */
  listPlaces: () => Promise<WatchedPlaces>;
  /** Changed by a check itself, such as its report. */
  ignored: readonly string[];
}

// One save is several events: written, renamed, its times set.
const SETTLE_MS = 10;

/** Checks, and again after every change, until the context's signal is aborted: Ctrl-C is the way to end it. */
export async function watchCheck({
  context,
  check,
  listPlaces,
  ignored,
}: WatchCheckOptions): Promise<number> {
  const colors = chooseColors(context.stdout, context.env);
  let changed: string | undefined;
  let wake = (): void => undefined;
  const files = watchFiles((path) => {
    if (ignored.includes(path)) return;
    changed ??= path;
    wake();
  });
  const onAbort = (): void => wake();
  context.signal.addEventListener('abort', onAbort);
  try {
    while (!context.signal.aborted) {
      // Before the check: what changes during it is checked again.
      files.watch(await listPlaces());
      await checkOnce(check, context);
      if (context.signal.aborted) break;
      context.stdout.write(`${colors.dim('watching; Ctrl-C ends it')}\n`);
      if (changed === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (context.signal.aborted) break;
      await delay(SETTLE_MS);
      context.stdout.write(`\n${colors.dim(`changed: ${relative(context.cwd, changed ?? '')}`)}\n`);
      changed = undefined;
    }
    return 0;
  } finally {
    files[Symbol.dispose]();
    context.signal.removeEventListener('abort', onAbort);
  }
}

async function checkOnce(check: () => Promise<void>, context: CliContext): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!context.signal.aborted) reportError(error, { context, json: false });
  }
}
