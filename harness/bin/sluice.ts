#!/usr/bin/env node
import { runSluice } from '../cli/main.js';
import { isForegroundTaken } from '../exec/run-foreground.js';

const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // Not `once`: what ends child processes with this one takes a signal that nobody listens to any more for the end,
  // and there would be no time to clean up. A second signal is the end.
  process.on(signal, () => {
    if (isForegroundTaken()) return;
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error(`interrupted by ${signal}`));
  });
}
// A reader that went away (sluice render | head) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runSluice(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  cwd: process.cwd(),
  signal: controller.signal,
});
