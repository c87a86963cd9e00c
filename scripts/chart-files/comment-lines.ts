import { Lexer } from 'yaml';

/** A line of a YAML file that holds a comment and nothing else. */
export interface CommentLine {
  /** From 1. */
  line: number;
  /** What follows the `#`, spaces included. */
  text: string;
}

/** The lexer puts this before every scalar: a block scalar may have a line that begins with `#`. */
const SCALAR_MARK = '\u001f';

/** Synthetic lexemes: they mark a place and have no source text. */
const MARKS = new Set(['\u0002', '\u0018', SCALAR_MARK]);

/** Finds the comment-only lines of a YAML text. A `#` inside a scalar or after a value is none. */
export function findCommentLines(yaml: string): Map<number, CommentLine> {
  const found = new Map<number, CommentLine>();
  let line = 1;
  let previous = '';
  let onlySpaceSoFar = true;
  for (const lexeme of new Lexer().lex(yaml)) {
    if (MARKS.has(lexeme)) {
      previous = lexeme;
      continue;
    }
    if (lexeme.startsWith('#') && previous !== SCALAR_MARK && onlySpaceSoFar) {
      found.set(line, { line, text: lexeme.slice(1).trimEnd() });
    }
    const newLines = lexeme.split('\n').length - 1;
    line += newLines;
    const lastLine = newLines === 0 ? lexeme : lexeme.slice(lexeme.lastIndexOf('\n') + 1);
    onlySpaceSoFar = (newLines > 0 || onlySpaceSoFar) && lastLine.trim() === '';
    previous = lexeme;
  }
  return found;
}

/** The unbroken run of comment lines that ends directly above `line`, top first. */
export function commentsAbove(
  comments: ReadonlyMap<number, CommentLine>,
  line: number,
): readonly CommentLine[] {
  const block: CommentLine[] = [];
  for (let above = comments.get(line - 1); above !== undefined; above = comments.get(above.line - 1)) {
    block.unshift(above);
  }
  return block;
}

/** All comment lines as unbroken runs, in the order of the file. */
export function groupCommentLines(comments: ReadonlyMap<number, CommentLine>): CommentLine[][] {
  const groups: CommentLine[][] = [];
  for (const comment of [...comments.values()].sort((a, b) => a.line - b.line)) {
    const last = groups.at(-1);
    if (last?.at(-1)?.line === comment.line - 1) last.push(comment);
    else groups.push([comment]);
  }
  return groups;
}
