import { randomBytes } from 'node:crypto';
import type { JsonObject, Manifest } from '../manifest/manifest.js';
import { readName, readObject, readObjects, readString, readStringMap } from '../manifest/read-json.js';
import { SecretValue } from '../manifest/secret-value.js';

/** A parameter that a release reads, with made-up contents. */
export interface SampleParameter {
  path: string;
  /** Names with their values where the release reads members of a JSON object; else one value. */
  content: ReadonlyMap<string, SecretValue> | SecretValue;
  /** True where every member becomes a key: `dataFrom.extract`. */
  whole: boolean;
  /** The oldest version that must be there: the highest that is pinned. */
  versions: number;
}

/** An ExternalSecret of a release. */
export interface SampleSource {
  name: string;
  /** The Secret that it makes. */
  target: string;
  /** True where the Secret goes with the ExternalSecret. */
  owned: boolean;
  store: { kind: string; name: string };
  /** Paths that it takes whole. */
  extracts: string[];
}

// What nothing in the release names, because every member of the JSON counts.
const USUAL_NAMES = ['DB_HOST', 'DB_NAME', 'DB_USER', 'DB_PASSWORD', 'REDIS_URL', 'JWT_SECRET'];

/** The ExternalSecrets of a release. */
export function listSources(manifests: readonly Manifest[]): SampleSource[] {
  return listExternalSecrets(manifests).map(({ name, spec }) => {
    const store = readObject(spec, 'secretStoreRef');
    const target = readObject(spec, 'target');
    return {
      name,
      target: readName(target, 'name') ?? name,
      owned: (readName(target, 'creationPolicy') ?? 'Owner') === 'Owner',
      store: { kind: readName(store, 'kind') ?? 'SecretStore', name: readName(store, 'name') ?? '' },
      extracts: readObjects(spec, 'dataFrom').flatMap(
        ({ item }) => readName(readObject(item, 'extract'), 'key') ?? [],
      ),
    };
  });
}

/** Every parameter that the ExternalSecrets of a release read, with random values. */
export function makeSampleParameters(manifests: readonly Manifest[]): SampleParameter[] {
  const drafts = new Map<string, Draft>();
  for (const { spec } of listExternalSecrets(manifests)) {
    const names = listTemplateNames(spec);
    for (const { item } of readObjects(spec, 'data')) note(drafts, readObject(item, 'remoteRef'), []);
    for (const { item } of readObjects(spec, 'dataFrom')) {
      const extract = readObject(item, 'extract');
      if (extract !== undefined) note(drafts, extract, names.length > 0 ? names : USUAL_NAMES);
      const path = readName(readObject(item, 'find'), 'path');
      if (path !== undefined) note(drafts, { key: `${path.replace(/\/$/u, '')}/SAMPLE_KEY` }, []);
    }
  }
  return [...drafts].map(([path, { names, whole, versions }]) => ({
    path,
    whole,
    versions,
    content:
      names.size === 0 ? makeSecret() : new Map([...names].map((name) => [name, makeSecret()] as const)),
  }));
}

/** A value that nothing else on this machine holds. */
export function makeSecret(): SecretValue {
  return new SecretValue(randomBytes(24).toString('base64url'));
}

/** What is written to the store. */
export function formatContent(content: SampleParameter['content']): SecretValue {
  if (content instanceof SecretValue) return content;
  const members = [...content].map(([name, value]) => [name, value.reveal()]);
  return new SecretValue(JSON.stringify(Object.fromEntries(members)));
}

interface Draft {
  names: Set<string>;
  whole: boolean;
  versions: number;
}

function note(drafts: Map<string, Draft>, remote: JsonObject | undefined, names: readonly string[]): void {
  const path = readName(remote, 'key');
  if (path === undefined) return;
  const draft = drafts.get(path) ?? { names: new Set(), whole: false, versions: 1 };
  const property = readName(remote, 'property');
  if (property !== undefined) draft.names.add(property);
  for (const name of names) draft.names.add(name);
  draft.whole ||= names.length > 0;
  const version = Number(readString(remote, 'version') ?? '1');
  if (Number.isInteger(version) && version <= 20) draft.versions = Math.max(draft.versions, version);
  drafts.set(path, draft);
}

function listTemplateNames(spec: JsonObject | undefined): string[] {
  const template = readStringMap(readObject(readObject(spec, 'target'), 'template'), 'data');
  const texts = Object.values(template).join('\n');
  return [...texts.matchAll(/\{\{-?\s*(?:\S+\s+)?\.([A-Za-z_]\w*)/gu)].flatMap(([, name]) => name ?? []);
}

function listExternalSecrets(manifests: readonly Manifest[]) {
  return manifests.flatMap(({ object }) =>
    object.kind === 'ExternalSecret'
      ? [{ name: object.metadata.name, spec: readObject(object, 'spec') }]
      : [],
  );
}
