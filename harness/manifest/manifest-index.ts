import type { Manifest } from './manifest.js';
import { readName } from './read-json.js';

/** Names one object. */
export interface ObjectReference {
  kind: string;
  name: string;
  /** Undefined: the release's own namespace. */
  namespace?: string | undefined;
}

/**
 * Finds objects of a release by kind and name without scanning it.
 *
 * Charts leave `metadata.namespace` out and mean the release's namespace. Where that one is known, a manifest that
 * names it is the same as one that names none. Where it is not, a namespace that is given on one side only is
 * taken to agree, so that no reference is called missing which might be there.
 */
export class ManifestIndex {
  readonly manifests: readonly Manifest[];
  readonly #releaseNamespace: string | undefined;
  readonly #byName = new Map<string, Manifest[]>();
  readonly #byKind = new Map<string, Manifest[]>();

  constructor(manifests: readonly Manifest[], releaseNamespace?: string | undefined) {
    this.manifests = unwrapLists(manifests);
    this.#releaseNamespace = releaseNamespace;
    for (const manifest of this.manifests) {
      append(this.#byKind, manifest.object.kind, manifest);
      append(this.#byName, nameKey(manifest.object.kind, manifest.object.metadata.name), manifest);
    }
  }

  /** All objects of a kind, in order. */
  ofKind(kind: string): readonly Manifest[] {
    return this.#byKind.get(kind) ?? [];
  }

  /** The object a reference means, or undefined. Of several, the last: that is what applying them in order leaves. */
  find({ kind, name, namespace }: ObjectReference): Manifest | undefined {
    return this.#byName
      .get(nameKey(kind, name))
      ?.findLast((manifest) =>
        this.isSameNamespace(readName(manifest.object.metadata, 'namespace'), namespace),
      );
  }

  /** The object of that name in any namespace, for kinds that have none; of several, the last. */
  findAnywhere(kind: string, name: string): Manifest | undefined {
    return this.#byName.get(nameKey(kind, name))?.at(-1);
  }

  /** True when two namespaces, as written, are or may be the same. */
  isSameNamespace(left: string | undefined, right: string | undefined): boolean {
    const a = left ?? this.#releaseNamespace;
    const b = right ?? this.#releaseNamespace;
    return a === b || a === undefined || b === undefined;
  }

  /** The namespace an object ends up in, or undefined where neither the object nor the caller told. */
  namespaceOf(manifest: Manifest): string | undefined {
    return readName(manifest.object.metadata, 'namespace') ?? this.#releaseNamespace;
  }
}

/** Replaces every `List` by the objects it holds; they keep its place in the rendered text. */
export function unwrapLists(manifests: readonly Manifest[]): readonly Manifest[] {
  if (!manifests.some(isList)) return manifests;
  return manifests.flatMap((manifest) => {
    const items = isList(manifest) ? manifest.object['items'] : undefined;
    if (!Array.isArray(items)) return [manifest];
    const inner = items.filter(isKubernetesObject).map((object) => ({ ...manifest, object }));
    return [...unwrapLists(inner)];
  });
}

function isList({ object }: Manifest): boolean {
  return object.kind.endsWith('List') && Array.isArray(object['items']);
}

function isKubernetesObject(value: unknown): value is Manifest['object'] {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, metadata } = value as { kind?: unknown; metadata?: { name?: unknown } | null };
  return typeof kind === 'string' && typeof metadata?.name === 'string';
}

function nameKey(kind: string, name: string): string {
  return `${kind}/${name}`;
}

function append(map: Map<string, Manifest[]>, key: string, manifest: Manifest): void {
  const found = map.get(key);
  if (found === undefined) map.set(key, [manifest]);
  else found.push(manifest);
}
