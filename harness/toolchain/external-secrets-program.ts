import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGoEntry, findGoFor } from './go-program.js';
import type { GoToolchain } from './go-toolchain.js';
import { hashFolder } from './hash-folder.js';
import { makeOnce } from './make-once.js';
import { copyWritable, findModuleFolder } from './module-files.js';
import { completeOptions, type ToolchainOptions } from './toolchain-options.js';

/** Release of external-secrets that test clusters run: the last one that is a single Go module. */
export const EXTERNAL_SECRETS_VERSION = '0.20.4';

/** What comes with the operator: all that is needed where its image is there. */
export interface ExternalSecretsFiles {
  /** Without the leading `v`. */
  version: string;
  /** YAML file with all its CustomResourceDefinitions. */
  crdBundle: string;
  /** Its own chart, as published, which names a dependency in a registry. */
  chartFolder: string;
}

export interface ExternalSecretsProgram extends ExternalSecretsFiles {
  /** The operator; its webhook and certificate controller are commands of it. Statically linked. */
  path: string;
}

const MODULE = 'github.com/external-secrets/external-secrets';
const MODULE_FILES = ['crds', 'charts/external-secrets'];

/**
 * Gives the external-secrets operator, built from its sources into the cache the first time: some minutes.
 *
 * @throws SluiceError as `buildGoProgram`.
 */
export async function ensureExternalSecrets(options: ToolchainOptions = {}): Promise<ExternalSecretsProgram> {
  const folder = await buildGoEntry({
    ...options,
    name: 'external-secrets',
    version: EXTERNAL_SECRETS_VERSION,
    folder: findModule(),
    expectedCpuSeconds: 370,
    complete: {
      key: MODULE_FILES.join(),
      fill: async (draft, go) => await copyModuleFiles(draft, go, options),
    },
  });
  return { ...describeFiles(folder), path: join(folder, 'external-secrets') };
}

/**
 * Gives what comes with the operator, without building it.
 *
 * @throws SluiceError as `findGoFor`, CommandError where Go cannot fetch the module.
 */
export async function ensureExternalSecretsFiles(
  options: ToolchainOptions = {},
): Promise<ExternalSecretsFiles> {
  const { cacheFolder } = completeOptions(options);
  const key = (await hashFolder(findModule(), MODULE_FILES.join())).slice(0, 16);
  const folder = await makeOnce({
    folder: join(cacheFolder, 'external-secrets', `files-${EXTERNAL_SECRETS_VERSION}-${key}`),
    make: async (draft) => await copyModuleFiles(draft, await findGoFor(findModule(), options), options),
  });
  return describeFiles(folder);
}

function findModule(): string {
  return fileURLToPath(new URL('../../harness/toolchain/go/external-secrets', import.meta.url));
}

async function copyModuleFiles(target: string, go: GoToolchain, options: ToolchainOptions): Promise<void> {
  const source = await findModuleFolder({ ...options, module: MODULE, folder: findModule(), go });
  for (const path of MODULE_FILES) await copyWritable(join(source, 'deploy', path), join(target, path));
}

function describeFiles(folder: string): ExternalSecretsFiles {
  return {
    version: EXTERNAL_SECRETS_VERSION,
    crdBundle: join(folder, 'crds', 'bundle.yaml'),
    chartFolder: join(folder, 'charts', 'external-secrets'),
  };
}
