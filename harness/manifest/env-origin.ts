import type { Manifest } from './manifest.js';

/** The store that an ExternalSecret reads from. */
export interface StoreIdentity {
  name: string;
  kind: 'SecretStore' | 'ClusterSecretStore';
  /**
   * The provider as its manifest tells it: `ParameterStore` or `SecretsManager` for AWS, else the provider's key, such
   * as `vault` or `kubernetes`. Undefined where no manifest of the store was given.
   */
  type: string | undefined;
}

/** One reading from a store. */
export interface RemoteReference {
  store: StoreIdentity | undefined;
  /** The path or name in the store. For `find`, where the search starts. */
  key: string;
  property?: string | undefined;
  version?: string | undefined;
}

/** How an ExternalSecret comes to a key of its Secret. */
export type ExternalSecretRoute =
  | { via: 'data'; remote: RemoteReference }
  /** One member of the JSON at the path, each under its own name. */
  | { via: 'extract'; remote: RemoteReference }
  /** Every parameter below a path whose name matches, or that carries the tags. */
  | { via: 'find'; remote: RemoteReference; nameRegexp?: string | undefined; tags?: readonly string[] }
  | { via: 'generator'; kind: string; name: string }
  /** Written by `target.template`, from the keys it uses; `remotes` is where those are read, each once. */
  | { via: 'template'; uses: readonly string[]; remotes: readonly RemoteReference[] };

/** What a value is made from, without the place that asks for it. */
export type ValueSource =
  | { type: 'config-map'; name: string; key: string; manifest: Manifest }
  | { type: 'secret'; name: string; key: string; manifest: Manifest }
  | { type: 'sealed-secret'; name: string; key: string; manifest: Manifest }
  | ({ type: 'external-secret'; name: string; key: string; manifest: Manifest } & ExternalSecretRoute)
  /** A ConfigMap or Secret that is not part of the release. `by` is the object whose controller will make it. */
  | { type: 'existing'; kind: 'ConfigMap' | 'Secret'; name: string; key: string; by?: Manifest | undefined }
  | { type: 'literal' }
  | { type: 'field'; fieldPath: string }
  | { type: 'resource-field'; resource: string; container: string }
  | { type: 'file-key'; volume: string; path: string; key: string };

/** Where a variable comes from, with the JSON pointer of the `env` or `envFrom` entry in the workload. */
export type EnvOrigin = ValueSource & { pointer: string };

/** A source that may hold any name, so that its variables cannot be listed. */
export type OpenSource =
  | ({ type: 'external-secret'; name: string; manifest: Manifest } & ExternalSecretRoute)
  | { type: 'existing'; kind: 'ConfigMap' | 'Secret'; name: string; by?: Manifest | undefined };
