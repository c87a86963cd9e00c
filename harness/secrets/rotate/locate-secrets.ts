import { SluiceError } from '../../errors.js';
import type { KubeClient } from '../../kube/kube-client.js';
import type { Manifest } from '../../manifest/manifest.js';
import { extractMembers } from '../../manifest/remote-content.js';
import type { SecretValue } from '../../manifest/secret-value.js';
import type { StoreService } from '../../store/value-store.js';
import { nearestName } from '../../validate/nearest-name.js';
import { describeManifest, listAllowed } from '../doctor/look.js';
import { findParameters, type ReadParameter } from '../find-parameters.js';
import { describePlace, type OpenPlace, type RotationPlace, type RotationTarget } from './rotation-plan.js';

export interface LocateOptions {
  names: readonly string[];
  /** ExternalSecrets and stores, rendered or as they are in the cluster. */
  manifests: readonly Manifest[];
  /** A place that is named outright, instead of being looked for. */
  path?: { service: StoreService; name: string } | undefined;
  openPlace: OpenPlace;
  signal?: AbortSignal | undefined;
}

const ESO = 'external-secrets.io/v1';

/** The ExternalSecrets and stores of a namespace, as manifests. */
export async function readLiveManifests(
  client: KubeClient,
  { namespace, signal }: { namespace: string; signal?: AbortSignal | undefined },
): Promise<Manifest[]> {
  const [secrets, stores, clusterStores] = await Promise.all([
    client.list({ apiVersion: ESO, kind: 'ExternalSecret', namespace, signal }),
    listAllowed(client, { apiVersion: ESO, kind: 'SecretStore', namespace, signal }),
    listAllowed(client, { apiVersion: ESO, kind: 'ClusterSecretStore', signal }),
  ]);
  return [...secrets, ...stores, ...clusterStores].map(describeManifest);
}

/**
 * Finds where each name is kept: in the place that is named outright, else in what the ExternalSecrets read.
 *
 * @throws SluiceError `SECRET_UNKNOWN` (with the names that are there), `SECRET_AMBIGUOUS`; exit code 2; those of the
 * store.
 */
export async function locateSecrets(options: LocateOptions): Promise<RotationTarget[]> {
  const { names, path } = options;
  const candidates = path === undefined ? await listCandidates(options) : await listNamed(options, path);
  return names.map((name) => {
    const found = candidates.filter((one) => one.name === name);
    const [first] = found;
    if (first === undefined) throw describeUnknown(name, candidates);
    const places = new Set(found.map(({ place }) => describePlace(place)));
    if (places.size > 1) throw describeAmbiguous(name, [...places]);
    const externalSecrets = [...new Set(found.flatMap(({ place }) => place.externalSecrets))];
    return { ...first, place: { ...first.place, externalSecrets } };
  });
}

async function listNamed(
  { names, manifests, openPlace, signal }: LocateOptions,
  { service, name: path }: { service: StoreService; name: string },
): Promise<RotationTarget[]> {
  const readers = findParameters(manifests).filter((one) => one.name === path && one.version === undefined);
  const externalSecrets = readers.flatMap(({ uses }) => uses.map((use) => use.externalSecret));
  const region = readers[0]?.storeSpec?.region;
  const place: RotationPlace = { service, region, path, whole: false, externalSecrets };
  const stored = await (await openPlace(place)).get(path, { signal });
  const members = stored === undefined ? undefined : listMembers(stored.value);
  if (stored !== undefined && members === undefined) {
    return names.map((name) => ({ name, key: name, place: { ...place, whole: true } }));
  }
  // A member that is not there yet is made.
  return [...new Set([...names, ...(members ?? [])])].map((name) => ({ name, key: name, place }));
}

async function listCandidates({ manifests, openPlace, signal }: LocateOptions): Promise<RotationTarget[]> {
  const parameters = findParameters(manifests).filter(
    ({ service, version }) => service !== undefined && version === undefined,
  );
  const found = await Promise.all(
    parameters.map(async (parameter) => {
      const place = describeParameter(parameter);
      const isExtracted = parameter.uses.some(
        ({ kind, property }) => kind === 'extract' && property === undefined,
      );
      const stored = isExtracted ? await (await openPlace(place)).get(parameter.name, { signal }) : undefined;
      const members = stored === undefined ? [] : (listMembers(stored.value) ?? []);
      return [
        ...members.map((name): RotationTarget => ({ name, key: name, place })),
        ...listDirect(parameter, place),
      ];
    }),
  );
  return found.flat();
}

/** What is read by a key of its own: a member of the JSON, or the whole value. */
function listDirect(parameter: ReadParameter, place: RotationPlace): RotationTarget[] {
  return parameter.uses.flatMap(({ kind, property, keys }) => {
    if (kind === 'property' && property !== undefined) {
      return [...new Set([...keys, property])].map((name) => ({ name, key: property, place }));
    }
    return kind === 'value'
      ? keys.map((name) => ({ name, key: name, place: { ...place, whole: true } }))
      : [];
  });
}

function describeParameter({ service, storeSpec, name, uses }: ReadParameter): RotationPlace {
  return {
    service: service ?? 'ParameterStore',
    region: storeSpec?.region,
    path: name,
    whole: false,
    externalSecrets: [...new Set(uses.map(({ externalSecret }) => externalSecret))],
  };
}

/** The names in a JSON object; undefined where it is none. */
function listMembers(value: SecretValue): string[] | undefined {
  return extractMembers({ text: value })?.map(({ key }) => key);
}

function describeUnknown(name: string, candidates: readonly RotationTarget[]): SluiceError {
  const names = [...new Set(candidates.map((one) => one.name))].sort();
  const nearest = nearestName(name, names);
  return new SluiceError({
    code: 'SECRET_UNKNOWN',
    message: `${name}: no ExternalSecret reads a secret of this name`,
    evidence:
      names.length === 0 ? 'none reads anything that could be rotated' : `they read ${names.join(', ')}`,
    remedy:
      nearest === undefined
        ? 'Name its place with --path.'
        : `Did you mean ${nearest}? Else name its place with --path.`,
    exitCode: 2,
  });
}

function describeAmbiguous(name: string, places: readonly string[]): SluiceError {
  return new SluiceError({
    code: 'SECRET_AMBIGUOUS',
    message: `${name}: there are several`,
    evidence: places.join(', '),
    remedy: 'Name the one that is meant with --path.',
    exitCode: 2,
  });
}
