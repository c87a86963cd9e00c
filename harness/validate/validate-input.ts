import type { JsonObject, Manifest, ValuesSource } from '../manifest/manifest.js';
import type { SchemaTexts } from './schemas/schema-store.js';

/** What is validated: one rendered release. */
export interface ValidateInput {
  manifests: readonly Manifest[];
  /** Where the release goes; without it every namespace that an object names is taken to agree. */
  namespace?: string | undefined;
  /** The values files of the render, in Helm's order: findings then name the entry that caused them. */
  valuesSources?: readonly ValuesSource[] | undefined;
  /** CustomResourceDefinitions from the chart's crds/ folder, which Helm does not render. */
  chartCrds?: readonly JsonObject[] | undefined;
}

/** Names of objects that exist outside the release, in its namespace. `*` stands for any run of characters. */
export interface Externals {
  secrets?: readonly string[] | undefined;
  configMaps?: readonly string[] | undefined;
  serviceAccounts?: readonly string[] | undefined;
  persistentVolumeClaims?: readonly string[] | undefined;
  services?: readonly string[] | undefined;
  /** SecretStores and ClusterSecretStores. */
  secretStores?: readonly string[] | undefined;
  /** Of any other kind, as `Kind/name`. */
  others?: readonly string[] | undefined;
}

export interface DisabledRule {
  id: string;
  /** Why, for whoever reads it next; must not be empty. */
  reason: string;
}

/** What the parameter store allows; used to tell what refreshing costs. */
export interface ParameterStoreLimits {
  /** Get requests a second for the whole account and region. Default 40, SSM's default throughput. */
  requestsPerSecond?: number | undefined;
  /** Share of it that one release may use before that is a warning. Default 0.1. */
  warnShare?: number | undefined;
}

export interface ValidateOptions {
  /** From `loadSchemas()`. */
  schemas: SchemaTexts;
  /** Such as `1.34` or `v1.34.2`. Default: the newest there are schemas for. */
  kubernetesVersions?: readonly string[] | undefined;
  /** CustomResourceDefinitions that make kinds known beside those of sluice, the chart and the release. */
  crds?: readonly JsonObject[] | undefined;
  disabledRules?: readonly DisabledRule[] | undefined;
  externals?: Externals | undefined;
  parameterStore?: ParameterStoreLimits | undefined;
}
