export type * from './chart-values.js';
export { type CheckedValues, type CheckValuesOptions, checkValues } from './check/check-values.js';
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
export { TemplateFailure, ValuesSchemaError } from './helm/render-error.js';
export { renderNotes } from './helm/render-notes.js';
export type { RenderOptions } from './helm/render-options.js';
export type { SchemaViolation } from './helm/schema-violations.js';
export type { ContainerEnvironment, EnvVariable } from './manifest/container-environment.js';
export { type EffectiveEnvOptions, effectiveEnv } from './manifest/effective-env.js';
export type { EnvOrigin } from './manifest/env-origin.js';
export type { EnvValue } from './manifest/env-value.js';
export { formatOrigin } from './manifest/format-origin.js';
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
export { type ReferenceGraph, referenceGraph } from './manifest/reference-graph.js';
export { SecretValue } from './manifest/secret-value.js';
export { findManifest, type ManifestSelector, selectManifests } from './manifest/select-manifests.js';
export { loadSchemas } from './schemas/load-schemas.js';
export { findCacheFolder } from './toolchain/cache-folder.js';
export { type FindHelmOptions, findHelm, type Helm } from './toolchain/find-helm.js';
export type { Issue, Severity } from './validate/issue.js';
export { listRules, validate } from './validate/validate.js';
export type { Externals, ValidateInput, ValidateOptions } from './validate/validate-input.js';
