// Builds or finds what a test cluster is made of. Exit code 3 and the reason where this machine cannot have it.
import { ensureEmbeddedPrograms } from '../harness/cluster/embedded-programs.js';
import { SluiceError } from '../harness/errors.js';

try {
  await ensureEmbeddedPrograms({
    onStep: ({ subject, text }) => process.stderr.write(`${subject}: ${text}\n`),
  });
} catch (error) {
  if (!(error instanceof SluiceError)) throw error;
  process.stdout.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
