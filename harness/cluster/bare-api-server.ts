import { mkdir } from 'node:fs/promises';
import { reservePort } from '../exec/reserve-port.js';
import { KubeClient } from '../kube/kube-client.js';
import type { KubeConnection } from '../kube/kube-connection.js';
import { installCustomResources } from '../platform/custom-resources.js';
import { findCacheFolder } from '../toolchain/cache-folder.js';
import { ensureExternalSecrets } from '../toolchain/external-secrets-program.js';
import { ensureKubePrograms } from '../toolchain/kube-programs.js';
import type { StartClusterOptions } from './cluster.js';
import { claimCluster } from './cluster-state.js';
import { startApiServer, startEtcd } from './control-plane.js';
import { createCredentials } from './credentials.js';
import { draftEmbeddedState, makeClusterName } from './draft-state.js';
import { EmbeddedCluster } from './embedded-cluster.js';
import { removeLeftovers } from './remove-cluster.js';
import { timeSteps } from './time-steps.js';

/** An API server with nothing behind it but etcd: objects are judged, and nothing becomes of them. */
export interface BareApiServer extends AsyncDisposable {
  connection: KubeConnection;
  kubernetesVersion: string;
  stop(): Promise<void>;
}

/**
 * Starts etcd and an API server with the operator's definitions, no controllers: a few seconds, for what only judges
 * objects. Pods need no service account in it.
 *
 * @throws as `startEmbedded`; everything that was started is gone then.
 */
export async function startBareApiServer(
  options: Omit<StartClusterOptions, 'name'> = {},
): Promise<BareApiServer> {
  const { env = process.env, signal, onStep } = options;
  const cacheFolder = options.cacheFolder ?? findCacheFolder(env);
  await removeLeftovers(cacheFolder);
  const report = (subject: string) => ({
    cacheFolder,
    env,
    onProgress: (text: string) => onStep?.({ subject, state: 'preparing', text }),
    ...(signal ? { signal } : {}),
  });
  const programs = await ensureKubePrograms(report('kube-apiserver'));
  const { crdBundle } = await ensureExternalSecrets(report('external-secrets'));
  const state = await draftEmbeddedState(makeClusterName('check'));
  const cluster = new EmbeddedCluster(await claimCluster(cacheFolder, state), state, { env, signal });
  try {
    await mkdir(state.dataFolder, { mode: 0o700 });
    const host = cluster.openHost();
    const credentials = await createCredentials(host.folder);
    const connection = await timeSteps(onStep)('kube-apiserver', programs.version, async () => {
      await startEtcd(programs, host);
      const port = await reservePort();
      const api = await startApiServer(
        { programs, credentials, port, withoutAdmission: ['ServiceAccount'] },
        host,
      );
      const client = new KubeClient(api.connection);
      try {
        await installCustomResources(crdBundle, client, host.signal);
      } finally {
        client.close();
      }
      return api.connection;
    });
    const stop = async (): Promise<void> => await cluster.stop();
    return { connection, kubernetesVersion: programs.version, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await cluster.rollBack((text) => onStep?.({ subject: state.name, state: 'note', text }));
    throw error;
  }
}
