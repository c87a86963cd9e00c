import { resolve } from 'node:path';
import { startEmbedded } from '../harness/cluster/embedded.js';
import { chooseStores } from '../harness/e2e/provide-stores.js';
import { runCommand } from '../harness/exec/run-command.js';
import { installRelease } from '../harness/helm/helm-release.js';
import { renderChart } from '../harness/helm/render-chart.js';
import { KubeClient } from '../harness/kube/kube-client.js';
import type { JsonObject } from '../harness/manifest/manifest.js';
import { SecretValue } from '../harness/manifest/secret-value.js';
import { waitForSync } from '../harness/secrets/wait-for-sync.js';
import { openStore } from '../harness/store/open-store.js';

/** ExternalSecrets of the release that is looked at. */
export const DOCTOR_SECRETS = 5;
const ROUNDS = 5;
const sluice = resolve(import.meta.dirname, '..', 'dist', 'bin', 'sluice.js');

/**
 * What `sluice doctor` takes on a release in which all is well, from the start of its process to its end: the median of
 * five, in milliseconds.
 *
 * @throws SluiceError where the cluster's programs cannot be had here.
 */
export async function benchDoctor(chart: string): Promise<number> {
  await using cluster = await startEmbedded();
  const client = new KubeClient(cluster.connection);
  const store = await openStore(cluster.parameterStore);
  try {
    const keys = Array.from({ length: DOCTOR_SECRETS }, (_, index) => `part-${index}`);
    for (const key of keys)
      await store.put(`/bench/doctor/test/${key}`, new SecretValue(`{"VALUE_${key.slice(5)}": "x"}`));
    const values: JsonObject = {
      environment: 'test',
      image: { repository: 'registry.example.com/bench', tag: '1.0.0' },
      replicaCount: 0,
      externalSecrets: Object.fromEntries(keys.map((key) => [key, { path: `/bench/doctor/test/${key}` }])),
    };
    const release = { chart, release: 'doctor', values };
    const { manifests } = await renderChart({ ...release, namespace: 'default' });
    for (const object of chooseStores(manifests, cluster, 'default').objects) await client.apply(object);
    await installRelease({ kubeconfig: cluster.kubeconfig, namespace: 'default' }, release);
    for (const key of keys) await waitForSync(client, { namespace: 'default', name: `doctor-${key}` });
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) times.push(await measure(cluster.name));
    return times.toSorted((left, right) => left - right)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
  } finally {
    client.close();
    store.close();
  }
}

async function measure(cluster: string): Promise<number> {
  const begin = performance.now();
  const place = ['--cluster', cluster, '--namespace', 'default'];
  const { stdout } = await runCommand(process.execPath, [sluice, 'doctor', '--json', ...place]);
  const elapsed = performance.now() - begin;
  const { externalSecrets } = JSON.parse(stdout) as { externalSecrets: string[] };
  if (externalSecrets.length !== DOCTOR_SECRETS) throw new Error(`${externalSecrets.length} were looked at`);
  return elapsed;
}
