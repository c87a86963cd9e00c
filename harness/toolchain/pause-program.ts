import { fileURLToPath } from 'node:url';
import { buildGoProgram } from './go-program.js';
import type { ToolchainOptions } from './toolchain-options.js';

/**
 * Gives the program that holds the namespaces of a pod, built into the cache the first time: some seconds.
 *
 * @throws SluiceError as `buildGoProgram`.
 */
export async function ensurePause(options: ToolchainOptions = {}): Promise<string> {
  return await buildGoProgram({
    ...options,
    name: 'pause',
    version: '1',
    folder: fileURLToPath(new URL('../../harness/toolchain/go/pause', import.meta.url)),
    expectedCpuSeconds: 20,
  });
}
