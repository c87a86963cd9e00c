import type { StartedCluster } from '../../../harness/cluster/cluster.js';

/** A cluster for somebody who will stop it: it is not stopped. */
export function lendCluster(cluster: StartedCluster): StartedCluster {
  const stop = async (): Promise<void> => undefined;
  return {
    name: cluster.name,
    provider: cluster.provider,
    kubeconfig: cluster.kubeconfig,
    connection: cluster.connection,
    kubernetesVersion: cluster.kubernetesVersion,
    namespace: cluster.namespace,
    parameterStore: cluster.parameterStore,
    secretStore: cluster.secretStore,
    capabilities: cluster.capabilities,
    signal: cluster.signal,
    logs: async (component, lines) => await cluster.logs(component, lines),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
