import { SluiceError } from '../errors.js';
import { SecretValue } from '../manifest/secret-value.js';

/** One assignment of a dotenv file. */
export interface DotenvEntry {
  name: string;
  value: SecretValue;
  /** Line on which it begins, from 1. */
  line: number;
  /** Position of the name and of the end of the value, a closing quote included, in the text. */
  start: number;
  end: number;
  /** The quote around the value; empty where there is none. */
  quote: '' | "'" | '"' | '`';
}

const NAME = /^(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*/u;
const REST_OF_LINE = /[^\r\n]*/uy;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' };

/**
 * Reads a dotenv file: `NAME=value`, `export NAME=value`, comments, values in single quotes or backquotes (as they
 * stand) or double quotes (with `\n`, `\r`, `\t`, `\"`, `\\`, `\$`), over several lines too. Without quotes a value
 * ends with the line or before ` #`. CRLF counts as LF and a byte-order mark as nothing; `${NAME}` is not expanded.
 *
 * Every assignment is given, those of a name that comes twice too: of them the last counts.
 *
 * @throws SluiceError `DOTENV_SYNTAX` with file and line and nothing of what stands there; exit code 2.
 */
export function parseDotenv(text: string, file = '.env'): DotenvEntry[] {
  const entries: DotenvEntry[] = [];
  const reader = new Reader(text, file);
  while (!reader.isAtEnd) {
    const entry = reader.readLine();
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

/** The values by name; of a name that comes twice the last counts. */
export function indexDotenv(entries: readonly DotenvEntry[]): Map<string, SecretValue> {
  return new Map(entries.map(({ name, value }) => [name, value]));
}

class Reader {
  #position: number;
  #line = 1;

  constructor(
    readonly text: string,
    readonly file: string,
  ) {
    this.#position = text.startsWith('\uFEFF') ? 1 : 0;
  }

  get isAtEnd(): boolean {
    return this.#position >= this.text.length;
  }

  /** Reads to the end of a line, or of an assignment that takes several. */
  readLine(): DotenvEntry | undefined {
    this.#skip(/[ \t]*/uy);
    const start = this.#position;
    const line = this.#line;
    const rest = this.#restOfLine();
    if (rest === '' || rest.startsWith('#')) {
      this.#endLine();
      return undefined;
    }
    const found = NAME.exec(rest);
    if (found === null) throw this.#refuse('no NAME=value');
    this.#position += found[0].length;
    const quote = /^["'`]/u.exec(this.text.slice(this.#position, this.#position + 1))?.[0] ?? '';
    const value = quote === '' ? this.#readPlain() : this.#readQuoted(quote);
    const end = this.#position;
    if (quote !== '') this.#skip(/[ \t]*(?:#[^\r\n]*)?/uy);
    if (quote !== '' && this.#restOfLine() !== '') throw this.#refuse('text after the closing quote');
    this.#endLine();
    const name = found[1] ?? '';
    return { name, value: new SecretValue(value), line, start, end, quote: quote as DotenvEntry['quote'] };
  }

  #readPlain(): string {
    const rest = this.#restOfLine();
    const value = (/^(?:#|.*?[ \t]#)/u.exec(rest)?.[0].slice(0, -1) ?? rest).trimEnd();
    this.#position += value.length;
    return value;
  }

  #readQuoted(quote: string): string {
    const openedAt = this.#line;
    let value = '';
    for (let at = this.#position + 1; at < this.text.length; at += 1) {
      const character = this.text[at] ?? '';
      if (character === quote) {
        this.#position = at + 1;
        return value;
      }
      if (character === '\\' && quote === '"') {
        const escaped = ESCAPES[this.text[at + 1] ?? ''];
        value += escaped ?? character;
        if (escaped !== undefined) at += 1;
      } else if (character === '\n') {
        this.#line += 1;
        value += character;
      } else if (character !== '\r' || this.text[at + 1] !== '\n') {
        value += character;
      }
    }
    this.#line = openedAt;
    throw this.#refuse('a quote is opened and not closed');
  }

  #restOfLine(): string {
    REST_OF_LINE.lastIndex = this.#position;
    return REST_OF_LINE.exec(this.text)?.[0] ?? '';
  }

  #endLine(): void {
    this.#skip(/[^\r\n]*/uy);
    const length =
      /^(?:\r\n|\n|\r)/u.exec(this.text.slice(this.#position, this.#position + 2))?.[0].length ?? 0;
    this.#position += length;
    this.#line += 1;
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#position;
    this.#position += pattern.exec(this.text)?.[0].length ?? 0;
  }

  #refuse(what: string): SluiceError {
    return new SluiceError({
      code: 'DOTENV_SYNTAX',
      message: `${this.file}:${this.#line}: ${what}`,
      evidence: 'The line is not shown: it may hold a secret.',
      remedy: 'A line is NAME=value, a comment, or empty; values with spaces, quotes or # go into quotes.',
      exitCode: 2,
    });
  }
}
