import type { Manifest } from '../../manifest/manifest.js';
import { nearestName } from '../nearest-name.js';
import type { KindLookup, SchemaStore } from './schema-store.js';
import type { SchemaViolation, ViolationKind } from './schema-violation.js';

/** A violation of one object with the Kubernetes versions it was seen in. */
export interface SchemaFinding extends Omit<SchemaViolation, 'kind'> {
  kind: ViolationKind | 'unknown-kind' | 'unavailable';
  manifest: Manifest;
  versions: readonly string[];
}

/** Checks every object against its schema in each version; the same violation in several versions is told once. */
export function checkSchemas(
  manifests: readonly Manifest[],
  schemas: SchemaStore,
  versions: readonly string[],
): SchemaFinding[] {
  return manifests.flatMap((manifest) => {
    const found = new Map<string, SchemaFinding & { versions: string[] }>();
    for (const version of versions) {
      for (const violation of checkManifest(manifest, schemas, version)) {
        const key = `${violation.kind} ${violation.pointer} ${violation.message}`;
        const known = found.get(key);
        if (known) known.versions.push(version);
        else found.set(key, { ...violation, manifest, versions: [version] });
      }
    }
    return [...found.values()].map((finding) => withVersions(finding, versions));
  });
}

function withVersions(finding: SchemaFinding, all: readonly string[]): SchemaFinding {
  const isEverywhere = finding.versions.length === all.length;
  if (isEverywhere || finding.kind === 'unavailable') return finding;
  return { ...finding, message: `${finding.message} (in Kubernetes ${finding.versions.join(', ')})` };
}

type AnyViolation = Omit<SchemaFinding, 'manifest' | 'versions'>;

function checkManifest({ object }: Manifest, schemas: SchemaStore, version: string): AnyViolation[] {
  const { apiVersion, kind } = object;
  const lookup = schemas.lookUp(apiVersion, kind, version);
  if (lookup.state === 'known') return lookup.validate(object);
  if (lookup.state === 'unavailable')
    return [describeUnavailable(lookup, `${apiVersion} ${kind}`, { schemas, version })];
  return [
    {
      kind: 'unknown-kind',
      pointer: '/kind',
      message: `no schema is known for ${apiVersion} ${kind}; it was not checked`,
      remedy: 'Give its CustomResourceDefinition: sluice check --crd FILE.',
    },
  ];
}

function describeUnavailable(
  lookup: Extract<KindLookup, { state: 'unavailable' }>,
  name: string,
  { schemas, version }: { schemas: SchemaStore; version: string },
): AnyViolation {
  const [instead] = lookup.instead;
  const nearest = instead === undefined ? nearestName(name, schemas.listKinds(version)) : undefined;
  const [oldest, newest] = [lookup.kubernetesVersionsWithIt[0], lookup.kubernetesVersionsWithIt.at(-1)];
  const known =
    oldest === undefined ? '' : `; there in ${oldest === newest ? oldest : `${oldest} to ${newest}`}`;
  const place =
    lookup.by === 'kubernetes'
      ? `Kubernetes ${version} does not serve ${name}`
      : `the operator does not serve ${name}`;
  return {
    kind: 'unavailable',
    pointer: '/apiVersion',
    message: `${place}${known}`,
    remedy: adviseReplacement(instead, nearest),
  };
}

function adviseReplacement(instead: string | undefined, nearest: string | undefined): string {
  if (instead !== undefined) return `Use apiVersion: ${instead}.`;
  if (nearest !== undefined) return `Did you mean ${nearest}?`;
  return 'Take it away, or give its CustomResourceDefinition: sluice check --crd FILE.';
}
