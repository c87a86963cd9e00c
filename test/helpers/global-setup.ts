import type { TestProject } from 'vitest/node';
import { findHelm } from '../../harness/toolchain/find-helm.js';
import { transpile } from '../../scripts/prepare.mjs';

/**
 * Compiles the harness where it was changed, for tests that run its programs; finds or fetches helm before any test asks
 * for it, so that no test waits for a download.
 */
export async function setup(project: TestProject): Promise<void> {
  await transpile();
  project.onTestsRerun(transpile);
  await findHelm({ onProgress: (text) => process.stderr.write(`${text}\n`) });
}
