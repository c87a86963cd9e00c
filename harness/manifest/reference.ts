import type { Manifest } from './manifest.js';

/** What one object means to another. */
export type ReferenceRelation =
  | 'env'
  | 'env-from'
  | 'volume'
  | 'image-pull-secret'
  | 'service-account'
  | 'claim'
  | 'backend'
  | 'tls'
  | 'scale-target'
  | 'role'
  | 'subject'
  | 'store'
  | 'store-auth'
  | 'template-source'
  | 'merge-target'
  | 'generator'
  | 'governing-service';

export interface ReferenceTarget {
  kind: string;
  name: string;
  /** Undefined: that of the object that refers to it. */
  namespace?: string | undefined;
  /** Key of a ConfigMap or Secret. */
  key?: string | undefined;
  /** Name or number of a Service's port. */
  port?: string | number | undefined;
  /** True where Kubernetes goes on without it. */
  optional: boolean;
}

/** A reference as an object writes it. */
export interface WrittenReference {
  from: Manifest;
  /** JSON pointer of the reference in `from`. */
  pointer: string;
  relation: ReferenceRelation;
  to: ReferenceTarget;
}

/** Writes references of one object that it cannot do without. */
export function referFrom(
  from: Manifest,
): (relation: ReferenceRelation, pointer: string, to: Omit<ReferenceTarget, 'optional'>) => WrittenReference {
  return (relation, pointer, to) => ({ from, relation, pointer, to: { ...to, optional: false } });
}

/** A reference and what it leads to. */
export interface Reference extends WrittenReference {
  /** The object itself, or the one whose controller makes it. */
  found: Manifest | undefined;
  /** `always-there`: every cluster has it, such as the `default` ServiceAccount. `missing`: nothing in the release makes it. */
  state: 'found' | 'always-there' | 'missing';
  /** Undefined where no key is asked for or the object is not found. `unknown`: its keys cannot be told yet. */
  keyState: 'found' | 'missing' | 'unknown' | undefined;
  /** Undefined where no port is asked for or the Service's manifest is not there. */
  portState: 'found' | 'missing' | undefined;
}

export type SelectionRelation =
  | 'service-pods'
  | 'own-pods'
  | 'disruption-budget-pods'
  | 'network-policy-pods'
  | 'topology-spread-pods'
  | 'pod-monitor-pods'
  | 'service-monitor-services';

/** A label selector and what it selects in the release. */
export interface Selection {
  from: Manifest;
  /** JSON pointer of the selector. */
  pointer: string;
  relation: SelectionRelation;
  /** Objects whose pods (or which themselves, for Services) carry the labels. */
  matches: readonly Manifest[];
}

export type LocalRelation =
  | 'volume-mount'
  | 'probe-port'
  | 'service-target-port'
  | 'monitor-port'
  | 'policy-port';

/** A name of a volume or port that has to be defined within a pod, or within what a selector selects. */
export interface LocalReference {
  from: Manifest;
  pointer: string;
  relation: LocalRelation;
  name: string;
  found: boolean;
  /** The names that are there, for the remedy. */
  available: readonly string[];
}
