import { join } from 'node:path';
import type { StartedCluster } from '../../../harness/cluster/cluster.js';
import { runCommand } from '../../../harness/exec/run-command.js';
import { renderChart } from '../../../harness/helm/render-chart.js';
import type { JsonObject, KubernetesObject } from '../../../harness/manifest/manifest.js';
import { findHelm } from '../../../harness/toolchain/find-helm.js';
import { REPOSITORY } from '../../helpers/run-script.js';

export interface ReleaseOptions {
  name: string;
  namespace: string;
  values: JsonObject;
}

/** The chart of this repository. */
export const CHART = join(REPOSITORY, 'chart');

/** `helm upgrade --install` of the chart, values by standard input, in the namespace. */
export async function installRelease(cluster: StartedCluster, options: ReleaseOptions): Promise<void> {
  const { name, namespace, values } = options;
  const helm = await findHelm();
  await runCommand(
    helm.path,
    ['upgrade', '--install', name, CHART, '--namespace', namespace, '--values', '-'],
    { env: helmEnvironment(cluster), input: JSON.stringify(values), timeoutMs: 60_000 },
  );
}

/** `helm uninstall`, waiting until everything is gone. */
export async function uninstallRelease(
  cluster: StartedCluster,
  { name, namespace }: Pick<ReleaseOptions, 'name' | 'namespace'>,
): Promise<void> {
  const helm = await findHelm();
  await runCommand(helm.path, ['uninstall', name, '--namespace', namespace, '--wait', '--timeout', '60s'], {
    env: helmEnvironment(cluster),
    timeoutMs: 90_000,
  });
}

/** What the chart renders from the same values. */
export async function renderRelease({
  name,
  namespace,
  values,
}: ReleaseOptions): Promise<KubernetesObject[]> {
  const release = await renderChart({ chart: CHART, release: name, namespace, values });
  return release.manifests.map(({ object }) => object);
}

function helmEnvironment({ kubeconfig }: StartedCluster): NodeJS.ProcessEnv {
  return { ...process.env, KUBECONFIG: kubeconfig };
}
