import type { ImageArchive } from '../platform/image-archive.js';
import { ensureOperatorChart } from '../platform/operator-chart.js';
import { ensureOperatorImage, ensureProgramImage } from '../platform/operator-image.js';
import type { PreparedStoreProgram } from '../platform/start-parameter-store.js';
import { type ExternalSecretsProgram, ensureExternalSecrets } from '../toolchain/external-secrets-program.js';
import { ensureKindProgram } from '../toolchain/kind-program.js';
import { ensureSealedSecrets, type SealedSecretsProgram } from '../toolchain/sealed-secrets-program.js';
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
  sealedSecrets?: (SealedSecretsProgram & { image: ImageArchive }) | undefined;
}

export interface EnsureKindProgramsOptions extends Omit<ToolchainOptions, 'onProgress'> {
  onStep?: ((step: ClusterStep) => void) | undefined;
  /** Sealed Secrets too. Default false. */
  sealedSecrets?: boolean | undefined;
}

/**
 * Gives the programs, found in the cache or built into it: minutes the first time.
 *
 * @throws SluiceError of the one that can't be had; the others go on to their end for the next time.
 */
export async function ensureKindPrograms(options: EnsureKindProgramsOptions): Promise<KindPrograms> {
  const { onStep, sealedSecrets: sealed, ...rest } = options;
  const report = (subject: string): ToolchainOptions => ({
    ...rest,
    onProgress: (text) => onStep?.({ subject, state: 'preparing', text }),
  });
  const storing = prepareStore(report('parameter-store'));
  // One after the other: each build uses every core there is.
  const builds = (async () => ({
    kind: await ensureKindProgram(report('kind')),
    operator: await prepareOperator(report('external-secrets')),
    sealedSecrets: sealed ? await prepareSealedSecrets(report('sealed-secrets')) : undefined,
  }))();
  const [store, built] = await Promise.allSettled([storing, builds]);
  if (built.status === 'rejected') throw built.reason;
  if (store.status === 'rejected') throw store.reason;
  return { ...built.value, store: store.value };
}

async function prepareOperator(options: ToolchainOptions): Promise<KindPrograms['operator']> {
  const program = await ensureExternalSecrets(options);
  const [chart, image] = await Promise.all([
    ensureOperatorChart(program, options),
    ensureOperatorImage(program, options),
  ]);
  return { ...program, chart, image };
}

async function prepareSealedSecrets(options: ToolchainOptions) {
  const program = await ensureSealedSecrets(options);
  const { path, version } = program;
  const image = await ensureProgramImage({ name: 'sealed-secrets-controller', version, path }, options);
  return { ...program, image };
}
