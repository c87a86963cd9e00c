import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGoEntry, buildGoProgram } from './go-program.js';
import { copyWritable, findModuleFolder } from './module-files.js';
import type { ToolchainOptions } from './toolchain-options.js';

/** Release of Sealed Secrets that test clusters run. */
export const SEALED_SECRETS_VERSION = '0.40.0';

export interface SealedSecretsProgram {
  /** Without the leading `v`. */
  version: string;
  /** The controller. Statically linked. */
  path: string;
  /** Its own chart, as published, with its CustomResourceDefinition. */
  chartFolder: string;
}

const MODULE = 'github.com/bitnami/sealed-secrets';
const CHART = 'helm/sealed-secrets';

const module = fileURLToPath(new URL('../../harness/toolchain/go/sealed-secrets', import.meta.url));

/**
 * Gives the controller of Sealed Secrets, built from its sources into the cache the first time: a minute or two.
 *
 * @throws SluiceError as `buildGoProgram`.
 */
export async function ensureSealedSecrets(options: ToolchainOptions = {}): Promise<SealedSecretsProgram> {
  const name = 'sealed-secrets-controller';
  const folder = await buildGoEntry({
    ...options,
    ...describeProgram(name, 'controller'),
    complete: {
      key: CHART,
      fill: async (draft, go) => {
        const source = await findModuleFolder({ ...options, module: MODULE, folder: module, go });
        await copyWritable(join(source, CHART), join(draft, CHART));
      },
    },
  });
  return {
    version: SEALED_SECRETS_VERSION,
    path: join(folder, name),
    chartFolder: join(folder, CHART),
  };
}

/**
 * Gives the path of kubeseal, which seals Secrets for a controller; built as the controller.
 *
 * @throws SluiceError as `buildGoProgram`.
 */
export async function ensureKubeseal(options: ToolchainOptions = {}): Promise<string> {
  return await buildGoProgram({ ...options, ...describeProgram('kubeseal', 'kubeseal') });
}

function describeProgram(name: string, command: string) {
  return {
    name,
    version: SEALED_SECRETS_VERSION,
    folder: module,
    package: `${MODULE}/cmd/${command}`,
    ldflags: [`-X=main.VERSION=${SEALED_SECRETS_VERSION}`],
    expectedCpuSeconds: 140,
  };
}
