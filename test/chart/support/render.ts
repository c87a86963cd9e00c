import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RenderOptions } from '../../../harness/helm/render-options.js';
import { findManifest, type Release, renderChart } from '../../../harness/index.js';
import type { JsonObject, JsonValue } from '../../../harness/manifest/manifest.js';
import { REPOSITORY } from '../../helpers/run-script.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';
import { takeHelm4 } from './helms.js';

export const CHART = join(REPOSITORY, 'chart');

const IMAGE: JsonObject = { repository: 'registry.example.com/demo', tag: '1' };

/** Renders the chart as release `demo` in namespace `shop`, with an image unless the values bring one. */
export async function render(
  values: JsonObject = {},
  options: Partial<RenderOptions> = {},
): Promise<Release> {
  return await renderChart({
    chart: CHART,
    release: 'demo',
    namespace: 'shop',
    ...options,
    values: { image: IMAGE, ...values },
  });
}

/** The same with Helm 4, for tests that speak of its words. */
export async function renderWithHelm4(values: JsonObject): Promise<Release> {
  return await renderChart(
    { chart: CHART, release: 'demo', namespace: 'shop', values: { image: IMAGE, ...values } },
    { helm: await takeHelm4() },
  );
}

/** The same for values that no other run repeats: nothing is kept in the cache. */
export async function renderOnce(values: JsonObject, options: Partial<RenderOptions> = {}): Promise<Release> {
  return await renderChart(
    { chart: CHART, release: 'demo', namespace: 'shop', ...options, values: { image: IMAGE, ...values } },
    { cache: false },
  );
}

/** Renders values files given as text, in their order. */
export async function renderFiles(...texts: readonly string[]): Promise<Release> {
  const names = texts.map((_, index) => `values-${index}.yaml`);
  const folder = await makeTempFolder(
    Object.fromEntries(names.map((name, index) => [name, texts[index] ?? ''])),
  );
  return await renderChart(
    {
      chart: CHART,
      release: 'demo',
      namespace: 'shop',
      valuesFiles: names.map((name) => join(folder, name)),
    },
    { cache: false },
  );
}

/** A copy of the chart without its schema: what `--skip-schema-validation` leaves to the templates. */
export async function copyWithoutSchema(): Promise<string> {
  const folder = await makeTempFolder();
  await cp(CHART, folder, { recursive: true });
  await rm(join(folder, 'values.schema.json'));
  return folder;
}

/** Values that render only what concerns configuration and secrets: no workload, no test pod. */
export const NO_WORKLOAD: JsonObject = { deployment: { enabled: false }, tests: { enabled: false } };

/** A part of a rendered object, by names and positions; undefined where it is not there. */
export function pick(
  release: Release,
  name: string,
  ...path: readonly (string | number)[]
): JsonValue | undefined {
  let value: JsonValue | undefined = findManifest(release.manifests, name)?.object;
  if (value === undefined) throw new Error(`${name} was not rendered`);
  for (const step of path) {
    value = (value as Record<string | number, JsonValue> | null | undefined)?.[step];
  }
  return value;
}

/** The application's container of a workload. */
export function containerOf(release: Release, name = 'Deployment/demo'): JsonObject {
  const kind = name.slice(0, name.indexOf('/'));
  const path =
    kind === 'Pod'
      ? ['spec']
      : kind === 'CronJob'
        ? ['spec', 'jobTemplate', 'spec', 'template', 'spec']
        : ['spec', 'template', 'spec'];
  return pick(release, name, ...path, 'containers', 0) as JsonObject;
}

/** `Kind/name` of everything that is rendered, sorted. */
export function listNames(release: Release): string[] {
  return release.manifests.map(({ object }) => `${object.kind}/${object.metadata.name}`).sort();
}

export async function readChartFile(path: string): Promise<string> {
  return await readFile(join(CHART, path), 'utf8');
}
