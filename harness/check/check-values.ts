import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SluiceError } from '../errors.js';
import { readValuesFiles } from '../helm/read-values-files.js';
import { type Release, type RenderContext, renderChart } from '../helm/render-chart.js';
import { ValuesSchemaError } from '../helm/render-error.js';
import type { RenderOptions } from '../helm/render-options.js';
import { isJsonObject, type JsonObject, type JsonValue, type ValuesSource } from '../manifest/manifest.js';
import { loadSchemas } from '../schemas/load-schemas.js';
import type { Issue } from '../validate/issue.js';
import { validate } from '../validate/validate.js';
import type { ValidateOptions } from '../validate/validate-input.js';
import { explainViolations } from '../validate/values/explain-violations.js';
import { lintValues } from '../validate/values/lint-values.js';
import { locatePathsInText } from '../validate/values/locate-text.js';
import { mergeVersions } from './merge-versions.js';
import { readChartCrds } from './read-chart-crds.js';

export interface CheckValuesOptions {
  render: RenderOptions;
  /** As for `validate()`; the schemas are those that come with sluice. */
  validate?: Omit<ValidateOptions, 'schemas' | 'kubernetesVersions'>;
  /** Rendered and validated for each. Default: rendered for Helm's own, validated for the newest known. */
  kubernetesVersions?: readonly string[];
}

/** What a check of one set of values found. */
export interface CheckedValues {
  issues: Issue[];
  /** Undefined where nothing could be rendered; `issues` then says why. */
  release: Release | undefined;
}

/** Rule id of findings about a chart that does not render with these values. */
export const RENDER_RULE = 'render';

/**
 * Renders a chart and says everything that is wrong: with the values files, with the render, with what was rendered.
 *
 * A render that fails is a finding. What the user called for wrongly, or what is missing on this machine, is thrown:
 * every `SluiceError` whose exit code is not 1.
 */
export async function checkValues(
  options: CheckValuesOptions,
  context: RenderContext = {},
): Promise<CheckedValues> {
  const valuesSources = await readValuesFiles(options.render.valuesFiles ?? [], context.cwd);
  const off = new Set(
    (options.validate?.disabledRules ?? []).map(({ id, reason }) => (reason.trim() === '' ? '' : id)),
  );
  const lint = lintValues(valuesSources).filter(({ rule }) => !off.has(rule));
  const versions = options.kubernetesVersions ?? [];
  const targets = versions.length === 0 ? [undefined] : versions;
  const results = await Promise.all(
    targets.map(async (version) => await checkVersion({ ...options, version, valuesSources }, context)),
  );
  return {
    issues: [...lint, ...mergeVersions(results.map(({ issues }, at) => ({ version: targets[at], issues })))],
    release: results.findLast(({ release }) => release !== undefined)?.release,
  };
}

interface VersionOptions extends CheckValuesOptions {
  version: string | undefined;
  valuesSources: readonly ValuesSource[];
}

async function checkVersion(options: VersionOptions, context: RenderContext): Promise<CheckedValues> {
  const { version, render } = options;
  const kubeVersion = version ?? render.kubeVersion;
  try {
    const release = await renderChart(
      { ...render, ...(kubeVersion === undefined ? {} : { kubeVersion }) },
      context,
    );
    const { manifests, namespace, valuesSources } = release;
    const issues = validate(
      {
        manifests,
        namespace,
        valuesSources,
        chartCrds: await readChartCrds(resolve(context.cwd ?? '.', render.chart)),
      },
      {
        ...options.validate,
        schemas: loadSchemas(),
        ...(kubeVersion === undefined ? {} : { kubernetesVersions: [kubeVersion] }),
      },
    );
    return { issues, release };
  } catch (error) {
    if (!(error instanceof SluiceError) || error.exitCode !== 1 || error.code === 'HELM_KILLED') throw error;
    return { issues: await describeFailure(error, options, context), release: undefined };
  }
}

async function describeFailure(
  error: SluiceError,
  { render, valuesSources }: VersionOptions,
  { cwd = process.cwd() }: RenderContext,
): Promise<Issue[]> {
  if (error instanceof ValuesSchemaError) {
    const schema = await readSchema(resolve(cwd, render.chart));
    return explainViolations({ violations: error.violations, schema, valuesSources });
  }
  const values = locatePathsInText(error.shortMessage, valuesSources);
  return [
    {
      rule: RENDER_RULE,
      severity: 'error',
      object: '',
      pointer: '',
      message: [error.shortMessage, error.evidence].filter(Boolean).join('\n'),
      remedy: error.remedy ?? 'Correct the values, or the template.',
      ...(values === undefined ? {} : { values }),
    },
  ];
}

async function readSchema(chart: string): Promise<JsonObject | undefined> {
  try {
    const value = JSON.parse(await readFile(join(chart, 'values.schema.json'), 'utf8')) as JsonValue;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
