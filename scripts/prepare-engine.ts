// Builds or finds Helm's library kept running, which counts what renders touch. Exit code 3 and the reason where this
// machine cannot have it.
import { SluiceError } from '../harness/errors.js';
import { ensureHelmEngine } from '../harness/toolchain/helm-engine-program.js';

try {
  await ensureHelmEngine({ onProgress: (text) => process.stderr.write(`${text}\n`) });
} catch (error) {
  if (!(error instanceof SluiceError)) throw error;
  process.stdout.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
