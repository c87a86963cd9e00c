/** A member of a JSON object with its value exactly as it stands in the text. */
export interface JsonMember {
  name: string;
  raw: string;
}

/**
 * The members of a JSON object in the order of the text, repeated names included, numbers as written.
 *
 * Lenient, as the operator's `property` look-up is: at the first thing that is no JSON it stops and returns what it
 * has. Text that is no object gives none.
 */
export function readJsonMembers(text: string): JsonMember[] {
  const members: JsonMember[] = [];
  let position = skipSpace(text, 0);
  if (text[position] !== '{') return members;
  position += 1;
  for (;;) {
    position = skipSpace(text, position);
    const nameEnd = endOfString(text, position);
    if (nameEnd === undefined) return members;
    const name = parseString(text.slice(position, nameEnd));
    position = skipSpace(text, nameEnd);
    if (name === undefined || text[position] !== ':') return members;
    position = skipSpace(text, position + 1);
    const valueEnd = endOfValue(text, position);
    if (valueEnd === undefined) return members;
    members.push({ name, raw: text.slice(position, valueEnd) });
    position = skipSpace(text, valueEnd);
    if (text[position] !== ',') return members;
    position += 1;
  }
}

/** The elements of a JSON array as they stand in the text; lenient as {@link readJsonMembers}. */
export function readJsonItems(text: string): string[] {
  const items: string[] = [];
  let position = skipSpace(text, 0);
  if (text[position] !== '[') return items;
  do {
    position = skipSpace(text, position + 1);
    const end = endOfValue(text, position);
    if (end === undefined) return items;
    items.push(text.slice(position, end));
    position = skipSpace(text, end);
  } while (text[position] === ',');
  return items;
}

/** What a raw JSON value is as text: a string without its quotes, anything else as written. */
export function unquoteJson(raw: string): string {
  return raw.startsWith('"') ? (parseString(raw) ?? raw) : raw;
}

function skipSpace(text: string, from: number): number {
  let position = from;
  while (/[ \t\n\r]/u.test(text[position] ?? '')) position += 1;
  return position;
}

function endOfString(text: string, from: number): number | undefined {
  if (text[from] !== '"') return undefined;
  for (let position = from + 1; position < text.length; position += 1) {
    if (text[position] === '\\') position += 1;
    else if (text[position] === '"') return position + 1;
  }
  return undefined;
}

function endOfValue(text: string, from: number): number | undefined {
  const first = text[from];
  if (first === '"') return endOfString(text, from);
  if (first === '{' || first === '[') return endOfNested(text, from);
  const length = /^[^\s,}\]]+/u.exec(text.slice(from, from + 400))?.[0].length;
  return length === undefined ? undefined : from + length;
}

function endOfNested(text: string, from: number): number | undefined {
  let depth = 0;
  for (let position = from; position < text.length; position += 1) {
    const character = text[position];
    if (character === '"') {
      const end = endOfString(text, position);
      if (end === undefined) return undefined;
      position = end - 1;
    } else if (character === '{' || character === '[') {
      depth += 1;
    } else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return position + 1;
    }
  }
  return undefined;
}

function parseString(raw: string): string | undefined {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
