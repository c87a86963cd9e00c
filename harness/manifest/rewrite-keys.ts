import type { JsonObject } from './manifest.js';
import { readObject, readString } from './read-json.js';
import type { RemoteEntry } from './remote-content.js';

/**
 * Applies `rewrite` steps to names, as the operator does, in order. Undefined where the outcome cannot be told here: a
 * template, a merge, or a regular expression that only Go understands.
 */
export function rewriteKeys(
  entries: readonly RemoteEntry[],
  steps: readonly JsonObject[],
): RemoteEntry[] | undefined {
  let current: RemoteEntry[] = [...entries];
  for (const step of steps) {
    if (readObject(step, 'merge') !== undefined || readObject(step, 'transform') !== undefined)
      return undefined;
    const rule = readObject(step, 'regexp');
    if (rule === undefined) continue;
    const pattern = compileGoPattern(readString(rule, 'source') ?? '');
    if (pattern === undefined) return undefined;
    const target = readString(rule, 'target') ?? '';
    current = current.map((entry) => ({ ...entry, key: replaceAllLikeGo(entry.key, pattern, target) }));
  }
  return current;
}

/** Turns characters that no Secret key may hold into `_`, or `_U0020_` and the like for strategy `Unicode`. */
export function convertKey(key: string, strategy: string | undefined): string {
  return [...key]
    .map((character) => {
      if (/^[\p{L}\p{N}._-]$/u.test(character)) return character;
      if (strategy !== 'Unicode') return '_';
      return `_U${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}_`;
    })
    .join('');
}

function compileGoPattern(source: string): RegExp | undefined {
  const flags = /^\(\?([ims]+)\)/u.exec(source);
  const body = source.slice(flags?.[0].length ?? 0).replaceAll('(?P<', '(?<');
  try {
    return new RegExp(body, `gu${flags?.[1] ?? ''}`);
  } catch {
    return undefined;
  }
}

function replaceAllLikeGo(text: string, pattern: RegExp, target: string): string {
  return text.replace(pattern, (...found: unknown[]) => {
    const last = found.at(-1);
    const names = (typeof last === 'object' ? last : {}) as Record<string, string | undefined>;
    const group = (name: string): string =>
      String((/^\d+$/u.test(name) ? groupAt(found, Number(name)) : names[name]) ?? '');
    return target.replaceAll(
      /\$(?:\$|\{(\w+)\}|(\w+))/gu,
      (written, braced: string | undefined, bare: string | undefined) =>
        written === '$$' ? '$' : group(braced ?? bare ?? ''),
    );
  });
}

function groupAt(found: readonly unknown[], position: number): unknown {
  const offset = found.findIndex((value) => typeof value === 'number');
  return position < offset ? found[position] : undefined;
}
