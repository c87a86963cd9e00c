import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGoEntry } from './go-program.js';
import { copyWritable, findModuleFolder } from './module-files.js';
import type { ToolchainOptions } from './toolchain-options.js';

/** Release of external-secrets that test clusters run: the last one that is a single Go module. */
export const EXTERNAL_SECRETS_VERSION = '0.20.4';

export interface ExternalSecretsProgram {
  /** Without the leading `v`. */
  version: string;
  /** The operator; its webhook and certificate controller are commands of it. Statically linked. */
  path: string;
  /** YAML file with all its CustomResourceDefinitions. */
  crdBundle: string;
  /** Its own chart, as published, which names a dependency in a registry. */
  chartFolder: string;
}

const MODULE = 'github.com/external-secrets/external-secrets';
const MODULE_FILES = ['crds', 'charts/external-secrets'];

/**
 * Gives the external-secrets operator, built from its sources into the cache the first time: some minutes.
 *
 * @throws SluiceError as `buildGoProgram`.
 */
export async function ensureExternalSecrets(options: ToolchainOptions = {}): Promise<ExternalSecretsProgram> {
  const module = fileURLToPath(new URL('../../harness/toolchain/go/external-secrets', import.meta.url));
  const folder = await buildGoEntry({
    ...options,
    name: 'external-secrets',
    version: EXTERNAL_SECRETS_VERSION,
    folder: module,
    expectedCpuSeconds: 370,
    complete: {
      key: MODULE_FILES.join(),
      fill: async (draft, go) => {
        const source = join(
          await findModuleFolder({ ...options, module: MODULE, folder: module, go }),
          'deploy',
        );
        for (const path of MODULE_FILES) await copyWritable(join(source, path), join(draft, path));
      },
    },
  });
  return {
    version: EXTERNAL_SECRETS_VERSION,
    path: join(folder, 'external-secrets'),
    crdBundle: join(folder, 'crds', 'bundle.yaml'),
    chartFolder: join(folder, 'charts', 'external-secrets'),
  };
}
