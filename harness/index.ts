export {
  CommandError,
  type CommandErrorOptions,
  type FailureExitCode,
  quoteArguments,
  SluiceError,
  type SluiceErrorOptions,
} from './errors.js';
export type { CommandResult, RunCommand, RunCommandOptions } from './exec/run-command.js';
export { readValuesFiles } from './helm/read-values-files.js';
export { type Release, type RenderContext, renderChart } from './helm/render-chart.js';
export { type SchemaViolation, TemplateFailure, ValuesSchemaError } from './helm/render-error.js';
export { renderNotes } from './helm/render-notes.js';
export type { RenderOptions } from './helm/render-options.js';
export {
  formatObjectName,
  type JsonObject,
  type JsonValue,
  type KubernetesObject,
  type Manifest,
  type ManifestSource,
  type ValuesSource,
} from './manifest/manifest.js';
export { parseManifests } from './manifest/parse-manifests.js';
export { findCacheFolder } from './toolchain/cache-folder.js';
export { type FindHelmOptions, findHelm, type Helm } from './toolchain/find-helm.js';
