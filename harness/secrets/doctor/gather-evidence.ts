import type { KubeClient, ListOptions } from '../../kube/kube-client.js';
import {
  readCreationPolicy,
  readExternalSecret,
  readTargetName,
} from '../../manifest/external-secret-content.js';
import type { KubernetesObject, Manifest } from '../../manifest/manifest.js';
import { ManifestIndex } from '../../manifest/manifest-index.js';
import type { KnownContent } from '../../manifest/object-content.js';
import { listObjectReferences } from '../../manifest/object-references.js';
import { readObject, readStringMap } from '../../manifest/read-json.js';
import type { Contract } from '../contract/contract.js';
import { listEvents, type ObjectEvent } from '../diagnose.js';
import { findParameters } from '../find-parameters.js';
import { readLiveEnvironment } from '../live-environment.js';
import { ROLLING_KINDS } from '../secret-readers.js';
import { askStores, type OpenStore } from './ask-stores.js';
import type { Evidence, Reading, SecretChain, StoreState } from './doctor-evidence.js';
import { describeManifest, listAllowed, look } from './look.js';
import { readNeededObjects } from './needed-objects.js';

export interface GatherOptions {
  namespace: string;
  /** Only what carries these labels, such as `app.kubernetes.io/instance=shop`. Default: all of the namespace. */
  selector?: string | undefined;
  /** The release as it is rendered, to tell what should be there: then only its objects count. Default: what is there. */
  rendered?: readonly Manifest[] | undefined;
  contract?: Contract | undefined;
  openStore: OpenStore;
  /** Command line options that lead back to this cluster. Default: the namespace's. */
  place?: string | undefined;
  now?: Date | undefined;
  signal?: AbortSignal | undefined;
}

const ESO = 'external-secrets.io/v1';
const OPERATOR_LABELS = 'app.kubernetes.io/name=external-secrets';

/**
 * Reads everything that the checks look at, side by side: cluster and store.
 *
 * @throws SluiceError `KUBE_UNREACHABLE`, KubeApiError where ExternalSecrets may not be listed.
 */
export async function gatherEvidence(client: KubeClient, options: GatherOptions): Promise<Evidence> {
  const { namespace, selector, signal, now = new Date(), contract } = options;
  const place = options.place ?? `--namespace ${namespace}`;
  const skipped: Evidence['skipped'] = new Map();
  const list = async (what: ListOptions): Promise<KubernetesObject[]> =>
    await listAllowed(client, { ...what, signal });
  const isMeant = selectRendered(options.rendered);
  const [chains, environments, running, pods, events, operators] = await Promise.all([
    gatherChains(client, options),
    readLiveEnvironment(client, { namespace, selector, signal }),
    gatherWorkloads(client, options),
    list({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector: selector }),
    listEvents(client, namespace).catch((): ObjectEvent[] => []),
    list({ apiVersion: 'apps/v1', kind: 'Deployment', labelSelector: OPERATOR_LABELS }),
  ]);
  return {
    ...{ namespace, now, place, chains, ...running },
    environments: environments.filter(({ workload }) => isMeant(workload.manifest.object)),
    pods: pods.filter(
      (pod) => isStaying(pod) && (options.rendered === undefined || belongsTo(pod, running.workloads)),
    ),
    ...{ events, operators, contract, foreign: [], overdue: [], skipped },
  };
}

function selectRendered(rendered: GatherOptions['rendered']): (object: KubernetesObject) => boolean {
  if (rendered === undefined) return () => true;
  const names = new Set(rendered.map(({ object }) => `${object.kind}/${object.metadata.name}`));
  return ({ kind, metadata }) => names.has(`${kind}/${metadata.name}`);
}

/** What is on its way out is nobody's trouble. */
function isStaying({ metadata }: KubernetesObject): boolean {
  return metadata['deletionTimestamp'] === undefined;
}

function belongsTo(pod: KubernetesObject, workloads: readonly KubernetesObject[]): boolean {
  const labels = readStringMap(pod.metadata, 'labels');
  return workloads.some((workload) => {
    const wanted = Object.entries(
      readStringMap(readObject(readObject(workload, 'spec'), 'selector'), 'matchLabels'),
    );
    return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
  });
}

async function gatherWorkloads(
  client: KubeClient,
  { namespace, selector, rendered, signal }: GatherOptions,
): Promise<Pick<Evidence, 'workloads' | 'needed'>> {
  const listKind = async (apiVersion: string, kind: string): Promise<KubernetesObject[]> =>
    await listAllowed(client, { apiVersion, kind, namespace, labelSelector: selector, signal });
  const [cronJobs, ...rolling] = await Promise.all([
    listKind('batch/v1', 'CronJob'),
    ...ROLLING_KINDS.map(async (kind) => await listKind('apps/v1', kind)),
  ]);
  const isMeant = selectRendered(rendered);
  const workloads = rolling.flat().filter(isMeant);
  const asking = [...workloads, ...cronJobs.filter(isMeant)];
  return { workloads, needed: await readNeededObjects(client, asking, { namespace, signal }) };
}

/** Every ExternalSecret with what the store has for it and what the cluster has of it. */
export async function gatherChains(client: KubeClient, options: GatherOptions): Promise<SecretChain[]> {
  const { namespace, selector, rendered = [], openStore, signal } = options;
  const [listed, stores, clusterStores] = await Promise.all([
    client.list({ apiVersion: ESO, kind: 'ExternalSecret', namespace, labelSelector: selector, signal }),
    listAllowed(client, { apiVersion: ESO, kind: 'SecretStore', namespace, signal }),
    listAllowed(client, { apiVersion: ESO, kind: 'ClusterSecretStore', signal }),
  ]);
  const live = listed.filter(selectRendered(options.rendered));
  const names = new Set(live.map(({ metadata }) => metadata.name));
  const missing = rendered.filter(
    ({ object }) => object.kind === 'ExternalSecret' && !names.has(object.metadata.name),
  );
  const renderedStores = rendered.filter(({ object }) => /^(?:Cluster)?SecretStore$/u.test(object.kind));
  const storeObjects = [...stores, ...clusterStores];
  // A store that is rendered and not there yet still tells where values are kept.
  const storeManifests = [...renderedStores, ...storeObjects.map(describeManifest)];
  const manifests = [...live.map(describeManifest), ...missing];
  const all = [...manifests, ...storeManifests];
  const readings = await askStores(findParameters(all), { openStore, signal });
  const index = new ManifestIndex(all, namespace);
  const known = describeKnown(readings);
  return await Promise.all(
    manifests.map(async (manifest): Promise<SecretChain> => {
      const { name } = manifest.object.metadata;
      const target = readCreationPolicy(manifest) === 'None' ? undefined : readTargetName(manifest);
      return {
        name,
        manifest,
        live: live.find((object) => object.metadata.name === name),
        stores: listStores(manifest, storeObjects),
        readings: readings.filter(({ parameter }) =>
          parameter.uses.some(({ externalSecret }) => externalSecret === name),
        ),
        expected: readExternalSecret(manifest, index, known),
        target,
        secret:
          target === undefined
            ? 'absent'
            : await look(client, { kind: 'Secret', name: target, namespace }, signal),
      };
    }),
  );
}

/** The answers of the stores as the operator's own reading takes them: without the store's prefix. */
function describeKnown(readings: readonly Reading[]): KnownContent {
  const texts = new Map<string, Reading>();
  for (const reading of readings) {
    const { store, storeSpec, name, version } = reading.parameter;
    const key = name.slice(storeSpec?.prefix?.length ?? 0);
    texts.set(JSON.stringify([store.kind, store.name, key, version]), reading);
  }
  return {
    parameter: ({ store, key, version }) => {
      const found = texts.get(JSON.stringify([store?.kind, store?.name, key, version]))?.answer;
      return found?.state === 'found' ? { text: found.stored.value } : undefined;
    },
  };
}

function listStores(manifest: Manifest, stores: readonly KubernetesObject[]): StoreState[] {
  const named = listObjectReferences(manifest).filter(({ relation }) => relation === 'store');
  const distinct = new Map(named.map(({ to }) => [`${to.kind}/${to.name}`, to]));
  return [...distinct.values()].map(({ kind, name }) => ({
    kind: kind === 'ClusterSecretStore' ? 'ClusterSecretStore' : 'SecretStore',
    name,
    object: stores.find((one) => one.kind === kind && one.metadata.name === name) ?? 'absent',
  }));
}
