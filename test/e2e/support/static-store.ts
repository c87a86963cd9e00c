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

/** Values of the chart for a SecretStore with these keys, which everything is read from. */
export function staticStoreValues({ parameterStore }: StartedCluster): JsonObject {
  return {
    secretStores: {
      parameters: {
        aws: {
          service: 'ParameterStore',
          region: parameterStore.region,
          auth: {
            secretRef: {
              accessKeyId: { name: SECRET, key: 'access-key-id' },
              secretAccessKey: { name: SECRET, key: 'secret-access-key' },
            },
          },
        },
      },
    },
    secretStoreRef: { name: 'parameters', kind: 'SecretStore' },
  };
}
