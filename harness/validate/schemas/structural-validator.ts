import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { joinPointer } from '../../manifest/json-pointer.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../manifest/manifest.js';
import { NUMBER_FORMATS, STRING_FORMATS } from './formats.js';
import type { SchemaBundle } from './schema-bundle.js';

/** An error as ajv tells it (verbose), with the keywords `needed` and `uniqueBy` beside ajv's own. */
export type SchemaError = Pick<
  ErrorObject,
  'keyword' | 'instancePath' | 'schemaPath' | 'params' | 'schema' | 'parentSchema' | 'data'
>;

/** Checks data against the root definition of another bundle; `ObjectMeta` is the only one. */
export type CheckOutside = (data: JsonValue, pointer: string) => SchemaError[];

/** Keywords that {@link StructuralValidator} follows itself; ajv checks all others. */
const STRUCTURE = new Set([
  'type',
  'properties',
  'additionalProperties',
  'items',
  'needed',
  'uniqueBy',
  'lazyRef',
  'orNull',
]);

/**
 * Checks objects against the definitions of one bundle.
 *
 * The structure (fields, lists, types, references) is followed here and every other constraint is ajv's: compiling
 * a whole Deployment by ajv takes longer than all the rest of a check. Definitions are read, and constraints
 * compiled, when data for them is first seen; equal constraints are compiled once.
 */
export class StructuralValidator {
  readonly #bundle: SchemaBundle;
  readonly #checkOutside: CheckOutside;
  readonly #definitions = new Map<number, JsonObject>();
  readonly #constraints = new WeakMap<JsonObject, ValidateFunction | false>();

  constructor(bundle: SchemaBundle, checkOutside: CheckOutside) {
    this.#bundle = bundle;
    this.#checkOutside = checkOutside;
  }

  /** All errors of data against a definition. `pointer` is the data's own place. */
  check(definition: number, data: JsonValue, pointer = ''): SchemaError[] {
    const errors: SchemaError[] = [];
    this.#walk(this.#read(definition), { data, pointer }, errors);
    return errors;
  }

  #read(number: number): JsonObject {
    let definition = this.#definitions.get(number);
    if (!definition) {
      definition = this.#bundle.readDefinition(number) ?? {};
      this.#definitions.set(number, definition);
    }
    return definition;
  }

  #walk(node: JsonObject, place: Place, errors: SchemaError[]): void {
    const { data, pointer } = place;
    const reference = node['lazyRef'];
    if (reference !== undefined) {
      if (data === null && node['orNull'] === true) return;
      if (typeof reference === 'number') this.#walk(this.#read(reference), place, errors);
      else errors.push(...this.#checkOutside(data, pointer));
      return;
    }
    if (!hasType(node['type'], data)) {
      errors.push({ ...createError(node, place, 'type'), params: { type: node['type'] } });
      return;
    }
    if (data === null) return;
    this.#checkConstraints(node, place, errors);
    if (Array.isArray(data)) this.#walkList(node, { data, pointer }, errors);
    else if (typeof data === 'object') this.#walkMap(node, { data, pointer }, errors);
  }

  #walkList(node: JsonObject, { data, pointer }: Place<JsonValue[]>, errors: SchemaError[]): void {
    const items = node['items'];
    if (isJsonObject(items)) {
      for (let position = 0; position < data.length; position += 1) {
        this.#walk(items, { data: data[position] ?? null, pointer: `${pointer}/${position}` }, errors);
      }
    }
    if (Array.isArray(node['uniqueBy']))
      errors.push(...findRepeats(node['uniqueBy'] as string[], data, pointer));
  }

  #walkMap(node: JsonObject, place: Place<JsonObject>, errors: SchemaError[]): void {
    const { data, pointer } = place;
    const properties = node['properties'] as JsonObject | undefined;
    const extra = node['additionalProperties'];
    for (const [key, value] of Object.entries(data)) {
      const property = properties && Object.hasOwn(properties, key) ? properties[key] : extra;
      if (isJsonObject(property))
        this.#walk(property, { data: value, pointer: joinPointer(pointer, key) }, errors);
      else if (property === false) {
        const error = createError(node, place, 'additionalProperties');
        errors.push({ ...error, params: { additionalProperty: key } });
      }
    }
    for (const name of (node['needed'] as string[] | undefined) ?? []) {
      if (data[name] === undefined || data[name] === null) {
        errors.push({ ...createError(node, place, 'required'), params: { missingProperty: name } });
      }
    }
  }

  #checkConstraints(node: JsonObject, { data, pointer }: Place, errors: SchemaError[]): void {
    let constraint = this.#constraints.get(node);
    if (constraint === undefined) {
      constraint = compileConstraints(node);
      this.#constraints.set(node, constraint);
    }
    if (constraint === false || constraint(data)) return;
    for (const error of constraint.errors ?? []) {
      errors.push({ ...error, instancePath: pointer + error.instancePath });
    }
  }
}

interface Place<T extends JsonValue = JsonValue> {
  data: T;
  pointer: string;
}

function createError(parentSchema: JsonObject, { data, pointer }: Place, keyword: string): SchemaError {
  return { keyword, instancePath: pointer, schemaPath: `#/${keyword}`, params: {}, parentSchema, data };
}

function hasType(types: JsonValue | undefined, data: JsonValue): boolean {
  if (types === undefined) return true;
  return Array.isArray(types) ? types.some((type) => isOfType(type, data)) : isOfType(types, data);
}

function isOfType(type: JsonValue, data: JsonValue): boolean {
  switch (type) {
    case 'object':
      return isJsonObject(data);
    case 'array':
      return Array.isArray(data);
    case 'null':
      return data === null;
    case 'integer':
      return Number.isInteger(data);
    default:
      return typeof data === type;
  }
}

/** Lists that are maps to the API server: no two entries with the same keys. */
function findRepeats(keys: readonly string[], data: readonly JsonValue[], pointer: string): SchemaError[] {
  const seen = new Set<string>();
  const errors: SchemaError[] = [];
  for (const [position, item] of data.entries()) {
    if (!isJsonObject(item)) continue;
    const identity = JSON.stringify(keys.map((key) => item[key] ?? null));
    if (seen.has(identity)) {
      const instancePath = `${pointer}/${position}`;
      errors.push({ keyword: 'uniqueBy', instancePath, schemaPath: '#/uniqueBy', params: { keys } });
    }
    seen.add(identity);
  }
  return errors;
}

/** Equal constraints of all definitions share one compiled function. */
const compiled = new Map<string, ValidateFunction>();
let ajv: Ajv | undefined;

function compileConstraints(node: JsonObject): ValidateFunction | false {
  const entries = Object.entries(node).filter(([keyword]) => !STRUCTURE.has(keyword));
  if (entries.length === 0) return false;
  const schema = Object.fromEntries(entries);
  const text = JSON.stringify(schema);
  let validator = compiled.get(text);
  if (!validator) {
    ajv ??= createAjv();
    validator = ajv.compile(schema);
    compiled.set(text, validator);
  }
  return validator;
}

function createAjv(): Ajv {
  const created = new Ajv({
    allErrors: true,
    strict: false,
    meta: false,
    validateSchema: false,
    addUsedSchema: false,
    messages: false,
    verbose: true,
    logger: false,
    code: { optimize: false },
  });
  for (const [name, validate] of Object.entries(STRING_FORMATS)) created.addFormat(name, { validate });
  for (const [name, validate] of Object.entries(NUMBER_FORMATS)) {
    created.addFormat(name, { type: 'number', validate });
  }
  return created;
}
