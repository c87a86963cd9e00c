import type { StartedProcess } from '../exec/start-process.js';

/** The parts of a test cluster that run as processes of the user's, by the names that logs and reports use. */
export const COMPONENT_NAMES = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'external-secrets',
  'parameter-store',
] as const;

export type ComponentName = (typeof COMPONENT_NAMES)[number];

export interface ComponentOptions {
  name: ComponentName;
  file: string;
  args: readonly string[];
  /** Besides a minimal environment. Nothing of the user's own reaches a component: no proxy, no AWS profile. */
  env?: Readonly<Record<string, string>>;
  /** From SIGTERM to SIGKILL. Default 3000. */
  graceMs?: number;
  /** When it counts as started, after every start of it. */
  ready: ComponentReadiness;
}

export interface ComponentReadiness {
  /** Such as `its controllers work`. */
  what: string;
  /** Looks once; throws what is there instead. */
  probe: (process: StartedProcess, signal: AbortSignal) => Promise<void>;
  /** Default 60000. */
  timeoutMs?: number;
}

/** Where components live: how the platform's parts are started without knowing what keeps them. */
export interface ComponentHost {
  /** Folder for their data, readable by its owner alone, gone with the cluster. It is their working directory. */
  readonly folder: string;
  /** Aborted when any component dies, or when the user interrupts. */
  readonly signal: AbortSignal;
  /** Starts one, with its log in the folder, and waits until it is ready; it ends at the latest with the cluster. */
  start(options: ComponentOptions): Promise<StartedProcess>;
}
