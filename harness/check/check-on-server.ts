import type { Release } from '../helm/render-chart.js';
import type { JsonObject } from '../manifest/manifest.js';
import type { Issue } from '../validate/issue.js';
import { dryRunRelease } from './dry-run-release.js';
import type { CheckServer } from './open-check-server.js';
import { readChartCrds } from './read-chart-crds.js';

export interface CheckOnServerOptions {
  /** Definitions that make kinds known beside the server's own, where they may be installed. */
  crds?: readonly JsonObject[] | undefined;
  /** Folder of the chart, for the definitions in its `crds/`. */
  chart: string;
  signal: AbortSignal;
}

/**
 * What an API server refuses of a rendered release.
 *
 * @throws as `dryRunRelease`.
 */
export async function checkOnServer(
  release: Release,
  server: CheckServer,
  { crds = [], chart, signal }: CheckOnServerOptions,
): Promise<Issue[]> {
  const { manifests, namespace, valuesSources } = release;
  const definitions = [...(await readChartCrds(chart)), ...crds];
  await server.prepare(manifests, { namespaces: [namespace], crds: definitions, signal });
  return await dryRunRelease(manifests, {
    client: server.client,
    namespace,
    valuesSources,
    unknownKind: server.isOurs ? 'info' : 'error',
    signal,
  });
}
