/** One way in which values do not meet a chart's `values.schema.json`. */
export interface SchemaViolation {
  /** JSON pointer into the values; empty for the whole. */
  pointer: string;
  /** Names there that the schema does not know. Empty for other violations. */
  unknownNames: string[];
  /** Helm's own words for it. */
  message: string;
  /** Name of the chart or subchart whose schema it is. */
  chart: string;
  /** True where it is the last name of the pointer that is not allowed, not its value. */
  badName?: boolean;
}

const SCHEMA_START =
  /values don't meet the specifications of the schema\(s\) in the following chart\(s\):\n/u;

/**
 * The violations that Helm 3 or Helm 4 lists when values do not meet a chart's schema, in the same form for both;
 * undefined where the text is about something else.
 */
export function parseSchemaViolations(text: string, chart: string): SchemaViolation[] | undefined {
  const start = SCHEMA_START.exec(text);
  if (start === null) return undefined;
  let owner = chart;
  const found: { violation: SchemaViolation; depth: number }[] = [];
  for (const line of text.slice(start.index + start[0].length).split('\n')) {
    const item = /^(\s*)- (.+)$/u.exec(line);
    if (item?.[2] !== undefined) {
      const depth = item[1]?.length ?? 0;
      const parent = found.findLast((one) => one.depth < depth)?.violation;
      // What is below a bad name says only which pattern it does not match.
      if (parent?.badName) continue;
      const violation = readBadName(item[2], { chart: owner, parent: parent?.pointer ?? '' });
      found.push({ violation: violation ?? readViolation(item[2], owner), depth });
    } else if (/^\S.*:$/u.test(line)) {
      owner = line.slice(0, -1);
    }
  }
  // Helm 4 prints why an alternative failed below it, deeper; only what stands deepest says something.
  const leaves = found.filter(({ depth }, at) => (found[at + 1]?.depth ?? 0) <= depth);
  return pickTelling(dropNamePatterns(leaves.map(({ violation }) => violation)));
}

function readBadName(
  text: string,
  { chart, parent }: { chart: string; parent: string },
): SchemaViolation | undefined {
  const four = /^at '([^']*)': invalid propertyName '(.*)'$/u.exec(text);
  const three = /^(\S+?): Property name of "(.*)" does not match$/u.exec(text);
  const name = four?.[2] ?? three?.[2];
  if (name === undefined) return undefined;
  // Below the map that holds it, Helm 4 leaves the place out.
  const place = three?.[1] === undefined ? four?.[1] || parent : toPointer(three[1]);
  const message = 'not a name that is allowed here';
  return { pointer: `${place}/${escapePointer(name)}`, unknownNames: [], message, chart, badName: true };
}

// Helm 3 says which pattern a name does not match in a line of its own, at the place of the map.
function dropNamePatterns(violations: readonly SchemaViolation[]): SchemaViolation[] {
  return violations.filter(({ pointer, message }, at) => {
    const before = violations[at - 1];
    if (before?.badName !== true || !message.startsWith('does not match pattern')) return true;
    return !before.pointer.startsWith(`${pointer}/`);
  });
}

/**
 * Of violations that are alternatives of each other, those that say something: not that an alternative failed, nor
 * that a value is not of a type where the same value has been looked into further.
 */
function pickTelling(violations: readonly SchemaViolation[]): SchemaViolation[] {
  const candidates = violations.filter(
    ({ message }) => !/^(Must validate|'\w+' failed|validation failed)/u.test(message),
  );
  const specific = candidates.filter((one) => !isTypeMismatch(one));
  const types = candidates
    .filter(isTypeMismatch)
    .filter(({ pointer }) => !specific.some((other) => isWithin(other.pointer, pointer)))
    .filter(({ pointer }) => !candidates.some((other) => isWithin(other.pointer, `${pointer}/`)));
  return [...specific, ...mergeTypes(types)];
}

function isWithin(pointer: string, parent: string): boolean {
  return pointer === parent || pointer.startsWith(parent.endsWith('/') ? parent : `${parent}/`);
}

const TYPE_MISMATCH = /^(?:got (.+), want (.+)|Invalid type\. Expected: (.+), given: (.+))$/u;

function isTypeMismatch({ message }: SchemaViolation): boolean {
  return TYPE_MISMATCH.test(message);
}

function mergeTypes(violations: readonly SchemaViolation[]): SchemaViolation[] {
  const byPlace = new Map<string, { first: SchemaViolation; wanted: Set<string>; given: string }>();
  for (const one of violations) {
    const [, got, want, expected, given] = TYPE_MISMATCH.exec(one.message) ?? [];
    const key = `${one.chart}\0${one.pointer}`;
    const known = byPlace.get(key) ?? { first: one, wanted: new Set<string>(), given: got ?? given ?? '' };
    const types = (want ?? expected ?? '').replaceAll(/[[\]]/gu, '').split(/ or |, ?/u);
    for (const type of types) known.wanted.add(type);
    byPlace.set(key, known);
  }
  return [...byPlace.values()].map(({ first, wanted, given }) => {
    const names = [...wanted].filter((type) => type !== 'null' || wanted.size === 1).sort();
    return { ...first, message: `got ${given}, want ${names.join(' or ')}` };
  });
}

function readViolation(text: string, chart: string): SchemaViolation {
  const four = /^at '([^']*)': (.*)$/u.exec(text);
  if (four?.[1] !== undefined && four[2] !== undefined) {
    const unknown = /^additional propert(?:y|ies) (.+) not allowed$/u.exec(four[2]);
    const names = [...(unknown?.[1] ?? '').matchAll(/'([^']*)'/gu)].map((match) => match[1] ?? '');
    // Helm 4 quotes the value that does not match; it may be a secret.
    const message = four[2].replace(/^'[\s\S]*' (?=does not match|is not valid)/u, '');
    return { pointer: four[1], unknownNames: names, message, chart };
  }
  const three = /^(\S+?): (.*)$/u.exec(text);
  const place = three?.[1] ?? '(root)';
  const message = three?.[2] ?? text;
  const unknown = /^Additional property (.+) is not allowed$/u.exec(message);
  return {
    pointer: toPointer(place),
    unknownNames: unknown?.[1] === undefined ? [] : [unknown[1]],
    message: message.replace(/^Does not match/u, 'does not match'),
    chart,
  };
}

function toPointer(place: string): string {
  return place === '(root)' ? '' : `/${place.split('.').map(escapePointer).join('/')}`;
}

function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
