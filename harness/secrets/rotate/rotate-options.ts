import type { KubeClient } from '../../kube/kube-client.js';
import type { Manifest } from '../../manifest/manifest.js';
import type { StoreService } from '../../store/value-store.js';
import type { DeliverOptions, Delivery } from './deliver.js';
import type { PlanOptions } from './plan-changes.js';
import type { Journal } from './rotation-files.js';
import type { WrittenPlace } from './rotation-notes.js';
import type { PlaceChange } from './rotation-plan.js';

/** Steps in their order; each begins and ends. */
export const ROTATION_STEPS = ['back-up', 'journal', 'write', 'deliver', 'log', 'close'] as const;
export type RotationStep = (typeof ROTATION_STEPS)[number];

export interface RotateOptions extends Omit<PlanOptions, 'readersOf'> {
  /** Names of variables. */
  names: readonly string[];
  /** ExternalSecrets and stores, rendered or as they are in the cluster: they tell where the names are kept. */
  manifests: readonly Manifest[];
  path?: { service: StoreService; name: string } | undefined;
  /** Where backups, journals and the log are kept. */
  folder: string;
  /** Cluster, namespace and store, as one text: what was begun elsewhere is left to that place. */
  scope: string;
  /** Takes away the values that `keepPrevious` has kept, and makes no new ones. */
  retire?: boolean | undefined;
  /** Undefined: there is nothing to refresh or to restart. */
  cluster?:
    | (Pick<DeliverOptions, 'namespace' | 'timeoutMs' | 'rolloutTimeoutMs'> & { client: KubeClient })
    | undefined;
  /** Replaces the pods. Default true. */
  restart?: boolean | undefined;
  /** Asked before anything is written. */
  confirm: (changes: readonly PlaceChange[]) => Promise<boolean>;
  onStep?: (step: RotationStep, state: 'begin' | 'end', text: string) => void;
  onRefreshed?: DeliverOptions['onRefreshed'];
  onRestarted?: DeliverOptions['onRestarted'];
}

/** What a rotation has done. */
export interface RotationReport {
  /** Undefined where nothing new was begun. */
  id: string | undefined;
  state: 'done' | 'refused';
  action: Journal['action'];
  /** Names that were brought to their end for an earlier run that was interrupted. */
  finished: readonly string[];
  /** Of earlier runs that had written nothing: they are as if they had never been. */
  undone: readonly string[];
  places: readonly WrittenPlace[];
  backup: string | undefined;
  delivery: Delivery | undefined;
}
