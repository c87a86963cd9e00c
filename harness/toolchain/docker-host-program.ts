import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGoEntry } from './go-program.js';
import type { ToolchainOptions } from './toolchain-options.js';

export interface DockerHostProgram {
  /** Runs a command in namespaces of its own that end with it. */
  path: string;
  /** OCI runtime for machines without CAP_SYS_RESOURCE: becomes the `runc` on PATH. */
  runtime: string;
}

/**
 * Gives the program that holds a Docker engine of our own, built into the cache the first time: some seconds.
 *
 * @throws SluiceError as `buildGoProgram`.
 */
export async function ensureDockerHost(options: ToolchainOptions = {}): Promise<DockerHostProgram> {
  const folder = await buildGoEntry({
    ...options,
    name: 'docker-host',
    version: '1',
    folder: fileURLToPath(new URL('../../harness/toolchain/go/docker-host', import.meta.url)),
    expectedCpuSeconds: 30,
    complete: {
      key: 'sluice-runc',
      fill: async (draft) => await symlink('docker-host', join(draft, 'sluice-runc')),
    },
  });
  return { path: join(folder, 'docker-host'), runtime: join(folder, 'sluice-runc') };
}
