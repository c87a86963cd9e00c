import type { JsonObject } from '../manifest/manifest.js';

/** What is rendered: the same choices that `helm template` takes. */
export interface RenderOptions {
  /** Folder or packed archive of the chart. */
  chart: string;
  /** Default `release-name`, as Helm's own. */
  release?: string;
  /** Default `default`. Never taken from the user's kubeconfig. */
  namespace?: string;
  /** Values files, later ones win. */
  valuesFiles?: readonly string[];
  /** Values given as data; they win over the files and lose to `set`. They travel by standard input, not by argument. */
  values?: JsonObject;
  /** `--set KEY=VALUE`. */
  set?: readonly string[];
  /** `--set-string KEY=VALUE`. */
  setString?: readonly string[];
  /** `--set-json KEY=JSON`. */
  setJson?: readonly string[];
  /** `--set-file KEY=PATH`. */
  setFile?: readonly string[];
  /** Kubernetes version that `.Capabilities` tells, such as `1.33`. Default: the one Helm was built with. */
  kubeVersion?: string;
  /** Further API versions that `.Capabilities` has. */
  apiVersions?: readonly string[];
  /** Render only these templates, such as `templates/deployment.yaml`. */
  showOnly?: readonly string[];
  /** Include the objects of `crds/`. Default false. */
  includeCrds?: boolean;
  /** Leave out `helm test` objects. Default false. */
  skipTests?: boolean;
  /** Leave out hooks. Default false. */
  noHooks?: boolean;
  /** Set `.Release.IsUpgrade` instead of `.Release.IsInstall`. Default false. */
  isUpgrade?: boolean;
  /**
   * Objects of a cluster that the function `lookup` finds. Default: none, as in `helm template`, which asks no cluster.
   * Only the library engine has them.
   */
  lookups?: readonly JsonObject[];
}

export const DEFAULT_RELEASE = 'release-name';
export const DEFAULT_NAMESPACE = 'default';
