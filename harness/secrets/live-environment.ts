import { Buffer, isUtf8 } from 'node:buffer';
import type { KubeClient } from '../kube/kube-client.js';
import type { ContainerEnvironment } from '../manifest/container-environment.js';
import { effectiveEnv } from '../manifest/effective-env.js';
import type { JsonObject, KubernetesObject, Manifest } from '../manifest/manifest.js';
import type { DataObjectName, KnownEntries } from '../manifest/object-content.js';
import { readObject, readStringMap } from '../manifest/read-json.js';
import { SecretValue } from '../manifest/secret-value.js';

export interface LiveEnvironmentOptions {
  namespace: string;
  /** Only these: a name, or `Kind/name`. Default: every workload of the namespace. */
  workload?: string | undefined;
  container?: string | undefined;
  /** Only workloads with these labels, such as `app.kubernetes.io/instance=shop`. */
  selector?: string | undefined;
  /** Of the cluster, such as `1.35`: the rules for names differ. Default: the newest. */
  kubernetesVersion?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** Kinds that run pods of their own, and those that write what pods read. */
const WORKLOADS: readonly { apiVersion: string; kind: string }[] = [
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  { apiVersion: 'batch/v1', kind: 'CronJob' },
];
const WRITERS = [{ apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret' }];

/**
 * What a pod that is started now gets before its process, from the objects as they are in the cluster: the same
 * answer as `effectiveEnv` gives for manifests, with the values of the ConfigMaps and Secrets that are there.
 *
 * Only the ConfigMaps and Secrets that a workload names are read, each by its name.
 */
export async function readLiveEnvironment(
  client: KubeClient,
  options: LiveEnvironmentOptions,
): Promise<ContainerEnvironment[]> {
  const { namespace, selector, signal } = options;
  const listed = await Promise.all([
    ...WORKLOADS.map(
      async (kind) => await client.list({ ...kind, namespace, labelSelector: selector, signal }),
    ),
    ...WRITERS.map(async (kind) => await client.list({ ...kind, namespace, signal })),
  ]);
  const objects = listed.flat();
  const live = new LiveObjects(client, namespace, signal);
  await live.read(listNamed(objects, options));
  const manifests = [...objects, ...live.configMaps].map(describeManifest);
  return effectiveEnv(manifests, {
    ...options,
    known: {
      configMap: ({ name }) => live.find('ConfigMap', name),
      secret: ({ name }) => live.find('Secret', name),
    },
  });
}

type DataKind = 'ConfigMap' | 'Secret';

/** The ConfigMaps and Secrets that the workloads ask for: told by asking them for their environment. */
function listNamed(
  objects: readonly KubernetesObject[],
  options: LiveEnvironmentOptions,
): { kind: DataKind; name: string }[] {
  const names = new Map<string, { kind: DataKind; name: string }>();
  const note =
    (kind: DataKind) =>
    ({ name }: DataObjectName): undefined => {
      names.set(`${kind}/${name}`, { kind, name });
    };
  effectiveEnv(objects.map(describeManifest), {
    ...options,
    known: { configMap: note('ConfigMap'), secret: note('Secret') },
  });
  return [...names.values()];
}

/** ConfigMaps and Secrets as they are now. */
class LiveObjects {
  readonly configMaps: KubernetesObject[] = [];
  readonly #entries = new Map<string, KnownEntries | 'absent'>();

  constructor(
    readonly client: KubeClient,
    readonly namespace: string,
    readonly signal: AbortSignal | undefined,
  ) {}

  async read(names: readonly { kind: DataKind; name: string }[]): Promise<void> {
    await Promise.all(
      names.map(async ({ kind, name }) => {
        const reference = { apiVersion: 'v1', kind, name, namespace: this.namespace };
        const object = await this.client.read(reference, { signal: this.signal });
        if (object !== undefined && kind === 'ConfigMap') this.configMaps.push(object);
        const entries = object === undefined ? 'absent' : listEntries(object);
        this.#entries.set(`${kind}/${name}`, entries);
      }),
    );
  }

  find(kind: DataKind, name: string): KnownEntries | 'absent' | undefined {
    return this.#entries.get(`${kind}/${name}`);
  }
}

function listEntries(object: KubernetesObject): KnownEntries {
  const data = Object.entries(readStringMap(object, 'data'));
  if (object.kind === 'ConfigMap') return new Map(data);
  return new Map(
    data.map(([key, text]) => {
      const bytes = Buffer.from(text, 'base64');
      return [key, isUtf8(bytes) ? new SecretValue(bytes.toString('utf8')) : undefined];
    }),
  );
}

function describeManifest(object: KubernetesObject): Manifest {
  return { object: withoutStatus(object), source: { template: '', index: 0, line: 1 }, text: '' };
}

function withoutStatus(object: KubernetesObject): KubernetesObject {
  const { status: _status, ...rest } = object as JsonObject & KubernetesObject;
  return {
    ...rest,
    metadata: { ...object.metadata, annotations: { ...readObject(object.metadata, 'annotations') } },
  };
}
