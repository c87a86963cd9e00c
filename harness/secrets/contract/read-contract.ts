import { readFile } from 'node:fs/promises';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { type Document, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { SluiceError } from '../../errors.js';
import type { GenerateSpec } from '../generate/generate-spec.js';
import type { Contract, ContractEntry, ContractFormat, ContractSource, FormatName } from './contract.js';
import { contractSchema } from './contract-schema.js';

/** Name of the file where none is given. */
export const CONTRACT_FILE = 'contract.yaml';

/**
 * Reads a contract.
 *
 * @throws SluiceError `CONTRACT_MISSING` where there is no such file, `CONTRACT_FILE` with file and line for the first
 * thing in it that is not understood; exit code 2.
 */
export async function readContract(path: string): Promise<Contract> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw missing(path, error);
  });
  return await parseContract(text, path);
}

/**
 * As {@link readContract}, of a text. `path` is for messages.
 *
 * @throws SluiceError `CONTRACT_FILE`; exit code 2.
 */
export async function parseContract(text: string, path: string): Promise<Contract> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const [broken] = document.errors;
  if (broken !== undefined) throw refuse(`${path}:${lineAt(broken.pos[0])}`, broken.message);
  const value = document.toJS() as unknown;
  const error = await findViolation(value);
  if (error !== undefined) {
    const place = readPlace(error);
    throw refuse(`${path}:${lineAt(findOffset(document, place))}`, describeViolation(error, place));
  }
  const { variables } = value as ContractDocument;
  const entries = Object.entries(variables).map(([name, written]): ContractEntry => {
    const at = ['variables', name];
    const line = lineAt(findOffset(document, at));
    const fail = (key: string, evidence: string): SluiceError =>
      refuse(`${path}:${lineAt(findOffset(document, [...at, key]))}`, `variables.${name}.${key} ${evidence}`);
    checkEntry(written, fail);
    return makeEntry(name, { written, line, textAt: (...place) => readText(document, [...at, ...place]) });
  });
  return { path, entries };
}

interface ContractDocument {
  variables: Record<string, WrittenEntry>;
}

interface WrittenEntry {
  description: string;
  required?: boolean;
  category?: string;
  source?: 'config' | 'secret' | WrittenSource;
  format?: FormatName | (ContractFormat & { oneOf?: readonly unknown[] });
  rotateEvery?: string;
  rotateWhen?: string;
  generate?: GenerateSpec;
  default?: unknown;
  insecureDefaults?: readonly unknown[];
  workloads?: string[];
}

interface WrittenSource {
  service?: 'ParameterStore' | 'SecretsManager';
  path: string;
  property?: string;
}

const HOUR_MS = 3_600_000;
const UNITS_MS: Readonly<Record<string, number>> = { h: HOUR_MS, d: 24 * HOUR_MS, w: 7 * 24 * HOUR_MS };

function makeEntry(
  name: string,
  {
    written,
    line,
    textAt,
  }: { written: WrittenEntry; line: number; textAt: (...place: (string | number)[]) => string },
): ContractEntry {
  const { description, required = false, category, rotateEvery, rotateWhen, generate, workloads } = written;
  const source = readSource(written.source);
  const texts = (list: readonly unknown[], ...place: string[]): string[] =>
    list.map((_, index) => textAt(...place, index));
  const format: ContractFormat | undefined =
    typeof written.format === 'string' ? { type: written.format } : written.format;
  const oneOf = format?.oneOf;
  return {
    name,
    description,
    required,
    category,
    secret: source?.kind !== 'config',
    source,
    format: oneOf === undefined ? format : { ...format, oneOf: texts(oneOf, 'format', 'oneOf') },
    rotateEvery,
    rotateEveryMs: rotateEvery === undefined ? undefined : readDuration(rotateEvery),
    rotateWhen,
    generate,
    default: written.default === undefined ? undefined : textAt('default'),
    insecureDefaults: texts(written.insecureDefaults ?? [], 'insecureDefaults'),
    workloads,
    line,
  };
}

function readSource(written: WrittenEntry['source']): ContractSource | undefined {
  if (written === undefined) return undefined;
  if (typeof written === 'string') return { kind: written };
  const { service = 'ParameterStore', path, property } = written;
  return { kind: 'parameter', service, path, property };
}

function readDuration(text: string): number {
  return Number.parseInt(text, 10) * (UNITS_MS[text.slice(-1)] ?? 0);
}

/** What a schema cannot say. */
function checkEntry(
  { source, rotateEvery, generate, format, insecureDefaults }: WrittenEntry,
  fail: (key: string, evidence: string) => SluiceError,
): void {
  if (source === 'config') {
    const secretive = { rotateEvery, generate, insecureDefaults };
    for (const [key, value] of Object.entries(secretive)) {
      if (value !== undefined) throw fail(key, 'is for secrets, but its source is config');
    }
  }
  if (typeof format !== 'object' || format.pattern === undefined) return;
  try {
    new RegExp(format.pattern, 'u');
  } catch (error) {
    throw fail('format', `has no regular expression: ${(error as Error).message}`);
  }
}

let compiled: ValidateFunction | undefined;

async function findViolation(value: unknown): Promise<ErrorObject | undefined> {
  const validate = compiled ?? (await compileSchema());
  compiled = validate;
  if (validate(value)) return undefined;
  // Of an `if` ajv also says that it failed, after what failed in it; that is no news.
  return validate.errors?.find(({ keyword }) => keyword !== 'if');
}

async function compileSchema(): Promise<ValidateFunction> {
  const { default: Ajv } = await import('ajv');
  const ajv = new Ajv.default({ meta: false, validateSchema: false, discriminator: true, strict: false });
  return ajv.compile(contractSchema);
}

function readPlace({ instancePath, params, propertyName }: ErrorObject): string[] {
  const keys = instancePath
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const further = params['additionalProperty'] ?? propertyName;
  return typeof further === 'string' ? [...keys, further] : keys;
}

function describeViolation({ keyword, params, message, propertyName }: ErrorObject, place: string[]): string {
  const name = place.join('.');
  if (keyword === 'additionalProperties') return `${name} is not known`;
  if (propertyName !== undefined) return `"${propertyName}" is no name for a variable`;
  if (keyword === 'enum') {
    return `${name} must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
  }
  if (keyword === 'discriminator') {
    return `${name}.type must be one of hex, base64, password, pem, keypair, command`;
  }
  if (keyword === 'pattern' && place.at(-1) === 'rotateEvery') {
    return `${name} must be hours, days or weeks, such as 90d`;
  }
  return `${name === '' ? 'the document' : name} ${message}`;
}

function findOffset(document: Document, place: readonly (string | number)[]): number {
  for (let length = place.length; length > 0; length -= 1) {
    const parent: unknown = document.getIn(place.slice(0, length - 1), true);
    const name = place[length - 1];
    const items = (parent as { items?: { key?: Node & { value?: unknown } }[] } | undefined)?.items ?? [];
    const key = items.find((item) => item.key?.value === name)?.key;
    if (key?.range != null) return key.range[0];
  }
  return 0;
}

/** A scalar exactly as it stands in the file: `1e3` and `010` are not numbers that are printed again. */
function readText(document: Document, place: readonly (string | number)[]): string {
  const node: unknown = document.getIn(place, true);
  if (!isScalar(node)) return String(node);
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}

function refuse(place: string, evidence: string): SluiceError {
  return new SluiceError({
    code: 'CONTRACT_FILE',
    message: `${place}: not a contract that sluice understands`,
    evidence,
    remedy: 'sluice contract schema prints what may be in it.',
    exitCode: 2,
  });
}

function missing(path: string, error: NodeJS.ErrnoException): SluiceError {
  return new SluiceError({
    code: 'CONTRACT_MISSING',
    message: `${path}: cannot be read`,
    evidence: error.message,
    remedy:
      'Name the contract with --contract FILE, or write one: sluice contract --help shows how it begins.',
    exitCode: 2,
    cause: error,
  });
}
