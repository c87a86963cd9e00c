import { isJsonObject, type JsonObject, type JsonValue } from '../../manifest/manifest.js';
import type { BundleIndex, SchemaBundle } from './schema-bundle.js';
import { convertStructuralSchema } from './structural-schema.js';

/** Kinds made from CustomResourceDefinitions: like a bundle's file, but still in memory. */
export interface CrdKinds {
  readonly index: BundleIndex;
  readonly definitions: readonly JsonObject[];
}

/**
 * Makes kinds of CustomResourceDefinitions (`apiextensions.k8s.io/v1`). Objects of other kinds are passed over,
 * equal definitions are kept once.
 */
export function convertCrds(objects: readonly JsonObject[]): CrdKinds {
  const definitions: JsonObject[] = [];
  const numbers = new Map<string, number>();
  const addDefinition = (definition: JsonObject): number => {
    const text = JSON.stringify(definition);
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, definitions.length);
    return definitions.push(definition) - 1;
  };
  const index: BundleIndex = { versions: [], kinds: {}, unserved: [] };
  for (const { name, served, schema } of objects.flatMap(readCrdVersions)) {
    if (served) index.kinds[name] = [convertStructuralSchema(schema, addDefinition)];
    else index.unserved.push(name);
  }
  return { index, definitions };
}

/** A bundle over kinds in memory. */
export function bundleCrds({ index, definitions }: CrdKinds): SchemaBundle {
  return { index, readDefinition: (number) => definitions[number] };
}

interface CrdVersion {
  /** `<apiVersion> <kind>`. */
  name: string;
  served: boolean;
  schema: JsonObject;
}

function readCrdVersions(crd: JsonObject): CrdVersion[] {
  const spec = crd['spec'];
  if (crd['kind'] !== 'CustomResourceDefinition' || !isJsonObject(spec)) return [];
  const kind = isJsonObject(spec['names']) ? spec['names']['kind'] : undefined;
  const versions: JsonValue[] = Array.isArray(spec['versions']) ? spec['versions'] : [];
  return versions.filter(isJsonObject).map((version) => {
    const schema = isJsonObject(version['schema']) ? version['schema']['openAPIV3Schema'] : undefined;
    return {
      name: `${String(spec['group'])}/${String(version['name'])} ${String(kind)}`,
      served: version['served'] !== false,
      schema: isJsonObject(schema)
        ? schema
        : { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    };
  });
}
