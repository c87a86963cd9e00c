import type { JsonObject } from '../manifest/manifest.js';
import { DEFAULT_NAMESPACE, DEFAULT_RELEASE, type RenderOptions } from './render-options.js';

/**
 * The arguments of `helm template` for these options; pure, and the same for the same options.
 *
 * Values given as data come after the values files, by `--values -`.
 */
export function buildTemplateArguments(options: RenderOptions): string[] {
  return [
    'template',
    options.release ?? DEFAULT_RELEASE,
    options.chart,
    '--namespace',
    options.namespace ?? DEFAULT_NAMESPACE,
    ...(options.valuesFiles ?? []).flatMap((file) => ['--values', file]),
    ...(options.values === undefined ? [] : ['--values', '-']),
    ...buildSetArguments(options),
    ...buildCapabilityArguments(options),
    ...(options.showOnly ?? []).flatMap((template) => ['--show-only', template]),
    ...(options.includeCrds ? ['--include-crds'] : []),
    ...(options.skipTests ? ['--skip-tests'] : []),
    ...(options.noHooks ? ['--no-hooks'] : []),
    ...(options.isUpgrade ? ['--is-upgrade'] : []),
  ];
}

/** Standard input that belongs to the arguments; undefined where none is read. */
export function buildStandardInput(options: RenderOptions): string | undefined {
  return options.values === undefined ? undefined : writeJsonForYaml(options.values);
}

/** Helm reads it as YAML, which takes some characters for line breaks, or for none at all, that JSON leaves as they are. */
function writeJsonForYaml(value: JsonObject): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function buildSetArguments({ set, setString, setJson, setFile }: RenderOptions): string[] {
  return [
    ...(setJson ?? []).flatMap((value) => ['--set-json', value]),
    ...(set ?? []).flatMap((value) => ['--set', value]),
    ...(setString ?? []).flatMap((value) => ['--set-string', value]),
    ...(setFile ?? []).flatMap((value) => ['--set-file', value]),
  ];
}

function buildCapabilityArguments({ kubeVersion, apiVersions }: RenderOptions): string[] {
  return [
    ...(kubeVersion === undefined ? [] : ['--kube-version', kubeVersion]),
    ...(apiVersions ?? []).flatMap((version) => ['--api-versions', version]),
  ];
}
