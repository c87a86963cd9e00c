import type { Document, Pair, YAMLMap } from 'yaml';
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
} from 'yaml';
import type { PathSegment } from '../../manifest/json-pointer.js';
import { kubernetesYamlOptions } from '../../manifest/kubernetes-yaml.js';
import type { JsonValue, ValuesSource } from '../../manifest/manifest.js';
import type { ValuesPlace } from '../issue.js';

/** An entry of a values file. */
export interface ValuesEntry {
  path: readonly PathSegment[];
  place: ValuesPlace;
  /** Undefined for maps and lists. */
  scalar: JsonValue | undefined;
}

interface ValuesFile {
  file: string;
  document: Document<ParsedNode>;
  lines: LineCounter;
}

/** Finds entries in the values files of one render. Files are read when first asked; unreadable ones are passed over. */
export class ValuesPositions {
  readonly #sources: readonly ValuesSource[];
  #files: ValuesFile[] | undefined;
  #entries: ValuesEntry[] | undefined;

  constructor(sources: readonly ValuesSource[]) {
    this.#sources = sources;
  }

  /** Where a path is defined: in the last file that has it, since later files win. */
  find(path: readonly PathSegment[]): ValuesPlace | undefined {
    for (const file of this.#readFiles().toReversed()) {
      const offset = findOffset(file.document, path);
      if (offset !== undefined) return describePlace(file, path, offset);
    }
    return undefined;
  }

  /** As {@link find}, or the nearest entry above that is there; undefined where not even its first segment is. */
  findNearest(path: readonly PathSegment[]): ValuesPlace | undefined {
    for (let length = path.length; length > 0; length -= 1) {
      const place = this.find(path.slice(0, length));
      if (place) return place;
    }
    return undefined;
  }

  /** Every entry of every file, in order. */
  listEntries(): readonly ValuesEntry[] {
    this.#entries ??= this.#readFiles().flatMap((file) => listFileEntries(file));
    return this.#entries;
  }

  #readFiles(): ValuesFile[] {
    this.#files ??= this.#sources.flatMap(({ file, text }) => {
      const lines = new LineCounter();
      const document = parseDocument(text, {
        ...kubernetesYamlOptions,
        prettyErrors: false,
        lineCounter: lines,
      });
      return document.errors.some(({ code }) => code !== 'DUPLICATE_KEY') ? [] : [{ file, document, lines }];
    });
    return this.#files;
  }
}

/** Writes a path as `helm --set` reads it: dots in names are escaped, positions stand in brackets. */
export function formatValuesPath(path: readonly PathSegment[]): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else text += `${text === '' ? '' : '.'}${segment.replaceAll(/[.,[\]=]/gu, '\\$&')}`;
  }
  return text;
}

function describePlace(file: ValuesFile, path: readonly PathSegment[], offset: number): ValuesPlace {
  const { line, col } = file.lines.linePos(offset);
  return { file: file.file, line, column: col, path: formatValuesPath(path) };
}

/** Offset of the entry's key, or of a list's item. */
function findOffset(document: Document<ParsedNode>, path: readonly PathSegment[]): number | undefined {
  let node: Node | null | undefined = document.contents;
  let offset: number | undefined = node?.range?.[0];
  for (const segment of path) {
    const inner: Node | null | undefined = isAlias(node) ? node.resolve(document) : node;
    if (isMap(inner)) {
      const pair = findPair(document, inner, String(segment));
      if (!pair) return undefined;
      offset = (pair.key as Node).range?.[0];
      node = pair.value as Node | null;
    } else if (isSeq(inner)) {
      node = inner.items[Number(segment)] as Node | undefined;
      if (!node) return undefined;
      offset = node.range?.[0];
    } else return undefined;
  }
  return offset;
}

/** The last pair of that name (it wins), else one that a merge key brings in. */
function findPair(document: Document, map: YAMLMap, name: string): Pair | undefined {
  const own = map.items.findLast(({ key }) => isScalar(key) && String(key.value) === name);
  if (own) return own;
  for (const { key, value } of map.items) {
    if (!isScalar(key) || String(key.source ?? key.value) !== '<<') continue;
    const merged = isSeq(value) ? value.items : [value];
    for (const item of merged) {
      const target = isAlias(item) ? item.resolve(document) : item;
      const found = isMap(target) ? findPair(document, target, name) : undefined;
      if (found) return found;
    }
  }
  return undefined;
}

function listFileEntries(file: ValuesFile): ValuesEntry[] {
  const entries: ValuesEntry[] = [];
  const add = (path: readonly PathSegment[], at: Node | null, value: Node | null): void => {
    const offset = at?.range?.[0];
    if (offset === undefined) return;
    const scalar = isScalar(value) ? (value.value as JsonValue) : undefined;
    entries.push({ path, place: describePlace(file, path, offset), scalar });
    walk(path, value);
  };
  const walk = (path: readonly PathSegment[], node: Node | null): void => {
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        if (isScalar(key)) add([...path, String(key.value)], key as Node, value as Node | null);
      }
    } else if (isSeq(node)) {
      for (const [position, item] of node.items.entries()) {
        add([...path, position], item as Node | null, item as Node | null);
      }
    }
  };
  walk([], file.document.contents);
  return entries;
}
