import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseKubernetesYaml } from '../manifest/kubernetes-yaml.js';
import { isJsonObject } from '../manifest/manifest.js';
import { copyChart } from './copy-chart.js';
import { type RenderContext, renderChart } from './render-chart.js';
import type { RenderOptions } from './render-options.js';

const NOTES_TEMPLATE = 'templates/sluice-notes.yaml';

/**
 * The notes that `helm install` would print; undefined where the chart has none.
 *
 * `helm template` prints no notes, and Helm 3 plays an installation through only with a cluster; so a copy of the
 * chart is rendered that prints its own notes as an object.
 *
 * @throws SluiceError as `renderChart`.
 */
export async function renderNotes(
  options: RenderOptions,
  context: RenderContext = {},
): Promise<string | undefined> {
  const chart = resolve(context.cwd ?? process.cwd(), options.chart);
  const notes = await stat(join(chart, 'templates', 'NOTES.txt')).catch(() => undefined);
  if (notes === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'sluice-notes-'));
  try {
    const copy = join(folder, 'chart');
    await copyChart(chart, copy);
    await writeFile(
      join(copy, NOTES_TEMPLATE),
      'notes: {{ include (print $.Template.BasePath "/NOTES.txt") . | toJson }}\n',
    );
    const release = await renderChart(
      { ...options, chart: copy, showOnly: [NOTES_TEMPLATE] },
      { ...context, cache: false },
    );
    const value = parseKubernetesYaml(release.text.replace(/^---\n/u, ''));
    const text = isJsonObject(value) ? value['notes'] : undefined;
    return typeof text === 'string' ? text : undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
