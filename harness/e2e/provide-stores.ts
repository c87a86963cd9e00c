import type { StartedCluster } from '../cluster/cluster.js';
import { SluiceError } from '../errors.js';
import type { JsonObject, KubernetesObject, Manifest } from '../manifest/manifest.js';
import { listSources, type SampleSource } from './sample-secrets.js';

const CREDENTIALS = 'sluice-e2e-store';
const OWN_STORE = 'sluice-e2e';

/**
 * What stands in for the stores that a release reads from and does not bring along: objects to apply before it, and
 * values that lead it to another store where its own must not be made, because the cluster is somebody's.
 */
export interface StoreStandIn {
  objects: KubernetesObject[];
  values: JsonObject | undefined;
}

/**
 * Chooses what stands in for the stores of a release.
 *
 * @throws SluiceError `E2E_STORES` for a release that brings its stores along: they lead to places that are not here.
 */
export function chooseStores(
  manifests: readonly Manifest[],
  cluster: StartedCluster,
  namespace: string,
): StoreStandIn {
  requireOutside(manifests);
  const credentials = formatCredentials(cluster, namespace);
  if (cluster.provider !== 'existing') {
    const stores = new Map(listSources(manifests).map(({ store }) => [`${store.kind}/${store.name}`, store]));
    const objects = [...stores.values()].map((store) => formatStore(store, cluster, namespace));
    return { objects: [...credentials, ...objects], values: undefined };
  }
  if (cluster.secretStore !== undefined) {
    return { objects: [], values: { secretStoreRef: { ...cluster.secretStore } } };
  }
  const own = { kind: 'SecretStore', name: OWN_STORE };
  return { objects: [...credentials, formatStore(own, cluster, namespace)], values: { secretStoreRef: own } };
}

function requireOutside(manifests: readonly Manifest[]): void {
  const inside = new Set(
    manifests.flatMap(({ object }) =>
      /^(?:Cluster)?SecretStore$/u.test(object.kind) ? [`${object.kind}/${object.metadata.name}`] : [],
    ),
  );
  const own = listSources(manifests).find(({ store }) => inside.has(`${store.kind}/${store.name}`));
  if (own === undefined) return;
  throw new SluiceError({
    code: 'E2E_STORES',
    message: `${own.store.kind} ${own.store.name}: comes with the release, and leads to a place that is not here`,
    evidence: `ExternalSecret ${own.name} reads from it`,
    remedy: 'Name a values file whose store is outside of the release: sluice e2e -f values/dev.yaml',
    exitCode: 2,
  });
}

function formatCredentials(cluster: StartedCluster, namespace: string): KubernetesObject[] {
  const { credentials } = cluster.parameterStore;
  if (credentials === undefined) return [];
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: CREDENTIALS, namespace },
      stringData: {
        'access-key-id': credentials.accessKeyId,
        'secret-access-key': credentials.secretAccessKey,
      },
    },
  ];
}

function formatStore(
  { kind, name }: SampleSource['store'],
  { parameterStore }: StartedCluster,
  namespace: string,
): KubernetesObject {
  const reference = (key: string) => ({
    name: CREDENTIALS,
    key,
    ...(kind === 'SecretStore' ? {} : { namespace }),
  });
  const auth =
    parameterStore.credentials === undefined
      ? {}
      : {
          auth: {
            secretRef: {
              accessKeyIDSecretRef: reference('access-key-id'),
              secretAccessKeySecretRef: reference('secret-access-key'),
            },
          },
        };
  return {
    apiVersion: 'external-secrets.io/v1',
    kind,
    metadata: { name, ...(kind === 'SecretStore' ? { namespace } : {}) },
    spec: { provider: { aws: { service: 'ParameterStore', region: parameterStore.region, ...auth } } },
  };
}
