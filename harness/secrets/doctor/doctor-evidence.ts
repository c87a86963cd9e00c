import type { SluiceError } from '../../errors.js';
import type { ContainerEnvironment } from '../../manifest/container-environment.js';
import type { KubernetesObject, Manifest } from '../../manifest/manifest.js';
import type { ContentBuilder } from '../../manifest/object-content.js';
import type { SecretValue } from '../../manifest/secret-value.js';
import type { StoredValue } from '../../store/value-store.js';
import type { Contract } from '../contract/contract.js';
import type { ObjectEvent } from '../diagnose.js';
import type { ReadParameter } from '../find-parameters.js';
import type { DoctorCheckId } from './doctor-checks.js';

/** What the store said to one reading. */
export type Answer =
  | { state: 'found'; stored: StoredValue }
  | { state: 'missing' }
  /** The store did not answer, or refused. */
  | { state: 'refused'; error: SluiceError }
  /** It is no store that can be asked from here. */
  | { state: 'unknown' };

/** A parameter that ExternalSecrets read, and what is there. */
export interface Reading {
  parameter: ReadParameter;
  answer: Answer;
}

/** An object that was looked for: `forbidden` where we may not read it. */
export type Looked = KubernetesObject | 'absent' | 'forbidden';

/** A store that an ExternalSecret names. */
export interface StoreState {
  kind: 'SecretStore' | 'ClusterSecretStore';
  name: string;
  object: Looked;
}

/** One ExternalSecret with everything before and behind it. */
export interface SecretChain {
  name: string;
  /** As it is in the cluster, else as it was rendered. */
  manifest: Manifest;
  /** Undefined: it was rendered, and is not in the cluster. */
  live: KubernetesObject | undefined;
  stores: readonly StoreState[];
  readings: readonly Reading[];
  /** What its Secret should hold by what the store holds. */
  expected: ContentBuilder;
  /** Name of its Secret; undefined where it writes none. */
  target: string | undefined;
  secret: Looked;
}

/** An object that a workload's pods ask for. */
export interface NeededObject {
  kind: 'ConfigMap' | 'Secret';
  name: string;
  object: Looked;
  needs: readonly { workload: string; key: string | undefined; optional: boolean }[];
}

/** A value of another environment, to compare with. */
export interface ForeignValue {
  environment: string;
  /** Path of its parameter, with the member. */
  place: string;
  value: SecretValue;
}

/** Everything that was seen of a release's secrets, once. */
export interface Evidence {
  namespace: string;
  now: Date;
  /** Command line options that lead back to this cluster, such as `--namespace shop`. */
  place: string;
  chains: readonly SecretChain[];
  workloads: readonly KubernetesObject[];
  needed: readonly NeededObject[];
  environments: readonly ContainerEnvironment[];
  pods: readonly KubernetesObject[];
  events: readonly ObjectEvent[];
  /** The operator's own Deployments, where it has any that we may see. */
  operators: readonly KubernetesObject[];
  contract: Contract | undefined;
  foreign: readonly ForeignValue[];
  /** Names of secrets whose value was already this old: by `chain key`. */
  overdue: readonly OverdueValue[];
  /** Checks that could not be made, with the reason. */
  skipped: Map<DoctorCheckId, string>;
}

/** A value that is as it was longer ago than its contract allows. */
export interface OverdueValue {
  variable: string;
  rotateEvery: string;
  parameter: string;
  /** When the version was written that already had this value. */
  since: Date;
  chain: string;
}
