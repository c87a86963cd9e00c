import { readCreationPolicy, readTargetName } from './external-secret-content.js';
import type { Manifest } from './manifest.js';
import type { ManifestIndex } from './manifest-index.js';
import { readName, readObject, readObjects, readStringMap } from './read-json.js';
import { readGroup } from './workloads.js';

/** An object that will be in the namespace because something in the release makes it. */
export interface ProvidedObject {
  kind: string;
  name: string;
  namespace: string | undefined;
  /** The manifest itself, or the one whose controller creates the object. */
  by: Manifest;
}

/** Objects that a manifest's controller creates beside it. The manifest itself is not among them. */
export function listCreatedObjects(manifest: Manifest): ProvidedObject[] {
  const { object } = manifest;
  const read = CREATED_BY_KIND[object.kind];
  if (read === undefined || !read.groups.includes(readGroup(object.apiVersion))) return [];
  const namespace = readName(object.metadata, 'namespace');
  return read.list(manifest).map(({ kind, name }) => ({ kind, name, namespace, by: manifest }));
}

type Created = { kind: string; name: string };

const CREATED_BY_KIND: Readonly<
  Record<string, { groups: string[]; list: (manifest: Manifest) => Created[] }>
> = {
  ExternalSecret: { groups: ['external-secrets.io'], list: listExternalSecretTargets },
  SealedSecret: {
    groups: ['bitnami.com'],
    list: ({ object }) => [{ kind: 'Secret', name: object.metadata.name }],
  },
  ClusterExternalSecret: { groups: ['external-secrets.io'], list: listClusterTargets },
  Certificate: { groups: ['cert-manager.io'], list: listCertificateSecrets },
  Ingress: { groups: ['networking.k8s.io', 'extensions'], list: listIngressSecrets },
  Cluster: { groups: ['postgresql.cnpg.io'], list: listPostgresObjects },
};

function listExternalSecretTargets(manifest: Manifest): Created[] {
  const policy = readCreationPolicy(manifest);
  const writes = policy === 'Owner' || policy === 'Orphan';
  return writes ? [{ kind: 'Secret', name: readTargetName(manifest) }] : [];
}

/** It makes an ExternalSecret, and through it a Secret, in each namespace that it selects. */
function listClusterTargets({ object }: Manifest): Created[] {
  const spec = readObject(object, 'spec');
  const name = readName(spec, 'externalSecretName') ?? object.metadata.name;
  const target = readObject(readObject(spec, 'externalSecretSpec'), 'target');
  return [
    { kind: 'ExternalSecret', name },
    { kind: 'Secret', name: readName(target, 'name') ?? name },
  ];
}

function listCertificateSecrets({ object }: Manifest): Created[] {
  const name = readName(readObject(object, 'spec'), 'secretName');
  return name === undefined ? [] : [{ kind: 'Secret', name }];
}

/** cert-manager makes the `tls` Secrets of an Ingress that names an issuer in its annotations. */
function listIngressSecrets({ object }: Manifest): Created[] {
  const annotations = readStringMap(object.metadata, 'annotations');
  const isIssued = [
    'cert-manager.io/issuer',
    'cert-manager.io/cluster-issuer',
    'kubernetes.io/tls-acme',
  ].some((key) => Object.hasOwn(annotations, key));
  if (!isIssued) return [];
  return readObjects(readObject(object, 'spec'), 'tls').flatMap(({ item }) => {
    const name = readName(item, 'secretName');
    return name === undefined ? [] : [{ kind: 'Secret', name }];
  });
}

/** Names that CloudNativePG derives from its cluster's. */
function listPostgresObjects({ object }: Manifest): Created[] {
  const { name } = object.metadata;
  return [
    ...['app', 'superuser', 'replication', 'ca', 'server'].map((suffix) => ({
      kind: 'Secret',
      name: `${name}-${suffix}`,
    })),
    ...['rw', 'ro', 'r'].map((suffix) => ({ kind: 'Service', name: `${name}-${suffix}` })),
  ];
}

/** Finds what controllers will make, by kind and name. */
export class ProvidedIndex {
  readonly #index: ManifestIndex;
  readonly #byName = new Map<string, ProvidedObject[]>();

  constructor(index: ManifestIndex) {
    this.#index = index;
    for (const manifest of index.manifests) {
      for (const created of listCreatedObjects(manifest)) {
        const key = `${created.kind}/${created.name}`;
        const found = this.#byName.get(key);
        if (found === undefined) this.#byName.set(key, [created]);
        else found.push(created);
      }
    }
  }

  /** Every controller's object of that name, in the order of the manifests. */
  findAll(kind: string, name: string, namespace?: string | undefined): ProvidedObject[] {
    const found = this.#byName.get(`${kind}/${name}`) ?? [];
    return found.filter((created) => this.#index.isSameNamespace(created.namespace, namespace));
  }
}

const EVERY_NAMESPACE: ReadonlySet<string> = new Set([
  'ServiceAccount/default',
  'ConfigMap/kube-root-ca.crt',
]);
const EVERY_CLUSTER: ReadonlySet<string> = new Set([
  'Namespace/default',
  'Namespace/kube-system',
  'ClusterRole/admin',
  'ClusterRole/cluster-admin',
  'ClusterRole/edit',
  'ClusterRole/view',
  'ConfigMap/extension-apiserver-authentication',
  'Role/extension-apiserver-authentication-reader',
  'PriorityClass/system-cluster-critical',
  'PriorityClass/system-node-critical',
]);

/** True for what every cluster holds, such as each namespace's `default` ServiceAccount. */
export function isAlwaysProvided(kind: string, name: string): boolean {
  const key = `${kind}/${name}`;
  if (EVERY_NAMESPACE.has(key) || EVERY_CLUSTER.has(key)) return true;
  return /Role(?:Binding)?$/u.test(kind) && name.startsWith('system:');
}
