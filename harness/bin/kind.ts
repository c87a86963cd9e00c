import { reportError } from '../cli/report-error.js';
import { isForegroundTaken, runForeground } from '../exec/run-foreground.js';
import { ensureKindProgram } from '../toolchain/kind-program.js';

const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (isForegroundTaken()) return;
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error(`interrupted by ${signal}`));
  });
}

process.exitCode = await runKind().catch((error: unknown) => {
  if (controller.signal.aborted) return 130;
  const { env, stdout, stderr } = process;
  const context = { env, stdout, stderr, cwd: process.cwd(), signal: controller.signal };
  return reportError(error, { context, json: false });
});

/** Becomes kind: the one on PATH, or the pinned one. Nothing but progress is said, on standard error. */
async function runKind(): Promise<number> {
  const { signal } = controller;
  const { path } = await ensureKindProgram({
    env: withoutOwnFolder(process.env),
    signal,
    onProgress: (text) => process.stderr.write(`${text}\n`),
  });
  const env = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return await runForeground({ file: path, args: process.argv.slice(2), env, cwd: process.cwd(), signal });
}

// npx puts folders on PATH in which this program is called kind.
function withoutOwnFolder(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const folders = (env['PATH'] ?? '').split(':').filter((folder) => !folder.endsWith('node_modules/.bin'));
  return { ...env, PATH: folders.join(':') };
}
