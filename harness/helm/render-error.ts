import { type CommandError, quoteArguments, SluiceError } from '../errors.js';
import { parseSchemaViolations, type SchemaViolation } from './schema-violations.js';

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
      remedy: `Run it alone: ${quoteArguments(hideSetValues(error.argv))}`,
      cause: error,
    })
  );
}

// What was given by --set may be a secret; its name is enough to know which one to put back.
function hideSetValues(argv: readonly string[]): string[] {
  return argv.map((argument, at) =>
    /^--set(-string|-json)?$/u.test(argv[at - 1] ?? '') ? argument.replace(/=.*/su, '=…') : argument,
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

function explainSchema(text: string, chart: string, cause: unknown): ValuesSchemaError | undefined {
  const violations = parseSchemaViolations(text, chart);
  return violations === undefined ? undefined : new ValuesSchemaError(chart, violations, cause);
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
      /^failed to parse (.+?): (?:cannot unmarshal yaml document: )?(?:error converting YAML to JSON: )?([\s\S]*)/u,
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
    pattern: /YAML parse error on (.+?): /u,
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
