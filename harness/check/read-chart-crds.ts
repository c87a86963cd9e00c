import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../manifest/manifest.js';
import { parseManifests } from '../manifest/parse-manifests.js';

/** The CustomResourceDefinitions in `crds/` of a chart and of the charts in its `charts/`; Helm does not render them. */
export async function readChartCrds(chart: string): Promise<JsonObject[]> {
  const subcharts = await readdir(join(chart, 'charts'), { withFileTypes: true }).catch(() => []);
  const folders = [
    chart,
    ...subcharts.filter((entry) => entry.isDirectory()).map(({ name }) => join(chart, 'charts', name)),
  ];
  const found = await Promise.all(folders.map(async (folder) => await readCrdFolder(join(folder, 'crds'))));
  return found.flat();
}

async function readCrdFolder(folder: string): Promise<JsonObject[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && /\.ya?ml$/u.test(entry.name));
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  const texts = await Promise.all(paths.map(async (path) => await readFile(path, 'utf8')));
  return texts.flatMap((text) => parseManifests(text).map(({ object }) => object));
}
