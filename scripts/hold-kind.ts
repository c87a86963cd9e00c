// Starts the kind cluster that tests share, tells its name in a line, and takes it away when its input ends. Exit code 3
// and the reason where this machine cannot have it.
import { SluiceError } from '../harness/errors.js';
import { removeSharedCluster, startSharedCluster } from '../test/e2e/support/shared-cluster.js';

const told = new Promise<void>((resolve) => process.stdin.once('end', resolve).resume());
try {
  const cluster = await startSharedCluster('kind');
  process.stdout.write(`${cluster.name}\n`);
  await told;
  await removeSharedCluster(cluster);
} catch (error) {
  if (!(error instanceof SluiceError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
