import { isJsonObject, type JsonObject, type JsonValue } from '../../harness/manifest/manifest.js';
import type { BundleIndex } from '../../harness/validate/schemas/schema-bundle.js';
import { listReferences, OBJECT_META, type VersionDefinitions } from './kubernetes-definitions.js';

/**
 * Puts the definitions of several Kubernetes versions together, each different one once.
 *
 * Two definitions are one where their own text is equal and everything they refer to is one as well. Found by
 * refining a partition until it no longer changes, which also settles definitions that refer to themselves.
 */
export function mergeVersions(versions: readonly VersionDefinitions[]): {
  index: BundleIndex;
  definitions: JsonObject[];
} {
  const classOf = refine(versions);
  const numbers = new Map<string, number>();
  const definitions: JsonObject[] = [];
  for (const { version, definitions: named } of versions) {
    for (const [name, definition] of [...named].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const key = classOf(version, name);
      if (numbers.has(key)) continue;
      numbers.set(key, definitions.length);
      definitions.push(definition);
    }
  }
  const numberOf = (version: string, name: string): number => numbers.get(classOf(version, name)) ?? -1;
  const written = writeReferences(versions, definitions, numberOf);
  return { index: buildIndex(versions, numberOf), definitions: written };
}

function buildIndex(
  versions: readonly VersionDefinitions[],
  numberOf: (version: string, name: string) => number,
): BundleIndex {
  const kindNames = [...new Set(versions.flatMap(({ kinds }) => [...kinds.keys()]))].sort();
  const kinds = Object.fromEntries(
    kindNames.map((kind) => [
      kind,
      versions.map(({ version, kinds: known }) => {
        const name = known.get(kind);
        return name === undefined ? null : numberOf(version, name);
      }),
    ]),
  );
  const newest = versions.at(-1)?.version ?? '';
  return {
    versions: versions.map(({ version }) => version),
    kinds,
    unserved: [],
    objectMeta: numberOf(newest, OBJECT_META),
  };
}

function writeReferences(
  versions: readonly VersionDefinitions[],
  definitions: readonly JsonObject[],
  numberOf: (version: string, name: string) => number,
): JsonObject[] {
  const versionOf = new Map<JsonObject, string>();
  for (const { version, definitions: named } of versions) {
    for (const definition of named.values()) versionOf.set(definition, version);
  }
  return definitions.map((definition) => {
    const version = versionOf.get(definition) ?? '';
    const rewrite = (node: JsonValue): JsonValue => {
      if (Array.isArray(node)) return node.map(rewrite);
      if (!isJsonObject(node)) return node;
      return Object.fromEntries(
        Object.entries(node).map(([keyword, value]) => [
          keyword,
          keyword === 'lazyRef' && typeof value === 'string' ? numberOf(version, value) : rewrite(value),
        ]),
      );
    };
    return rewrite(definition) as JsonObject;
  });
}

function refine(versions: readonly VersionDefinitions[]): (version: string, name: string) => string {
  const nodes = versions.flatMap(({ version, definitions }) =>
    [...definitions].map(([name, definition]) => ({
      key: `${version} ${name}`,
      label: `${name} ${JSON.stringify(definition)}`,
      references: listReferences(definition).map((reference) => `${version} ${reference}`),
    })),
  );
  let classes = group(nodes.map(({ key, label }) => [key, label]));
  for (;;) {
    const finer = group(
      nodes.map(({ key, label, references }) => [
        key,
        `${label} ${references.map((reference) => classes.byKey.get(reference)).join(',')}`,
      ]),
    );
    if (finer.count === classes.count) break;
    classes = finer;
  }
  return (version, name) => String(classes.byKey.get(`${version} ${name}`));
}

function group(pairs: [key: string, label: string][]): { byKey: Map<string, number>; count: number } {
  const numbers = new Map<string, number>();
  const byKey = new Map<string, number>();
  for (const [key, label] of pairs) {
    const number = numbers.get(label) ?? numbers.size;
    numbers.set(label, number);
    byKey.set(key, number);
  }
  return { byKey, count: numbers.size };
}
