import { startEmbedded } from '../harness/cluster/embedded.js';
import type { EmbeddedCluster } from '../harness/cluster/embedded-cluster.js';
import { chooseStores } from '../harness/e2e/provide-stores.js';
import { measureMemory } from '../harness/exec/measure-memory.js';
import { waitUntil } from '../harness/exec/wait-until.js';
import { installRelease } from '../harness/helm/helm-release.js';
import { renderChart } from '../harness/helm/render-chart.js';
import { KubeClient } from '../harness/kube/kube-client.js';
import { readConditions } from '../harness/kube/wait-for-condition.js';
import type { JsonObject } from '../harness/manifest/manifest.js';
import { SecretValue } from '../harness/manifest/secret-value.js';
import { refresh } from '../harness/secrets/refresh.js';
import { waitForSync } from '../harness/secrets/wait-for-sync.js';
import { openStore } from '../harness/store/open-store.js';
import type { ValueStore } from '../harness/store/value-store.js';

/** ExternalSecrets of the largest release. */
export const MANY_SECRETS = 200;

export interface ClusterFigures {
  /** From the call to a cluster that is ready, programs built. */
  upMs: number;
  /** From the write of a JSON parameter to the Secret, of a release that is being installed. */
  firstSyncMs: number;
  /** From the write of a new value to the Secret, when the operator is asked to read. */
  rotationMs: number;
  /** From the start of `helm upgrade --install` to the last of `MANY_SECRETS` synced. */
  manyMs: number;
  manyInstallMs: number;
  /** The operator's requests to the store for them. */
  manyRequests: number;
  /** Of every component together. */
  memoryBytes: number;
  memoryAtEndBytes: number;
}

interface Bench {
  chart: string;
  cluster: EmbeddedCluster;
  client: KubeClient;
  store: ValueStore;
}

/**
 * What a test cluster takes, and a release with many secrets in it.
 *
 * @throws SluiceError where the cluster's programs cannot be had here.
 */
export async function benchCluster(
  chart: string,
  onProgress: (text: string) => void,
): Promise<ClusterFigures> {
  const begin = performance.now();
  let ready = begin;
  const cluster = await startEmbedded({
    onStep: ({ subject, state, text }) => {
      if (state === 'preparing') onProgress(`${subject}: ${text}`);
      // Building is no part of starting.
      if (state === 'preparing') ready = performance.now();
    },
  });
  const upMs = performance.now() - ready;
  const client = new KubeClient(cluster.connection);
  const store = await openStore(cluster.parameterStore);
  try {
    const bench = { chart, cluster, client, store };
    const memoryBytes = await readMemory(cluster);
    const single = await benchSingle(bench);
    const many = await benchMany(bench);
    return { upMs, memoryBytes, ...single, ...many, memoryAtEndBytes: await readMemory(cluster) };
  } finally {
    client.close();
    store.close();
    await cluster.stop();
  }
}

async function benchSingle(bench: Bench): Promise<Pick<ClusterFigures, 'firstSyncMs' | 'rotationMs'>> {
  const { client, store, cluster } = bench;
  const path = '/bench/one/test/app';
  const begin = performance.now();
  await store.put(path, new SecretValue('{"API_TOKEN": "first"}'));
  await install(bench, 'one', { app: { path } });
  const name = { namespace: 'default', name: 'one-app' };
  await waitForSync(client, name, { signal: cluster.signal, intervalMs: 20 });
  const firstSyncMs = performance.now() - begin;
  const change = performance.now();
  await store.put(path, new SecretValue('{"API_TOKEN": "second"}'));
  await refresh(client, { ...name, signal: cluster.signal });
  return { firstSyncMs, rotationMs: performance.now() - change };
}

async function benchMany(
  bench: Bench,
): Promise<Pick<ClusterFigures, 'manyMs' | 'manyInstallMs' | 'manyRequests'>> {
  const { client, store, cluster } = bench;
  const keys = Array.from({ length: MANY_SECRETS }, (_, index) => `part-${index}`);
  for (const key of keys)
    await store.put(`/bench/many/test/${key}`, new SecretValue(`{"VALUE_${key.slice(5)}": "x"}`));
  const before = await countRequests(cluster);
  const begin = performance.now();
  await install(
    bench,
    'many',
    Object.fromEntries(keys.map((key) => [key, { path: `/bench/many/test/${key}` }])),
  );
  const manyInstallMs = performance.now() - begin;
  const list = { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', namespace: 'default' };
  await waitUntil(
    async () => {
      const objects = await client.list({ ...list, labelSelector: 'app.kubernetes.io/instance=many' });
      const synced = objects.filter((object) =>
        readConditions(object).some(({ type, status }) => type === 'Ready' && status === 'True'),
      );
      if (synced.length < MANY_SECRETS) throw new Error(`${synced.length} synced`);
    },
    { what: `${MANY_SECRETS} ExternalSecrets: synced`, timeoutMs: 120_000, signal: cluster.signal },
  );
  const manyMs = performance.now() - begin;
  return { manyMs, manyInstallMs, manyRequests: (await countRequests(cluster)) - before };
}

async function install({ chart, cluster, client }: Bench, release: string, externalSecrets: JsonObject) {
  const values: JsonObject = {
    environment: 'test',
    image: { repository: 'registry.example.com/bench', tag: '1.0.0' },
    replicaCount: 0,
    refreshInterval: '1h',
    externalSecrets,
  };
  const { manifests } = await renderChart({ chart, release, namespace: 'default', values });
  for (const object of chooseStores(manifests, cluster, 'default').objects) await client.apply(object);
  await installRelease({ kubeconfig: cluster.kubeconfig, namespace: 'default' }, { chart, release, values });
}

async function countRequests(cluster: EmbeddedCluster): Promise<number> {
  const text = await (await fetch(cluster.state.ready?.operatorMetricsUrl ?? '')).text();
  const counts = text.matchAll(/^externalsecret_provider_api_calls_count\{.*\} (\d+)$/gmu);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

async function readMemory({ state }: EmbeddedCluster): Promise<number> {
  const memory = await measureMemory(state.components.map(({ pid }) => pid));
  return [...memory.values()].reduce((sum, bytes) => sum + bytes, 0);
}
