import { SluiceError } from '../../errors.js';
import type { JsonObject } from '../../manifest/manifest.js';

/**
 * The text of a schema file: a first line of JSON, the {@link BundleIndex}, then one definition a line.
 * Definitions are read one by one, when they are first needed: a check touches a tenth of them.
 */
export type SchemaBundleText = string;

/** What stands in a bundle. `kinds` are keyed `<apiVersion> <kind>`. */
export interface BundleIndex {
  /** Kubernetes versions, oldest first, such as `1.36`; empty where the kinds belong to no version. */
  versions: string[];
  /** Number of the root definition for each of `versions` (one entry where there are none); null where it is missing. */
  kinds: Record<string, (number | null)[]>;
  /** Kinds whose CustomResourceDefinition still lists them but no longer serves them. */
  unserved: string[];
  /** Number of ObjectMeta's definition; undefined where the bundle leaves it to another. */
  objectMeta?: number;
}

/** A bundle that is open: definitions by number. */
export interface SchemaBundle {
  readonly index: BundleIndex;
  /** Undefined where no such definition exists. */
  readDefinition(number: number): JsonObject | undefined;
}

/** Opens the text of a bundle. Throws `SCHEMA_DATA_CORRUPT` where it is not one. */
export function openSchemaBundle(text: SchemaBundleText): SchemaBundle {
  const lines = text.split('\n');
  return {
    index: parseLine<BundleIndex>(lines[0]),
    readDefinition: (number) => {
      const line = lines[number + 1];
      return line === undefined || line === '' ? undefined : parseLine<JsonObject>(line);
    },
  };
}

/** Puts a bundle into the text that {@link openSchemaBundle} reads. */
export function writeSchemaBundle(index: BundleIndex, definitions: readonly JsonObject[]): SchemaBundleText {
  return [index, ...definitions].map((line) => JSON.stringify(line)).join('\n');
}

function parseLine<T>(line: string | undefined): T {
  try {
    return JSON.parse(line ?? '') as T;
  } catch (cause) {
    throw new SluiceError({
      code: 'SCHEMA_DATA_CORRUPT',
      message: 'The Kubernetes schemas that belong to sluice cannot be read.',
      remedy: 'Install sluice again, or run: npx tsx scripts/generate-schemas.ts',
      cause,
    });
  }
}
