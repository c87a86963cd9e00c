import { renderChart } from '../../../harness/helm/render-chart.js';
import type { KubeClient } from '../../../harness/kube/kube-client.js';
import type { ContainerEnvironment } from '../../../harness/manifest/container-environment.js';
import { effectiveEnv } from '../../../harness/manifest/effective-env.js';
import type { JsonObject } from '../../../harness/manifest/manifest.js';
import {
  type LiveEnvironmentOptions,
  readLiveEnvironment,
} from '../../../harness/secrets/live-environment.js';
import { readStoreContent } from '../../../harness/secrets/store-content.js';
import type { ValueStore } from '../../../harness/store/value-store.js';
import { compareValues, listValues } from './compare-values.js';
import { CHART } from './release.js';

/**
 * In what the environment of a workload's first container, computed from the live objects, is other than expected;
 * without any value.
 */
export async function findEnvironmentDifferences(
  client: KubeClient,
  options: LiveEnvironmentOptions,
  expected: Readonly<Record<string, string>>,
): Promise<string[]> {
  const [container] = await readLiveEnvironment(client, options);
  if (container === undefined) return [`workload ${options.workload}: there is none`];
  return [
    ...container.problems.map(({ message }) => message),
    ...container.openEnded.map(({ source }) => `open: ${source.name}`),
    ...compareValues(listValues(container.variables), expected),
  ];
}

export interface ForetellOptions {
  release: string;
  namespace: string;
  values: JsonObject;
  parameters: ValueStore;
}

/** The environment of the release's first container as values and store tell it beforehand. */
export async function foretellEnvironment(options: ForetellOptions): Promise<ContainerEnvironment> {
  const { release, namespace, values, parameters } = options;
  const { manifests } = await renderChart({ chart: CHART, release, namespace, values });
  const known = await readStoreContent(manifests, { namespace, storeOf: () => parameters });
  return effectiveEnv(manifests, { namespace, known, workload: release })[0]!;
}
