import { type CommandError, SluiceError } from '../errors.js';

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
}

/** The values do not meet the chart's schema. */
export class ValuesSchemaError extends SluiceError {
  override readonly name = 'ValuesSchemaError';
  readonly violations: readonly SchemaViolation[];

  constructor(chart: string, violations: readonly SchemaViolation[], cause: unknown) {
    super({
      code: 'VALUES_SCHEMA',
      message: `chart ${chart}: the values do not meet its schema`,
      evidence: violations.map(formatViolation).join('\n'),
      remedy: 'Correct the values; values.schema.json of the chart says what they may be.',
      cause,
    });
    this.violations = violations;
  }
}

/** A template stopped the render by `fail` or `required`: `reason` is the text it gave. */
export class TemplateFailure extends SluiceError {
  override readonly name = 'TemplateFailure';
  readonly reason: string;
  /** Such as `app/templates/_guards.tpl`. */
  readonly template: string;
  readonly line: number;

  constructor(options: { chart: string; reason: string; template: string; line: number; cause: unknown }) {
    super({
      code: 'TEMPLATE_FAILED',
      message: `chart ${options.chart}: ${options.reason}`,
      evidence: `raised by ${options.template}, line ${options.line}`,
      cause: options.cause,
    });
    this.reason = options.reason;
    this.template = options.template;
    this.line = options.line;
  }
}

/**
 * Says what a failed `helm template` means, from its words and exit.
 *
 * Gives `ValuesSchemaError`, `TemplateFailure`, or a `SluiceError` with code `VALUES_UNPARSABLE`, `TEMPLATE_BROKEN`,
 * `TEMPLATE_YAML`, `CHART_DEPENDENCIES`, `SET_INVALID`, `HELM_KILLED` or, for all else, `HELM_FAILED`.
 */
export function explainRenderFailure(error: CommandError, chart: string): SluiceError {
  if (error.signal !== undefined) return explainSignal(error, chart);
  const text = cleanHelmOutput(error.stderr);
  return (
    explainSchema(text, chart, error) ??
    explainFail(text, chart, error) ??
    explainKnown(text, chart, error) ??
    new SluiceError({
      code: 'HELM_FAILED',
      message: `chart ${chart}: helm template failed`,
      evidence: text || `exit code ${error.programExitCode}, and nothing said`,
      remedy: `Run it alone: ${error.commandLine}`,
      cause: error,
    })
  );
}

function explainSignal(error: CommandError, chart: string): SluiceError {
  return new SluiceError({
    code: 'HELM_KILLED',
    message: `chart ${chart}: helm was ended by ${error.signal} before it had finished`,
    evidence: cleanHelmOutput(error.stderr),
    remedy:
      'Run it again; where it happens again, look for what ends processes here (memory limits, time limits).',
    cause: error,
  });
}

function cleanHelmOutput(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !/^(Use --debug flag|WARNING: Kubernetes configuration file|level=)/u.test(line))
    .join('\n')
    .replace(/^Error: /u, '')
    .trim();
}

const SCHEMA_START =
  /values don't meet the specifications of the schema\(s\) in the following chart\(s\):\n/u;

function explainSchema(text: string, chart: string, cause: unknown): ValuesSchemaError | undefined {
  const start = SCHEMA_START.exec(text);
  if (start === null) return undefined;
  let owner = chart;
  const found: { violation: SchemaViolation; depth: number }[] = [];
  for (const line of text.slice(start.index + start[0].length).split('\n')) {
    const item = /^(\s*)- (.+)$/u.exec(line);
    if (item?.[2] !== undefined) {
      found.push({ violation: readViolation(item[2], owner), depth: item[1]?.length ?? 0 });
    } else if (/^\S.*:$/u.test(line)) {
      owner = line.slice(0, -1);
    }
  }
  // Helm 4 prints why an alternative failed below it, deeper; only what stands deepest says something.
  const leaves = found.filter(({ depth }, at) => (found[at + 1]?.depth ?? 0) <= depth);
  return new ValuesSchemaError(chart, pickTelling(leaves.map(({ violation }) => violation)), cause);
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
    for (const type of (want ?? expected ?? '').split(/ or |, /u)) known.wanted.add(type);
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
    pointer: place === '(root)' ? '' : `/${place.split('.').map(escapePointer).join('/')}`,
    unknownNames: unknown?.[1] === undefined ? [] : [unknown[1]],
    message: message.replace(/^Does not match/u, 'does not match'),
    chart,
  };
}

function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

function formatViolation({ pointer, message, chart }: SchemaViolation): string {
  return `${chart} ${pointer === '' ? '(top level)' : pointer}: ${message}`;
}

function explainFail(text: string, chart: string, cause: unknown): TemplateFailure | undefined {
  const found = /execution error at \(([^:()]+):(\d+)(?::\d+)?\): ([\s\S]*)$/u.exec(text);
  if (found === null) return undefined;
  const [, template = '', line = '1', reason = ''] = found;
  return new TemplateFailure({ chart, reason: reason.trim(), template, line: Number(line), cause });
}

interface KnownFailure {
  pattern: RegExp;
  code: string;
  describe: (chart: string, match: RegExpExecArray) => string;
  remedy?: string;
}

const KNOWN_FAILURES: readonly KnownFailure[] = [
  {
    pattern:
      /^failed to parse (\S+?): (?:cannot unmarshal yaml document: )?(?:error converting YAML to JSON: )?([\s\S]*)/u,
    code: 'VALUES_UNPARSABLE',
    describe: (_, match) => `values file ${match[1]}: not readable as YAML`,
    remedy: 'Correct that line; YAML is indented by spaces, never by tabs.',
  },
  {
    pattern: /^failed parsing --set/u,
    code: 'SET_INVALID',
    describe: () => 'a value given by --set: not readable',
    remedy: 'Write --set KEY=VALUE; quote commas and braces with a backslash.',
  },
  {
    pattern: /YAML parse error on (\S+?): /u,
    code: 'TEMPLATE_YAML',
    describe: (chart, match) => `chart ${chart}: ${match[1]} renders to something that is not YAML`,
    remedy: 'Quote what the template prints (toJson or quote), and look at its indentation.',
  },
  {
    pattern: /found in Chart\.yaml, but missing in charts\/ directory: (.+)/u,
    code: 'CHART_DEPENDENCIES',
    describe: (chart, match) => `chart ${chart}: its dependencies are not there: ${match[1]}`,
    remedy: 'Run helm dependency build on it.',
  },
  {
    pattern: /(?:parse error at |template: |^)\(?([^\s:()]+\.(?:ya?ml|tpl|txt)):(\d+)/u,
    code: 'TEMPLATE_BROKEN',
    describe: (chart, match) => `chart ${chart}: ${match[1]}, line ${match[2]} cannot be rendered`,
  },
];

function explainKnown(text: string, chart: string, cause: CommandError): SluiceError | undefined {
  for (const { pattern, code, describe, remedy } of KNOWN_FAILURES) {
    const match = pattern.exec(text);
    if (match === null) continue;
    return new SluiceError({
      code,
      message: describe(chart, match),
      evidence: text,
      cause,
      ...(remedy === undefined ? {} : { remedy }),
      ...(code === 'SET_INVALID' ? { exitCode: 2 } : {}),
    });
  }
  return undefined;
}
