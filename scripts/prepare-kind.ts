// Builds or finds what a kind cluster is made of. Exit code 3 and the reason where this machine cannot have it.
import { prepareKind } from '../harness/cluster/kind.js';
import { SluiceError } from '../harness/errors.js';
import { ensureKubeseal } from '../harness/toolchain/sealed-secrets-program.js';

try {
  await prepareKind({
    sealedSecrets: true,
    ...(process.env['SLUICE_KIND_NODE'] ? { nodeImage: process.env['SLUICE_KIND_NODE'] } : {}),
    onStep: ({ subject, text }) => process.stderr.write(`${subject}: ${text}\n`),
  });
  await ensureKubeseal({ onProgress: (text) => process.stderr.write(`${text}\n`) });
} catch (error) {
  if (!(error instanceof SluiceError)) throw error;
  process.stdout.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
