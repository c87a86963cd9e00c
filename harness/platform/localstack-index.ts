import { createHash } from 'node:crypto';
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from '../exec/run-command.js';
import { makeOnce } from '../toolchain/make-once.js';
import type { ParameterStoreProgram } from '../toolchain/parameter-store-program.js';
import { completeOptions, type ToolchainOptions } from '../toolchain/toolchain-options.js';

// Where LocalStack looks for an index that came with it, and where it puts one it had to make, below its own root.
const SHIPPED = 'usr/lib/localstack';
const MADE = 'var/lib/localstack/cache';

/**
 * Has LocalStack make its index of AWS's services once. Without it every start makes one: seconds, and 300 MB that
 * are never given back.
 *
 * @returns the folder that holds the index
 * @throws CommandError where LocalStack can't make it
 */
export async function ensureLocalStackIndex(
  program: ParameterStoreProgram,
  options: ToolchainOptions = {},
): Promise<string> {
  const { cacheFolder, run = runCommand, signal, onProgress } = completeOptions(options);
  const key = createHash('sha256').update(program.python).digest('hex').slice(0, 16);
  const folder = await makeOnce({
    folder: join(cacheFolder, 'localstack', `index-${program.version}-${key}`),
    onWait: () => onProgress?.('waiting for another process that makes the index of LocalStack'),
    make: async (draft) => {
      onProgress?.('making the index of LocalStack (10 s, once)');
      await mkdir(join(draft, MADE), { recursive: true });
      await run(program.python, ['-c', 'from localstack.aws.spec import get_service_catalog as get; get()'], {
        cwd: draft,
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: draft,
          OVERRIDE_IN_DOCKER: '0',
          FILESYSTEM_ROOT: draft,
        },
        ...(signal ? { signal } : {}),
      });
    },
  });
  return join(folder, MADE);
}

/** Puts an index where a LocalStack with this root finds it. */
export async function provideLocalStackIndex(index: string, root: string): Promise<void> {
  const place = join(root, SHIPPED);
  await mkdir(dirname(place), { recursive: true });
  await symlink(index, place);
}
