import { fileURLToPath } from 'node:url';
import { buildGoProgram } from './go-program.js';
import type { ToolchainOptions } from './toolchain-options.js';

/** Release of CoreDNS that resolves names in clusters whose image is assembled here. */
export const COREDNS_VERSION = '1.13.1';

/**
 * Gives CoreDNS, built from its sources into the cache the first time: some minutes.
 *
 * @throws SluiceError as `buildGoProgram`.
 */
export async function ensureCoredns(options: ToolchainOptions = {}): Promise<string> {
  return await buildGoProgram({
    ...options,
    name: 'coredns',
    version: COREDNS_VERSION,
    folder: fileURLToPath(new URL('../../harness/toolchain/go/coredns', import.meta.url)),
    expectedCpuSeconds: 120,
  });
}
