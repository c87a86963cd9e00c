import { joinPointer, type PathSegment } from '../manifest/json-pointer.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../manifest/manifest.js';

/**
 * The JSON pointer of a field as an API server writes it: `spec.ports[0].name`, `.spec.env[name="A"].value`,
 * `data[my.key]`. Ends where the object does not go on, because a field that is missing has no place of its own.
 */
export function findFieldPointer(object: JsonObject, field: string): string {
  let value: JsonValue | undefined = object;
  let pointer = '';
  for (const step of splitField(field)) {
    const segment = findSegment(value, step);
    if (segment === undefined) return pointer;
    value = (value as Record<PathSegment, JsonValue>)[segment];
    pointer = joinPointer(pointer, segment);
  }
  return pointer;
}

function splitField(field: string): string[] {
  return [...field.matchAll(/\[((?:"(?:[^"\\]|\\.)*"|[^\]])*)\]|([^.[\]]+)/gu)].map(
    ([, bracket, name]) => (bracket === undefined ? name : `[${bracket}`) ?? '',
  );
}

function findSegment(value: JsonValue | undefined, step: string): PathSegment | undefined {
  const name = step.startsWith('[') ? step.slice(1) : step;
  if (Array.isArray(value)) {
    const position = /^\d+$/u.test(name) ? Number(name) : findByKeys(value, name);
    return position !== undefined && position < value.length ? position : undefined;
  }
  return isJsonObject(value) && Object.hasOwn(value, name) ? name : undefined;
}

// A list that is a map to the server: [containerPort=80,protocol="TCP"].
function findByKeys(list: readonly JsonValue[], keys: string): number | undefined {
  const wanted = [...keys.matchAll(/([A-Za-z]+)=("(?:[^"\\]|\\.)*"|[^,]+)/gu)];
  const position = list.findIndex(
    (item) =>
      wanted.length > 0 &&
      isJsonObject(item) &&
      // Defaults that the server fills in are keys too.
      wanted.every(([, key = '', text]) => item[key] === undefined || JSON.stringify(item[key]) === text),
  );
  return position === -1 ? undefined : position;
}
