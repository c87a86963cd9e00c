import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { isJsonObject, type JsonObject, type JsonValue } from '../../harness/manifest/manifest.js';
import type { CommentLine } from './comment-lines.js';
import type { Problem } from './problem.js';

/** JSON-schema keywords written as YAML in comments, that know the line each of them stands on. */
export interface SchemaSnippet {
  keywords: JsonObject;
  /** Line in the file of the keyword at this path; the nearest known parent's where it is not there. */
  lineOf(path: readonly (string | number)[]): number;
}

/**
 * Reads the YAML that begins after a marker such as `@schema` and goes on over the comment lines below.
 *
 * @param firstText what stands behind the marker on its own line, or nothing
 */
export function readSchemaSnippet(
  firstText: string,
  lines: { first: number; rest: readonly CommentLine[] },
  file: string,
): SchemaSnippet | Problem {
  const text = [firstText, ...lines.rest.map((comment) => comment.text)].join('\n');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const toFileLine = (offset: number) => lines.first + lineCounter.linePos(offset).line - 1;
  const error = document.errors[0];
  if (error) {
    return { file, line: toFileLine(error.pos[0]), message: `not YAML: ${firstLineOf(error.message)}` };
  }
  const keywords = document.toJS() as JsonValue;
  if (!isJsonObject(keywords)) {
    return { file, line: lines.first, message: 'expected a map of JSON-schema keywords' };
  }
  return {
    keywords,
    lineOf: (path) => toFileLine(offsetOf(document.contents, path)),
  };
}

export function isProblem(value: SchemaSnippet | Problem): value is Problem {
  return 'message' in value;
}

function firstLineOf(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}

function offsetOf(root: Node | null, path: readonly (string | number)[]): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!pair) return offset;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if (isMap(node) || isSeq(node) || isScalar(node)) offset = node.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
