import { FORMAT_NAMES } from './contract.js';

const text = { type: 'string', minLength: 1 } as const;
const count = { type: 'integer', minimum: 0 } as const;
const scalar = { type: ['string', 'number', 'boolean'] } as const;

/** Address under which editors know the schema. */
export const CONTRACT_SCHEMA_ID = 'https://sluice.example.com/contract.schema.json';

const bytes = {
  type: 'integer',
  minimum: 8,
  maximum: 4096,
  default: 32,
  description: 'Random bytes; what is made of them is longer.',
} as const;

const key = {
  algorithm: { enum: ['rsa', 'ec', 'ed25519'], description: 'Kind of the key.' },
  bits: { enum: [2048, 3072, 4096], default: 3072, description: 'Length of an RSA key.' },
  curve: { enum: ['P-256', 'P-384', 'P-521'], default: 'P-256', description: 'Curve of an EC key.' },
} as const;

function generator(type: string, properties: object, required: readonly string[] = []): object {
  return {
    type: 'object',
    additionalProperties: false,
    required: ['type', ...required],
    properties: { type: { const: type }, ...properties },
  };
}

const generate = {
  description: 'How a new value is made. Left out where only people can get one, such as an API key.',
  type: 'object',
  required: ['type'],
  discriminator: { propertyName: 'type' },
  oneOf: [
    generator('hex', { bytes }),
    generator('base64', { bytes, urlSafe: { type: 'boolean', default: false } }),
    generator('password', {
      length: { type: 'integer', minimum: 8, maximum: 4096, default: 24 },
      lowercase: { ...count, default: 1, description: 'At least so many; 0: none.' },
      uppercase: { ...count, default: 1 },
      digits: { ...count, default: 1 },
      symbols: { ...count, default: 1 },
      symbolSet: { ...text, description: 'The symbols to choose from.' },
      exclude: { type: 'string', description: 'Characters that must not be in it, such as 0O1lI.' },
    }),
    generator('pem', key, ['algorithm']),
    generator(
      'keypair',
      { ...key, publicKey: { ...text, description: 'Variable that holds the public key.' } },
      ['algorithm', 'publicKey'],
    ),
    generator(
      'command',
      {
        command: {
          type: 'array',
          items: { type: 'string' },
          minItems: 1,
          description: 'Program and arguments; no shell between. What it prints is the value.',
        },
        timeoutSeconds: { type: 'integer', minimum: 1, default: 60 },
      },
      ['command'],
    ),
  ],
} as const;

const formatObject = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    type: { enum: FORMAT_NAMES },
    pattern: { ...text, description: 'Regular expression that has to be found in the value.' },
    minLength: { ...count, description: 'In characters.' },
    maxLength: count,
    oneOf: { type: 'array', items: scalar, minItems: 1 },
    schemes: { type: 'array', items: text, minItems: 1, description: 'Of a URL.' },
    minimum: { type: 'number' },
    maximum: { type: 'number' },
  },
} as const;

const sourceObject = {
  type: 'object',
  additionalProperties: false,
  required: ['path'],
  properties: {
    service: { enum: ['ParameterStore', 'SecretsManager'], default: 'ParameterStore' },
    path: { ...text, description: 'May hold {environment}.' },
    property: { ...text, description: 'Name in the JSON at the path.' },
  },
} as const;

/** A word or an object. Not `oneOf`: of that a checker can only say that neither fits. */
function wordOr(words: readonly string[], object: object, description: string): object {
  return {
    description,
    type: ['string', 'object'],
    if: { type: 'string' },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
    then: { enum: words },
    else: object,
  };
}

const entry = {
  type: 'object',
  additionalProperties: false,
  required: ['description'],
  properties: {
    description: { ...text, description: 'What it is, in a line.' },
    required: { type: 'boolean', default: false, description: 'The application does not work without it.' },
    category: { ...text, description: 'Heading under which people look for it.' },
    source: wordOr(
      ['config', 'secret'],
      sourceObject,
      'Where its value is to come from. config: readable by anyone. Everything else is a secret.',
    ),
    format: wordOr(FORMAT_NAMES, formatObject, 'What a value has to look like.'),
    rotateEvery: {
      type: 'string',
      pattern: '^[1-9][0-9]{0,4}[hdw]$',
      description: 'Oldest age of a value: hours, days or weeks, such as 90d.',
    },
    rotateWhen: { ...text, description: 'An occasion for a new value, such as "on compromise". For people.' },
    generate,
    default: { ...scalar, description: 'What the application takes where it is not set.' },
    insecureDefaults: {
      type: 'array',
      items: scalar,
      description: "Values of examples and developers' machines that must not reach any other.",
    },
    workloads: {
      type: 'array',
      items: text,
      minItems: 1,
      description: 'Kind/name or name of the workloads that need it. Default: every one.',
    },
  },
} as const;

/** JSON schema (draft-07) of a contract file. */
export const contractSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: CONTRACT_SCHEMA_ID,
  title: 'Contract',
  description: 'The variables of an application: one entry a variable.',
  type: 'object',
  additionalProperties: false,
  required: ['variables'],
  properties: {
    variables: {
      description: 'By name, in the order in which people read them.',
      type: 'object',
      propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
      additionalProperties: entry,
    },
  },
} as const;
