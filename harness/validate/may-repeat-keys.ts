const LINE =
  /^( *)((?:- +)*)(?:("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#"'[\]{}](?:[^#]|(?<=\S)#)*?)\s*:(?=\s|$))?/u;
const FLOW_MAP = /[{,]\s*["']?[\w.-]+["']?\s*:.*,/u;
const BLOCK_SCALAR = /[|>][-+0-9]*\s*(?:#.*)?$/u;

/**
 * False only where no map of a YAML document can have a key twice. Reads lines, not YAML, which is many times as
 * fast; true means that it is worth reading properly.
 */
export function mayRepeatKeys(text: string): boolean {
  const open = new OpenMaps();
  let scalarColumn = -1;
  for (const line of text.split('\n')) {
    const [, indent = '', dashes = '', key] = LINE.exec(line) ?? [];
    const start = line[indent.length];
    if (start === undefined || start === '#' || (scalarColumn >= 0 && indent.length > scalarColumn)) continue;
    scalarColumn = -1;
    if (FLOW_MAP.test(line) || start === '?') return true;
    const column = indent.length + dashes.length;
    open.enter(indent.length, column);
    if (key !== undefined && !open.add(column, key)) return true;
    if (BLOCK_SCALAR.test(line)) {
      scalarColumn = key === undefined ? indent.length + Math.max(0, dashes.lastIndexOf('-')) : column;
    }
  }
  return false;
}

/** The keys of the maps that a line may belong to, by the column they stand in. */
class OpenMaps {
  readonly #keys = new Map<number, Set<string>>();

  /** Closes what a line ends: maps further right and, at a dash, the map of the list's item before. */
  enter(indent: number, column: number): void {
    for (const known of this.#keys.keys()) {
      if (known > column || (column > indent && known > indent)) this.#keys.delete(known);
    }
  }

  /** False where the map has the key already, or where that cannot be told. */
  add(column: number, key: string): boolean {
    const keys = this.#keys.get(column) ?? new Set();
    this.#keys.set(column, keys);
    const name = key.replace(/^(["'])(.*)\1$/u, '$2');
    if (keys.has(name) || name.includes('\\')) return false;
    keys.add(name);
    return true;
  }
}
