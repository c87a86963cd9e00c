import { isJsonObject, type JsonValue } from './manifest.js';

/** A step into a map (a name) or a list (a position). */
export type PathSegment = string | number;

/** Appends segments to a JSON pointer, escaped as RFC 6901 says: `~` as `~0`, `/` as `~1`. */
export function joinPointer(pointer: string, ...segments: readonly PathSegment[]): string {
  let joined = pointer;
  for (const segment of segments) {
    const text = String(segment);
    // Hardly any name needs it, and every node of every manifest comes by here.
    joined += `/${/[~/]/u.test(text) ? text.replaceAll('~', '~0').replaceAll('/', '~1') : text}`;
  }
  return joined;
}

/** The segments of a JSON pointer, unescaped. `''` is the whole document. */
export function splitPointer(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value that a JSON pointer names, or undefined where there is none. */
export function readPointer(document: JsonValue | undefined, pointer: string): JsonValue | undefined {
  return readSegments(document, splitPointer(pointer));
}

/** The value at the end of the segments, or undefined where there is none. */
export function readSegments(
  document: JsonValue | undefined,
  segments: readonly PathSegment[],
): JsonValue | undefined {
  let value = document;
  for (const segment of segments) {
    if (Array.isArray(value)) {
      value = /^\d+$/u.test(String(segment)) ? value[Number(segment)] : undefined;
    } else if (isJsonObject(value)) {
      value = Object.hasOwn(value, segment) ? value[segment] : undefined;
    } else {
      return undefined;
    }
  }
  return value;
}
