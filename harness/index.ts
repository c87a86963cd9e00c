export type * from './chart-values.js';
export { type CheckedValues, type CheckValuesOptions, checkValues } from './check/check-values.js';
export type {
  Capability,
  ClusterProvider,
  ClusterStep,
  ProviderName,
  StartClusterOptions,
  StartedCluster,
} from './cluster/cluster.js';
export { type StartEmbeddedOptions, startEmbedded } from './cluster/embedded.js';
export { kindProvider, type StartKindOptions, startKind } from './cluster/kind.js';
export { KindCluster, openKindCluster } from './cluster/kind-cluster.js';
export { openCluster } from './cluster/opened-cluster.js';
export { findDrift } from './e2e/find-drift.js';
export {
  CommandError,
  type CommandErrorOptions,
  type FailureExitCode,
  quoteArguments,
  SluiceError,
  type SluiceErrorOptions,
} from './errors.js';
export type { CommandResult, RunCommand, RunCommandOptions } from './exec/run-command.js';
export type { EngineChoice } from './helm/choose-engine.js';
export {
  type InstalledRelease,
  type InstallOptions,
  installRelease,
  type ReleasePlace,
  readReleaseHistory,
  readReleaseManifests,
  rollBackRelease,
  uninstallRelease,
} from './helm/helm-release.js';
export { readValuesFiles } from './helm/read-values-files.js';
export { type Release, type RenderContext, renderChart } from './helm/render-chart.js';
export { TemplateFailure, ValuesSchemaError } from './helm/render-error.js';
export { renderNotes } from './helm/render-notes.js';
export type { RenderOptions } from './helm/render-options.js';
export type { SchemaViolation } from './helm/schema-violations.js';
export { KubeClient } from './kube/kube-client.js';
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
export {
  type CheckContractOptions,
  type ContractFinding,
  checkContract,
  type GivenVariable,
} from './secrets/contract/check-contract.js';
export type { Contract, ContractEntry } from './secrets/contract/contract.js';
export { readContract } from './secrets/contract/read-contract.js';
export { type DiagnoseOptions, diagnose, listEvents, type ObjectEvent } from './secrets/diagnose.js';
export type { DoctorFinding, DoctorReport, ReportedFinding } from './secrets/doctor/doctor-report.js';
export { type DoctorOptions, runDoctor } from './secrets/doctor/run-doctor.js';
export type { StoredPlace, WriteOptions } from './secrets/document-writer.js';
export { type DotenvEntry, indexDotenv, parseDotenv } from './secrets/dotenv.js';
export {
  findParameters,
  type ParameterStoreSpec,
  type ParameterUse,
  type ReadParameter,
} from './secrets/find-parameters.js';
export type { GenerateSpec } from './secrets/generate/generate-spec.js';
export { type GeneratedValue, generateValue } from './secrets/generate/generate-value.js';
export { type IamPolicy, type IamPolicyOptions, makeIamPolicy } from './secrets/iam/iam-policy.js';
export { type LiveEnvironmentOptions, readLiveEnvironment } from './secrets/live-environment.js';
export {
  type Refreshed,
  type RefreshOptions,
  type RefreshOutcome,
  refresh,
  refreshEach,
} from './secrets/refresh.js';
export { restartWorkload, type WaitForRolloutOptions, waitForRollout } from './secrets/rollout.js';
export { rotate } from './secrets/rotate/rotate.js';
export type { RotateOptions, RotationReport } from './secrets/rotate/rotate-options.js';
export { readStoreContent, type StoreContentOptions } from './secrets/store-content.js';
export {
  type JsonChange,
  type JsonUpdate,
  type UpdateConflict,
  type UpdateJsonOptions,
  updateJson,
} from './secrets/update-json.js';
export {
  type ExternalSecretName,
  waitForSync,
  waitForSyncFailure,
} from './secrets/wait-for-sync.js';
export { openStore, type StoreEndpoint } from './store/open-store.js';
export type {
  AwsStoreService,
  ParameterTier,
  ParameterType,
  StoredEntry,
  StoredValue,
  StoreService,
  ValueStore,
} from './store/value-store.js';
export { findCacheFolder } from './toolchain/cache-folder.js';
export { type FindHelmOptions, findHelm, type Helm } from './toolchain/find-helm.js';
export type { Issue, Severity } from './validate/issue.js';
export { listRules, validate } from './validate/validate.js';
export type { Externals, ValidateInput, ValidateOptions } from './validate/validate-input.js';
