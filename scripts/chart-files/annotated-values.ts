import { isMap, isScalar, LineCounter, type Pair, parseDocument, type Scalar, type YAMLMap } from 'yaml';
import type { JsonValue } from '../../harness/manifest/manifest.js';
import { type CommentLine, commentsAbove, findCommentLines, groupCommentLines } from './comment-lines.js';
import type { Problem } from './problem.js';
import { isProblem, readSchemaSnippet, type SchemaSnippet } from './schema-snippet.js';

/** One key of values.yaml with what its comment says. */
export interface AnnotatedValue {
  path: readonly string[];
  line: number;
  /** Empty where there is none. Paragraphs are parted by an empty line. */
  description: string;
  schema: SchemaSnippet | undefined;
  default: JsonValue;
  /** Keys below, for a map; undefined for everything else. */
  children: readonly AnnotatedValue[] | undefined;
}

/** A schema that several keys share: `# @define name`. */
export interface Definition {
  name: string;
  line: number;
  schema: SchemaSnippet;
}

export interface AnnotatedValues {
  file: string;
  values: readonly AnnotatedValue[];
  /** In the order of the file. */
  definitions: readonly Definition[];
  problems: readonly Problem[];
}

/**
 * Reads a commented values file: descriptions (`# -- text`), schemas (`# @schema`) and definitions (`# @define`).
 *
 * Never throws: what cannot be read is a problem with its line.
 */
export function readAnnotatedValues(file: string, text: string): AnnotatedValues {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const problems: Problem[] = document.errors.map((error) => ({
    file,
    line: lineCounter.linePos(error.pos[0]).line,
    message: `not YAML: ${error.message.split('\n', 1)[0] ?? ''}`,
  }));
  const comments = findCommentLines(text);
  const definitions = readDefinitions(file, comments, problems);
  if (problems.length > 0) return { file, values: [], definitions, problems };
  const { contents } = document;
  if (!isMap(contents)) {
    problems.push({ file, line: 1, message: 'expected a map of values' });
    return { file, values: [], definitions, problems };
  }
  const readMap = (map: YAMLMap, parent: readonly string[]): AnnotatedValue[] =>
    map.items.flatMap((pair) => {
      if (!isScalar(pair.key)) return [];
      const key = pair as Pair<Scalar>;
      const path = [...parent, String(key.key.value)];
      const line = lineCounter.linePos(key.key.range?.[0] ?? 0).line;
      const isFirstOnLine = lineIsIndentUpTo(text, key.key.range?.[0] ?? 0);
      const notes = readNotes(file, isFirstOnLine ? commentsAbove(comments, line) : [], problems);
      const children = isMap(pair.value) ? readMap(pair.value, path) : undefined;
      return [{ path, line, ...notes, default: toJson(pair.value, document), children }];
    });
  return { file, values: readMap(contents, []), definitions, problems };
}

function toJson(node: unknown, document: ReturnType<typeof parseDocument>): JsonValue {
  return (
    isMap(node) || isScalar(node) || (typeof node === 'object' && node !== null && 'toJS' in node)
      ? (node as Scalar).toJS(document)
      : null
  ) as JsonValue;
}

/** Keys inside `{a: 1, b: 2}` share a line: the comment above it belongs to none of them. */
function lineIsIndentUpTo(text: string, offset: number): boolean {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset).trim() === '';
}

const MARKER = /^\s*@(\w+)(?:\s+(.*))?$/u;
const CONTINUATION = /^ {3,}\S/u;

interface Notes {
  description: string;
  schema: SchemaSnippet | undefined;
}

function readNotes(file: string, block: readonly CommentLine[], problems: Problem[]): Notes {
  const lines = withoutDefinitions(block);
  let description: string[] | undefined;
  let schema: SchemaSnippet | undefined;
  for (let index = 0; index < lines.length; index += 1) {
    const comment = lines[index] as CommentLine;
    const marker = MARKER.exec(comment.text);
    if (marker?.[1] === 'schema') {
      const rest = takeWhile(lines.slice(index + 1), ({ text }) => CONTINUATION.test(text));
      index += rest.length;
      if (schema) problems.push({ file, line: comment.line, message: 'a second @schema for the same key' });
      const snippet = readSchemaSnippet(marker[2] ?? '', { first: comment.line, rest }, file);
      if (isProblem(snippet)) problems.push(snippet);
      else schema = snippet;
    } else if (marker) {
      problems.push({
        file,
        line: comment.line,
        message: `unknown marker @${marker[1]}: use @schema or @define`,
      });
    } else if (/^ -- /u.test(comment.text)) {
      description = [comment.text.slice(4).trim()];
    } else if (schema === undefined) {
      description?.push(comment.text.trim());
    } else {
      problems.push({
        file,
        line: comment.line,
        message:
          'text after @schema: write the description above it, or indent what belongs to the schema by two more spaces',
      });
    }
  }
  return { description: joinParagraphs(description ?? []), schema };
}

/** Lines of a paragraph are joined by a space; an empty line parts paragraphs. */
function joinParagraphs(lines: readonly string[]): string {
  return lines
    .join('\n')
    .split(/\n{2,}/u)
    .map((paragraph) => paragraph.replaceAll('\n', ' ').trim())
    .filter((paragraph) => paragraph !== '')
    .join('\n\n');
}

function readDefinitions(
  file: string,
  comments: ReadonlyMap<number, CommentLine>,
  problems: Problem[],
): Definition[] {
  const definitions = new Map<string, Definition>();
  for (const group of groupCommentLines(comments)) {
    for (const { name, inline, first, rest } of splitDefinitions(group)) {
      const earlier = definitions.get(name);
      if (earlier) {
        problems.push({
          file,
          line: first,
          message: `@define ${name} stands on line ${earlier.line} already`,
        });
        continue;
      }
      const schema = readSchemaSnippet(inline, { first, rest }, file);
      if (isProblem(schema)) problems.push({ ...schema, message: `@define ${name}: ${schema.message}` });
      else definitions.set(name, { name, line: first, schema });
    }
  }
  return [...definitions.values()];
}

interface DefinitionLines {
  name: string;
  inline: string;
  first: number;
  rest: CommentLine[];
}

const DEFINE = /^\s*@define\s+([\w.]+)\s*(.*)$/u;

/** A definition ends at the next marker or description, or where the comment ends. */
function splitDefinitions(group: readonly CommentLine[]): DefinitionLines[] {
  const found: DefinitionLines[] = [];
  let current: DefinitionLines | undefined;
  for (const comment of group) {
    const define = DEFINE.exec(comment.text);
    if (define) {
      current = { name: define[1] ?? '', inline: define[2] ?? '', first: comment.line, rest: [] };
      found.push(current);
    } else if (endsDefinition(comment)) current = undefined;
    else current?.rest.push(comment);
  }
  return found;
}

function endsDefinition({ text }: CommentLine): boolean {
  return MARKER.test(text) || /^ -- /u.test(text);
}

function withoutDefinitions(block: readonly CommentLine[]): CommentLine[] {
  let inDefinition = false;
  return block.filter((comment) => {
    if (DEFINE.test(comment.text)) inDefinition = true;
    else if (endsDefinition(comment)) inDefinition = false;
    return !inDefinition;
  });
}

function takeWhile<T>(items: readonly T[], test: (item: T) => boolean): T[] {
  const end = items.findIndex((item) => !test(item));
  return items.slice(0, end === -1 ? items.length : end);
}
