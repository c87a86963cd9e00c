import { Ajv, type ErrorObject, type SchemaValidateFunction, type ValidateFunction } from 'ajv';
import { isJsonObject, type JsonObject, type JsonValue } from '../../manifest/manifest.js';
import { NUMBER_FORMATS, STRING_FORMATS } from './formats.js';
import type { SchemaBundle } from './schema-bundle.js';

/** Compiles a definition of another bundle by name; `ObjectMeta` is the only one. */
export type CompileOutside = (name: string) => ValidateFunction;

/**
 * An ajv over one bundle. `lazyRef` compiles what it names when data for it is first seen: of a pod's 30 kinds of
 * volume only those that occur are ever compiled, and each once.
 */
export class LazyAjv {
  readonly #bundle: SchemaBundle;
  readonly #ajv: Ajv;
  readonly #compiled = new Map<number, ValidateFunction>();

  constructor(bundle: SchemaBundle, compileOutside: CompileOutside) {
    this.#bundle = bundle;
    this.#ajv = new Ajv({
      allErrors: true,
      strict: false,
      meta: false,
      validateSchema: false,
      addUsedSchema: false,
      messages: false,
      verbose: true,
      logger: false,
      inlineRefs: false,
      code: { optimize: false },
    });
    for (const [name, validate] of Object.entries(STRING_FORMATS)) this.#ajv.addFormat(name, { validate });
    for (const [name, validate] of Object.entries(NUMBER_FORMATS)) {
      this.#ajv.addFormat(name, { type: 'number', validate });
    }
    const resolve = (reference: number | string): ValidateFunction =>
      typeof reference === 'string' ? compileOutside(reference) : this.compile(reference);
    this.#ajv.addKeyword({ keyword: 'lazyRef', errors: 'full', validate: createLazyRef(resolve) });
    this.#ajv.addKeyword({ keyword: 'needed', type: 'object', errors: 'full', validate: createNeeded() });
    this.#ajv.addKeyword({ keyword: 'uniqueBy', type: 'array', errors: 'full', validate: createUniqueBy() });
  }

  /** The validator of a definition, compiled at most once. */
  compile(number: number): ValidateFunction {
    let validator = this.#compiled.get(number);
    if (!validator) {
      validator = this.#ajv.compile(this.#bundle.readDefinition(number) ?? {});
      this.#compiled.set(number, validator);
    }
    return validator;
  }
}

/**
 * Errors found behind references. Handed to ajv they would lose their data and place in the schema, so they are put
 * aside until {@link checkObject} takes them; validation is synchronous, so they are always of one object.
 */
let errorsBehindReferences: ErrorObject[] = [];

/** All errors of an object against a compiled root definition. */
export function checkObject(validator: ValidateFunction, object: JsonObject): ErrorObject[] {
  errorsBehindReferences = [];
  validator(object);
  const errors = [...(validator.errors ?? []), ...errorsBehindReferences];
  errorsBehindReferences = [];
  return errors;
}

function createLazyRef(resolve: (reference: number | string) => ValidateFunction): SchemaValidateFunction {
  return (reference, data, ...[parentSchema, context]) => {
    if (data === null && parentSchema && 'orNull' in parentSchema) return true;
    const validator = resolve(reference);
    // A definition that refers to itself uses one validator at several depths: take its errors at once.
    if (!validator(data, context) && validator.errors) errorsBehindReferences.push(...validator.errors);
    return true;
  };
}

/** `required` for fields whose null counts as missing. */
function createNeeded(): SchemaValidateFunction {
  const validate: SchemaValidateFunction = (names: string[], data, ...[, context]) => {
    const missing = names.filter((name) => data[name] === undefined || data[name] === null);
    validate.errors = missing.map((name) => ({
      keyword: 'required',
      instancePath: context?.instancePath ?? '',
      schemaPath: '#/needed',
      params: { missingProperty: name },
    }));
    return missing.length === 0;
  };
  return validate;
}

/** Lists that are maps to the API server: no two entries with the same keys. */
function createUniqueBy(): SchemaValidateFunction {
  const validate: SchemaValidateFunction = (keys: string[], data: JsonValue[], ...[, context]) => {
    const seen = new Set<string>();
    const errors: Partial<ErrorObject>[] = [];
    for (const [position, item] of data.entries()) {
      if (!isJsonObject(item)) continue;
      const identity = JSON.stringify(keys.map((key) => item[key] ?? null));
      if (seen.has(identity)) {
        const instancePath = `${context?.instancePath ?? ''}/${position}`;
        errors.push({ keyword: 'uniqueBy', instancePath, schemaPath: '#/uniqueBy', params: { keys } });
      }
      seen.add(identity);
    }
    validate.errors = errors;
    return errors.length === 0;
  };
  return validate;
}
