import type { StartedCluster } from '../../../harness/cluster/cluster.js';
import type { KubeClient } from '../../../harness/kube/kube-client.js';
import type { JsonObject } from '../../../harness/manifest/manifest.js';
import { LOCAL_CREDENTIALS } from '../../../harness/platform/parameter-store.js';

const SECRET = 'store-credentials';

/** Puts the store's access keys into a namespace, where a SecretStore with static keys reads them. */
export async function provideStaticKeys(
  cluster: StartedCluster,
  client: KubeClient,
  namespace: string,
): Promise<void> {
  const { accessKeyId, secretAccessKey } = cluster.parameterStore.credentials ?? LOCAL_CREDENTIALS;
  await client.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: SECRET, namespace },
    stringData: { 'access-key-id': accessKeyId, 'secret-access-key': secretAccessKey },
  });
}

/** The keys as a store of the chart is told of them; with the namespace they are in, for a ClusterSecretStore. */
export function staticAuth(namespace?: string): JsonObject {
  const place = { name: SECRET, ...(namespace === undefined ? {} : { namespace }) };
  return {
    secretRef: {
      accessKeyId: { ...place, key: 'access-key-id' },
      secretAccessKey: { ...place, key: 'secret-access-key' },
    },
  };
}

/** Values of the chart for a SecretStore with these keys, which everything is read from. */
export function staticStoreValues({ parameterStore }: StartedCluster): JsonObject {
  return {
    secretStores: {
      parameters: {
        aws: { service: 'ParameterStore', region: parameterStore.region, auth: staticAuth() },
      },
    },
    secretStoreRef: { name: 'parameters', kind: 'SecretStore' },
  };
}
