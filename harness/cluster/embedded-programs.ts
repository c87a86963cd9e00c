import type { KubernetesObject } from '../manifest/manifest.js';
import { ensureLocalStackIndex } from '../platform/localstack-index.js';
import { ensureOperatorAccess } from '../platform/operator-access.js';
import type { PreparedStoreProgram } from '../platform/start-parameter-store.js';
import { type ExternalSecretsProgram, ensureExternalSecrets } from '../toolchain/external-secrets-program.js';
import { ensureKubePrograms, type KubePrograms } from '../toolchain/kube-programs.js';
import { ensureParameterStore } from '../toolchain/parameter-store-program.js';
import type { ToolchainOptions } from '../toolchain/toolchain-options.js';
import type { ClusterStep } from './cluster.js';

/** Everything that an embedded cluster runs. */
export interface EmbeddedPrograms {
  kube: KubePrograms;
  operator: ExternalSecretsProgram & { access: readonly KubernetesObject[] };
  store: PreparedStoreProgram;
}

export interface EnsureProgramsOptions extends Omit<ToolchainOptions, 'onProgress'> {
  onStep?: ((step: ClusterStep) => void) | undefined;
}

/**
 * Gives the programs, found in the cache or built into it: minutes the first time.
 *
 * @throws SluiceError of the one that can't be had; the others go on to their end for the next time.
 */
export async function ensureEmbeddedPrograms({
  onStep,
  ...options
}: EnsureProgramsOptions): Promise<EmbeddedPrograms> {
  const report = (subject: string): ToolchainOptions => ({
    ...options,
    onProgress: (text) => onStep?.({ subject, state: 'preparing', text }),
  });
  const store = prepareStore(report('parameter-store'));
  // One after the other: each build uses every core there is.
  const builds = (async () => ({
    kube: await ensureKubePrograms(report('kube-apiserver')),
    operator: await prepareOperator(report('external-secrets')),
  }))();
  const [stored, built] = await Promise.allSettled([store, builds]);
  if (built.status === 'rejected') throw built.reason;
  if (stored.status === 'rejected') throw stored.reason;
  return { ...built.value, store: stored.value };
}

async function prepareOperator(options: ToolchainOptions): Promise<EmbeddedPrograms['operator']> {
  const program = await ensureExternalSecrets(options);
  return { ...program, access: await ensureOperatorAccess(program, options) };
}

/** Gives the parameter store with what makes its start short. */
export async function prepareStore(options: ToolchainOptions): Promise<PreparedStoreProgram> {
  const program = await ensureParameterStore(options);
  if (program.name !== 'localstack') return program;
  return { ...program, index: await ensureLocalStackIndex(program, options) };
}
