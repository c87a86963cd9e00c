import { resolve } from 'node:path';
import { parse } from 'yaml';
import { readValuesFiles } from '../helm/read-values-files.js';
import type { RenderOptions } from '../helm/render-options.js';
import { kubernetesYamlOptions } from '../manifest/kubernetes-yaml.js';

/** Environments in which nothing is written without being told, where `sluice.yaml` names none. */
export const PROTECTED_ENVIRONMENTS: readonly string[] = ['prod', 'production'];

/**
 * The `environment` that the values of a render say, as Helm would take it: `--set` before files, later files before
 * earlier ones, the chart's own last. Undefined where none says it.
 */
export async function readEnvironmentName(
  options: Pick<RenderOptions, 'chart' | 'valuesFiles' | 'set' | 'setString'>,
  cwd: string,
): Promise<string | undefined> {
  const given = [...(options.set ?? []), ...(options.setString ?? [])]
    .flatMap((text) => text.split(','))
    .findLast((text) => text.startsWith('environment='));
  if (given !== undefined) return given.slice('environment='.length);
  const own = await readValuesFiles([resolve(cwd, options.chart, 'values.yaml')], cwd).catch(() => []);
  const sources = [...own, ...(await readValuesFiles(options.valuesFiles ?? [], cwd))];
  for (const { text } of sources.reverse()) {
    const values: unknown = parse(text, kubernetesYamlOptions);
    if (typeof values !== 'object' || values === null || !('environment' in values)) continue;
    const { environment } = values;
    if (typeof environment === 'string' && environment !== '') return environment;
  }
  return undefined;
}
