import { containsLabels } from './label-selector.js';
import type { Manifest } from './manifest.js';
import { readName, readStringMap } from './read-json.js';

/** What to look for: everything that is given must be equal. Nothing given selects everything. */
export interface ManifestSelector {
  kind?: string | undefined;
  name?: string | undefined;
  /** The namespace as written in the manifest; most charts leave it to the release. */
  namespace?: string | undefined;
  /** Labels the object must carry; it may carry more. */
  labels?: Readonly<Record<string, string>> | undefined;
  apiVersion?: string | undefined;
}

/** The manifests that a selector, or a short name such as `Deployment/web` or `Deployment`, describes; in order. */
export function selectManifests(
  manifests: readonly Manifest[],
  selector: ManifestSelector | string,
): Manifest[] {
  const wanted = typeof selector === 'string' ? parseManifestName(selector) : selector;
  return manifests.filter((manifest) => matchesManifest(manifest, wanted));
}

/** The first manifest that {@link selectManifests} would give, or undefined. */
export function findManifest(
  manifests: readonly Manifest[],
  selector: ManifestSelector | string,
): Manifest | undefined {
  const wanted = typeof selector === 'string' ? parseManifestName(selector) : selector;
  return manifests.find((manifest) => matchesManifest(manifest, wanted));
}

/** True when everything that the selector gives is so in the manifest. */
export function matchesManifest({ object }: Manifest, selector: ManifestSelector): boolean {
  const { kind, name, namespace, labels, apiVersion } = selector;
  return (
    (kind === undefined || object.kind === kind) &&
    (name === undefined || object.metadata.name === name) &&
    (apiVersion === undefined || object.apiVersion === apiVersion) &&
    (namespace === undefined || readName(object.metadata, 'namespace') === namespace) &&
    (labels === undefined || containsLabels(labels, readStringMap(object.metadata, 'labels')))
  );
}

/** Reads `Kind`, `Kind/name` or `Kind/namespace/name` into a selector. */
export function parseManifestName(text: string): ManifestSelector {
  const [kind, ...rest] = text.split('/');
  const name = rest.pop();
  const namespace = rest.pop();
  return { kind: kind === '' ? undefined : kind, name, namespace };
}

/** A selector in words, for messages: `Deployment/web`, `any object labelled app=web`. */
export function formatSelector(selector: ManifestSelector | string): string {
  if (typeof selector === 'string') return selector;
  const { kind, name, namespace, labels, apiVersion } = selector;
  const main = [kind ?? 'any object', namespace, name].filter((part) => part !== undefined).join('/');
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return [
    main,
    apiVersion === undefined ? '' : `of ${apiVersion}`,
    pairs.length === 0 ? '' : `labelled ${pairs.join(',')}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}
