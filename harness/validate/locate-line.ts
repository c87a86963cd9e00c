import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { splitPointer } from '../manifest/json-pointer.js';
import { kubernetesYamlOptions } from '../manifest/kubernetes-yaml.js';
import type { Manifest } from '../manifest/manifest.js';

/** Finds lines of the rendered text; a document is read once however many findings it has. */
export class LineLocator {
  readonly #documents = new Map<string, { contents: Node | null; lines: LineCounter }>();

  /** Line of a pointer in the whole rendered text, from 1; the document's line where it cannot be told. */
  locate(manifest: Manifest, pointer: string): number {
    const { contents, lines } = this.#read(manifest.text);
    const offset = findOffset(contents, splitPointer(pointer));
    return manifest.source.line + (offset === undefined ? 0 : lines.linePos(offset).line - 1);
  }

  #read(text: string): { contents: Node | null; lines: LineCounter } {
    const known = this.#documents.get(text);
    if (known) return known;
    const lines = new LineCounter();
    const document = parseDocument(text, {
      ...kubernetesYamlOptions,
      uniqueKeys: false,
      prettyErrors: false,
      lineCounter: lines,
    });
    const read = { contents: document.contents, lines };
    this.#documents.set(text, read);
    return read;
  }
}

/** Offset of the deepest node on the way that is there. */
function findOffset(contents: Node | null, segments: readonly string[]): number | undefined {
  let node = contents;
  let offset = node?.range?.[0];
  for (const segment of segments) {
    if (isMap(node)) {
      const pair = node.items.findLast(({ key }) => isScalar(key) && String(key.value) === segment);
      if (!pair) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
    } else if (isSeq(node)) {
      node = (node.items[Number(segment)] as Node | undefined) ?? null;
      offset = node?.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
