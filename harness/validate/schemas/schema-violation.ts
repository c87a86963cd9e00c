import { joinPointer } from '../../manifest/json-pointer.js';
import { isJsonObject, type JsonValue } from '../../manifest/manifest.js';
import { nearestName } from '../nearest-name.js';
import { FORMAT_TEXTS } from './formats.js';
import type { SchemaError } from './structural-validator.js';

/** What kind of rule of the schema was broken; each has a rule id of its own. */
export type ViolationKind = 'type' | 'unknown-field' | 'required' | 'enum' | 'value';

/** One way in which an object does not fit its schema. Never holds a value of the object. */
export interface SchemaViolation {
  kind: ViolationKind;
  /** JSON pointer to the offending field, or to the object that lacks one. */
  pointer: string;
  message: string;
  remedy: string;
}

const BOUNDS: Readonly<Record<string, string>> = {
  minimum: 'is less than',
  maximum: 'is more than',
  exclusiveMinimum: 'is not more than',
  exclusiveMaximum: 'is not less than',
  minLength: 'is shorter than',
  maxLength: 'is longer than',
  minItems: 'has fewer entries than',
  maxItems: 'has more entries than',
  minProperties: 'has fewer entries than',
  maxProperties: 'has more entries than',
};

/** Turns errors into violations, one for each thing to mend. */
export function describeErrors(errors: readonly SchemaError[]): SchemaViolation[] {
  return errors.filter(({ schemaPath }) => !isInsideCombination(schemaPath)).map(describeError);
}

/** Branches of `anyOf` and its like fail as a matter of course; only the combination itself is worth telling. */
function isInsideCombination(schemaPath: string): boolean {
  return /\/(?:anyOf|oneOf|not)\/./u.test(schemaPath);
}

function describeError(error: SchemaError): SchemaViolation {
  const pointer = error.instancePath;
  switch (error.keyword) {
    case 'additionalProperties':
      return describeUnknownField(error);
    case 'required':
      return describeRequired(error);
    case 'type':
      return describeType(error);
    case 'enum':
      return describeEnum(error);
    case 'format':
      return violation(
        'value',
        pointer,
        `is not ${FORMAT_TEXTS[error.params['format']] ?? error.params['format']}`,
      );
    case 'pattern':
      return violation('value', pointer, `does not match ${String(error.params['pattern'])}`);
    case 'uniqueItems':
      return violation('value', pointer, 'holds an entry twice');
    case 'uniqueBy':
      return violation(
        'value',
        pointer,
        `repeats the ${error.params['keys'].join(', ')} of an earlier entry`,
      );
    case 'anyOf':
    case 'oneOf':
      return describeCombination(error);
    default: {
      const bound = BOUNDS[error.keyword];
      const text = bound ? `${bound} ${error.params['limit']}` : 'is not allowed by the schema';
      return violation('value', pointer, text);
    }
  }
}

function describeUnknownField(error: SchemaError): SchemaViolation {
  const name = String(error.params['additionalProperty']);
  const known = Object.keys(error.parentSchema?.['properties'] ?? {});
  const nearest = nearestName(name, known);
  return {
    kind: 'unknown-field',
    pointer: joinPointer(error.instancePath, name),
    message: `unknown field "${name}"${nearest ? `; did you mean "${nearest}"?` : ''}`,
    remedy: nearest ? `Write "${nearest}", or take the field away.` : listAllowed(known),
  };
}

function listAllowed(known: readonly string[]): string {
  if (known.length === 0) return 'Take the field away: none is allowed here.';
  const shown = known.slice(0, 12).join(', ');
  return `Take the field away. Allowed here: ${shown}${known.length > 12 ? ', …' : ''}.`;
}

function describeRequired(error: SchemaError): SchemaViolation {
  const name = String(error.params['missingProperty']);
  return {
    kind: 'required',
    pointer: error.instancePath,
    message: `"${name}" is required`,
    remedy: `Set "${name}".`,
  };
}

function describeType(error: SchemaError): SchemaViolation {
  const wanted = [error.params['type']].flat().filter((type) => type !== 'null');
  const found = nameType(error.data as JsonValue);
  const isUnquoted = wanted.includes('string') && (found === 'number' || found === 'boolean');
  return {
    kind: 'type',
    pointer: error.instancePath,
    message: `is ${withArticle(found)}, must be ${wanted.map(withArticle).join(' or ')}`,
    remedy: isUnquoted
      ? 'Quote it in the template: {{ … | quote }}.'
      : `Give ${wanted.map(withArticle).join(' or ')}.`,
  };
}

function describeEnum(error: SchemaError): SchemaViolation {
  const allowed: JsonValue[] = error.params['allowedValues'].filter((value: JsonValue) => value !== null);
  const nearest = nearestName(String(error.data), allowed.map(String));
  return {
    kind: 'enum',
    pointer: error.instancePath,
    message: `must be one of ${allowed.map((value) => JSON.stringify(value)).join(', ')}`,
    remedy: nearest ? `Write "${nearest}".` : 'Write one of these.',
  };
}

function describeCombination(error: SchemaError): SchemaViolation {
  const branches: JsonValue[] = Array.isArray(error.schema) ? error.schema : [];
  const required = branches.map((branch) => (isJsonObject(branch) ? branch['required'] : undefined));
  const amount = error.keyword === 'oneOf' ? 'exactly one' : 'at least one';
  const text = required.every(Array.isArray)
    ? `needs ${amount} of ${required.map((names) => (names as string[]).join(' with ')).join(', ')}`
    : 'fits none of the alternatives that the schema allows';
  return violation('value', error.instancePath, text);
}

function violation(kind: ViolationKind, pointer: string, message: string): SchemaViolation {
  return { kind, pointer, message, remedy: 'Give a value that the API server accepts.' };
}

function nameType(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map',
  integer: 'a whole number',
  null: 'null',
};

function withArticle(type: string): string {
  return TYPE_NAMES[type] ?? `a ${type}`;
}
