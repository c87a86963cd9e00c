import type { MountedFile } from './container-files.js';
import type { EnvOrigin, OpenSource } from './env-origin.js';
import type { EnvValue } from './env-value.js';
import type { ContainerRole, Workload } from './workloads.js';

export type EnvProblemCode =
  /** `$(NAME)` stays as written: NAME comes later in `env`. */
  | 'reference-before-definition'
  /** `$(NAME)` stays as written: nothing provides NAME. */
  | 'unresolved-reference'
  /** The ConfigMap or Secret has no such key, or is not there: the container will not start. */
  | 'missing-key'
  | 'missing-object'
  /** The API server refuses the name, or the kubelet leaves it out. */
  | 'invalid-name'
  | 'skipped-name'
  /** The same name twice in one `env` list: the last one wins, and server-side apply refuses it. */
  | 'duplicate-name'
  | 'value-and-value-from'
  | 'value-not-text'
  | 'unknown-field'
  | 'unknown-volume'
  /** A problem of the ConfigMap or Secret that the variable is from. */
  | 'source-problem';

export interface EnvProblem {
  code: EnvProblemCode;
  /** One sentence with the names concerned; never a secret value. */
  message: string;
  /** JSON pointer in the workload's manifest. */
  pointer: string;
}

/** One variable of one container. */
export interface EnvVariable {
  name: string;
  value: EnvValue;
  /** True when the value is, or is made from, a secret. */
  secret: boolean;
  origin: EnvOrigin;
  /** Sources that gave the same name and lost, in the order in which they were read. */
  shadows: readonly EnvOrigin[];
  /** Sources with unknown names that come later and would win if they hold this one. */
  mayBeOverriddenBy: readonly EnvOrigin[];
  /** Names that the value refers to by `$(NAME)`. */
  uses: readonly string[];
  problems: readonly EnvProblem[];
}

/** A source of a container that may give any name, such as the whole JSON of a parameter. */
export interface OpenEndedSource {
  source: OpenSource;
  /** Every name it gives starts with this. */
  prefix: string;
  /** JSON pointer of the `envFrom` entry. */
  pointer: string;
  /** True when the container starts without it. */
  optional: boolean;
}

/** Everything that Kubernetes would put before one container's process. */
export interface ContainerEnvironment {
  workload: Workload;
  container: string;
  role: ContainerRole;
  /** JSON pointer of the container. */
  pointer: string;
  /** In the order in which they are defined. A name is there once. */
  variables: readonly EnvVariable[];
  openEnded: readonly OpenEndedSource[];
  /** Files from mounted ConfigMaps, Secrets and the downward API. */
  files: readonly MountedFile[];
  /** Problems of no single variable. */
  problems: readonly EnvProblem[];
}

/** The origin with which an open source would give a name. `key` is the name without the prefix. */
export function originOfOpen(source: OpenSource, key: string, pointer: string): EnvOrigin {
  return { ...source, key, pointer };
}
