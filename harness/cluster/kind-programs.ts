import type { ImageArchive } from '../platform/image-archive.js';
import { ensureOperatorChart } from '../platform/operator-chart.js';
import { ensureOperatorImage } from '../platform/operator-image.js';
import type { PreparedStoreProgram } from '../platform/start-parameter-store.js';
import { type ExternalSecretsProgram, ensureExternalSecrets } from '../toolchain/external-secrets-program.js';
import type { ToolchainOptions } from '../toolchain/toolchain-options.js';
import type { ClusterStep } from './cluster.js';
import { prepareStore } from './embedded-programs.js';

/** Everything that a kind cluster is made of, beside the Docker engine and the image of its node. */
export interface KindPrograms {
  /** kind itself. */
  kind: { path: string; version: string };
  operator: ExternalSecretsProgram & {
    /** Folder of its chart. */
    chart: string;
    image: ImageArchive;
  };
  store: PreparedStoreProgram;
}

export interface EnsureKindProgramsOptions extends Omit<ToolchainOptions, 'onProgress'> {
  onStep?: ((step: ClusterStep) => void) | undefined;
}

/**
 * Gives the programs, found in the cache or built into it: minutes the first time.
 *
 * @throws SluiceError of the one that can't be had.
 */
export async function ensureKindPrograms({
  onStep,
  ...options
}: EnsureKindProgramsOptions): Promise<Omit<KindPrograms, 'kind'>> {
  const report = (subject: string): ToolchainOptions => ({
    ...options,
    onProgress: (text) => onStep?.({ subject, state: 'preparing', text }),
  });
  const store = prepareStore(report('parameter-store'));
  const [stored, built] = await Promise.allSettled([store, prepareOperator(report('external-secrets'))]);
  if (built.status === 'rejected') throw built.reason;
  if (stored.status === 'rejected') throw stored.reason;
  return { operator: built.value, store: stored.value };
}

async function prepareOperator(options: ToolchainOptions): Promise<KindPrograms['operator']> {
  const program = await ensureExternalSecrets(options);
  const [chart, image] = await Promise.all([
    ensureOperatorChart(program, options),
    ensureOperatorImage(program, options),
  ]);
  return { ...program, chart, image };
}
