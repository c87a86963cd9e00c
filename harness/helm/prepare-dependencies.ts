import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { CommandError, SluiceError } from '../errors.js';
import { runCommand } from '../exec/run-command.js';
import type { Helm } from '../toolchain/find-helm.js';
import { makeOnce } from '../toolchain/make-once.js';
import { copyChart } from './copy-chart.js';
import type { RenderContext } from './render-chart.js';
import { scanChart } from './scan-chart.js';

export interface PrepareDependenciesOptions extends RenderContext {
  chart: string;
  helm: Helm;
  cacheFolder: string;
}

/**
 * Gives a copy of a chart with its dependencies built, kept in the cache under the digests of the chart and of every
 * chart it takes from a local folder.
 *
 * @throws SluiceError `CHART_DEPENDENCIES` with Helm's own words when a dependency cannot be had.
 */
export async function prepareDependencies(options: PrepareDependenciesOptions): Promise<string> {
  const { helm, cacheFolder, cwd = process.cwd(), run = runCommand, signal, onProgress } = options;
  const chart = resolve(cwd, options.chart);
  const local = await listLocalDependencies(chart);
  const scans = await Promise.all([chart, ...local].map(async (folder) => (await scanChart(folder)).digest));
  const key = createHash('sha256')
    .update([helm.digest, ...scans].join('\n'))
    .digest('hex');
  return await makeOnce({
    folder: join(cacheFolder, 'charts', key),
    make: async (draft) => {
      onProgress?.(`building the dependencies of chart ${chart}`);
      await copyChart(chart, draft);
      const remote = await anchorLocalDependencies(draft, chart);
      try {
        // Refreshing asks every repository the user has; only charts from one need it.
        await run(helm.path, ['dependency', 'update', draft, ...(remote ? [] : ['--skip-refresh'])], {
          ...(signal ? { signal } : {}),
        });
      } catch (error) {
        throw error instanceof CommandError ? failed(chart, error) : error;
      }
    },
  });
}

function failed(chart: string, error: CommandError): SluiceError {
  return new SluiceError({
    code: 'CHART_DEPENDENCIES',
    message: `chart ${chart}: its dependencies cannot be built`,
    evidence: error.stderr.replace(/^Error: /u, ''),
    remedy: `Run helm dependency update ${chart} and see what is missing: a repository (helm repo add), or the network.`,
    exitCode: 3,
    cause: error,
  });
}

async function listLocalDependencies(chart: string): Promise<string[]> {
  const found: string[] = [];
  const document = parseDocument(await readFile(join(chart, 'Chart.yaml'), 'utf8'));
  const dependencies = document.get('dependencies');
  for (const item of isSeq(dependencies) ? dependencies.items : []) {
    const repository = isMap(item) ? item.get('repository') : undefined;
    if (typeof repository !== 'string' || !repository.startsWith('file://')) continue;
    const folder = resolve(chart, repository.slice('file://'.length));
    if ((await stat(folder).catch(() => undefined))?.isDirectory()) found.push(folder);
  }
  return found;
}

// A relative file:// address would be read from the copy; the lock's digest covers Chart.yaml and so no longer fits.
// Gives whether there are dependencies from elsewhere too.
async function anchorLocalDependencies(draft: string, chart: string): Promise<boolean> {
  const path = join(draft, 'Chart.yaml');
  const document = parseDocument(await readFile(path, 'utf8'));
  const dependencies = document.get('dependencies');
  let remote = false;
  for (const item of isSeq(dependencies) ? dependencies.items : []) {
    const repository = isMap(item) ? item.get('repository', true) : undefined;
    if (!isScalar(repository) || typeof repository.value !== 'string') continue;
    remote ||= /^https?:/u.test(repository.value);
    if (!repository.value.startsWith('file://')) continue;
    repository.value = `file://${resolve(chart, repository.value.slice('file://'.length))}`;
  }
  await writeFile(path, document.toString());
  return remote;
}
