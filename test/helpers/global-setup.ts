import { findHelm } from '../../harness/toolchain/find-helm.js';

/** Finds or fetches helm before any test asks for it, so that no test waits for a download. */
export async function setup(): Promise<void> {
  await findHelm({ onProgress: (text) => process.stderr.write(`${text}\n`) });
}
