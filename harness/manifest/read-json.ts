import { isJsonObject, type JsonObject, type JsonValue } from './manifest.js';

/** The map under `key`, or undefined where there is none. */
export function readObject(parent: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = parent?.[key];
  return isJsonObject(value) ? value : undefined;
}

/** The text under `key`, or undefined where there is none, or where it is another kind of value. */
export function readString(parent: JsonObject | undefined, key: string): string | undefined {
  const value = parent?.[key];
  return typeof value === 'string' ? value : undefined;
}

/** As {@link readString}, and undefined for the empty text, which Kubernetes treats as not given. */
export function readName(parent: JsonObject | undefined, key: string): string | undefined {
  const value = readString(parent, key);
  return value === '' ? undefined : value;
}

/** True only for the boolean `true`. */
export function readFlag(parent: JsonObject | undefined, key: string): boolean {
  return parent?.[key] === true;
}

/** The list under `key`; empty where there is none. */
export function readList(parent: JsonObject | undefined, key: string): readonly JsonValue[] {
  const value = parent?.[key];
  return Array.isArray(value) ? value : [];
}

/** An element of a list that is a map, with its position in that list. */
export interface ListedObject {
  item: JsonObject;
  index: number;
}

/** The maps in the list under `key`; elements of another kind keep their position but are left out. */
export function readObjects(parent: JsonObject | undefined, key: string): ListedObject[] {
  const found: ListedObject[] = [];
  readList(parent, key).forEach((item, index) => {
    if (isJsonObject(item)) found.push({ item, index });
  });
  return found;
}

/** The members of the map under `key` whose values are text, as labels and annotations are. */
export function readStringMap(parent: JsonObject | undefined, key: string): Readonly<Record<string, string>> {
  const map = readObject(parent, key);
  if (map === undefined) return {};
  return Object.fromEntries(
    Object.entries(map).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
