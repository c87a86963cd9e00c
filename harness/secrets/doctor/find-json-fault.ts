/** Where a text stops being JSON. */
export interface JsonFault {
  /** From 1. */
  line: number;
  column: number;
  /** What is wrong there; no part of the text. */
  what: string;
}

/**
 * Finds the first place at which a text stops being JSON; undefined where it is JSON.
 *
 * The engine's own messages quote the text, which may be a secret.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const scanner = new JsonScanner(text);
  const what = scanner.readDocument();
  if (what === undefined) return undefined;
  const before = text.slice(0, scanner.position).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, what };
}

const STRING = /"(?:[^"\\\p{Cc}]|[\u007F-\u009F]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/uy;
const SPACE = /[ \t\r\n]*/uy;

class JsonScanner {
  position = 0;

  constructor(readonly text: string) {}

  readDocument(): string | undefined {
    const fault = this.#readValue();
    if (fault !== undefined) return fault;
    this.#skipSpace();
    return this.position < this.text.length ? 'there is more text after the end of the JSON' : undefined;
  }

  #readValue(): string | undefined {
    this.#skipSpace();
    const next = this.text[this.position];
    if (next === undefined) return 'the text ends where a value should be';
    if (next === '{') return this.#readList('}', () => this.#readMember());
    if (next === '[') return this.#readList(']', () => this.#readValue());
    if (next === '"') return this.#take(STRING) ? undefined : 'a string is not closed, or not escaped';
    return this.#take(SCALAR) ? undefined : 'what stands here is no value of JSON: text needs double quotes';
  }

  #readMember(): string | undefined {
    this.#skipSpace();
    if (this.text[this.position] !== '"') return 'a name in double quotes should be here';
    if (!this.#take(STRING)) return 'a string is not closed, or not escaped';
    this.#skipSpace();
    if (this.text[this.position] !== ':') return 'a colon should be here';
    this.position += 1;
    return this.#readValue();
  }

  #readList(end: string, readItem: () => string | undefined): string | undefined {
    this.position += 1;
    this.#skipSpace();
    if (this.text[this.position] === end) {
      this.position += 1;
      return undefined;
    }
    for (;;) {
      const fault = readItem();
      if (fault !== undefined) return fault;
      this.#skipSpace();
      const next = this.text[this.position];
      if (next !== ',' && next !== end)
        return next === undefined ? `the text ends before its ${end}` : `a comma or ${end} should be here`;
      this.position += 1;
      if (next === end) return undefined;
      this.#skipSpace();
      if (this.text[this.position] === end) return `there is a comma too many before ${end}`;
    }
  }

  #skipSpace(): void {
    this.#take(SPACE);
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.position;
    const [found] = pattern.exec(this.text) ?? [];
    if (found === undefined) return false;
    this.position += found.length;
    return true;
  }
}
