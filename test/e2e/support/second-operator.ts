import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StartedCluster } from '../../../harness/cluster/cluster.js';
import { reservePort } from '../../../harness/exec/reserve-port.js';
import { startProcess } from '../../../harness/exec/start-process.js';
import { ensureExternalSecrets } from '../../../harness/toolchain/external-secrets-program.js';

/** Stores of this class are the second operator's; the first leaves them alone. */
export const SECOND_OPERATOR = 'second';

/**
 * Starts a further operator beside that of the cluster, which reads from another store: it minds one namespace, and in
 * it the stores whose `controller` is {@link SECOND_OPERATOR}.
 */
export async function startSecondOperator(
  cluster: StartedCluster,
  { namespace, endpointUrl }: { namespace: string; endpointUrl: string },
): Promise<AsyncDisposable> {
  const program = await ensureExternalSecrets();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-e2e-operator-'));
  const ports = await Promise.all([reservePort(), reservePort()]);
  await Promise.all(ports.map(async (port) => await port.release()));
  const operator = await startProcess({
    name: 'second operator',
    file: program.path,
    args: [
      `--metrics-addr=127.0.0.1:${ports[0].port}`,
      `--live-addr=127.0.0.1:${ports[1].port}`,
      `--namespace=${namespace}`,
      `--controller-class=${SECOND_OPERATOR}`,
      '--enable-cluster-store-reconciler=false',
      '--enable-cluster-external-secret-reconciler=false',
    ],
    logFile: join(folder, 'log'),
    cwd: folder,
    env: {
      KUBECONFIG: cluster.kubeconfig,
      HOME: folder,
      AWS_SSM_ENDPOINT: endpointUrl,
      AWS_SECRETSMANAGER_ENDPOINT: endpointUrl,
      AWS_STS_ENDPOINT: endpointUrl,
    },
  });
  await operator.waitFor(
    async () => {
      const log = await operator.readLog(500);
      if (!log.some((line) => line.includes('"Starting workers"'))) throw new Error(log.at(-1) ?? 'no log');
    },
    { what: 'second operator works', timeoutMs: 60_000 },
  );
  return {
    [Symbol.asyncDispose]: async () => {
      await operator.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
