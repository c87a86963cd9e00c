import { describe, expect, it } from 'vitest';
import { readAnnotatedValues } from '../../../scripts/chart-files/annotated-values.js';
import { buildSchema } from '../../../scripts/chart-files/build-schema.js';
import { formatProblem } from '../../../scripts/chart-files/problem.js';
import { SAMPLE_VALUES } from '../../helpers/values-sample.js';

function problemsOf(values: string): string[] {
  return buildSchema(readAnnotatedValues('values.yaml', values)).problems.map(formatProblem);
}

function propertyOf(values: string, key: string): unknown {
  const { schema, problems } = buildSchema(readAnnotatedValues('values.yaml', values));
  expect(problems).toEqual([]);
  return (schema['properties'] as Record<string, unknown>)[key];
}

describe('the schema of a values file', () => {
  it('takes types from the defaults and keywords from @schema', () => {
    expect(propertyOf(SAMPLE_VALUES, 'replicaCount')).toEqual({
      description: 'How many pods run.',
      type: 'integer',
      minimum: 0,
      default: 1,
    });
  });

  it('closes a map whose keys are listed', () => {
    expect(propertyOf(SAMPLE_VALUES, 'image')).toEqual({
      description: 'The image.',
      type: 'object',
      additionalProperties: false,
      properties: {
        repository: { description: 'Where it is pulled from. It goes on here.', type: 'string', default: '' },
        pullPolicy: {
          description: 'When it is pulled.',
          enum: ['Always', 'IfNotPresent'],
          default: 'IfNotPresent',
        },
      },
    });
  });

  it('says of a map of free keys what each entry is', () => {
    expect(propertyOf(SAMPLE_VALUES, 'secrets')).toEqual({
      description: 'Secrets by name.',
      type: 'object',
      additionalProperties: { anyOf: [{ $ref: '#/$defs/secret' }, { type: 'null' }] },
      default: {},
    });
  });

  it('lets a reference take the place of what the default would say', () => {
    expect(propertyOf(SAMPLE_VALUES, 'refreshInterval')).toEqual({
      description: 'How often secrets are read again.',
      $ref: '#/$defs/duration',
      default: '1h',
    });
  });

  it('is closed at the top, and open for global and for types of Kubernetes', () => {
    const { schema } = buildSchema(readAnnotatedValues('values.yaml', SAMPLE_VALUES));
    expect(schema).toMatchObject({
      additionalProperties: false,
      properties: { global: { type: 'object' } },
      $defs: { 'k8s.ResourceRequirements': { additionalProperties: true } },
    });
  });

  it('lets null take the place of every field of a definition that is not required', () => {
    const { schema } = buildSchema(readAnnotatedValues('values.yaml', SAMPLE_VALUES));
    expect((schema['$defs'] as Record<string, unknown>)['secret']).toMatchObject({
      properties: {
        path: { type: 'string', description: 'Where it is kept.' },
        refreshInterval: {
          description: 'How often it is read.',
          anyOf: [{ $ref: '#/$defs/duration' }, { type: 'null' }],
          default: '1h',
        },
        policy: {
          description: 'Who the Secret belongs to.',
          anyOf: [{ enum: ['Owner', 'Merge'] }, { type: 'null' }],
        },
      },
    });
  });

  it('lets null take the place of a field at any depth', () => {
    const field = (type: string) =>
      `{type: object, description: D., additionalProperties: false, properties: ${type}}`;
    const inner = field(
      '{list: {type: array, description: L., items: {type: string}}, size: {type: [integer, string], description: S.}}',
    );
    const values = `# @define outer ${field(`{inner: ${inner}}`)}\n\n# -- A.\n# @schema {$ref: "#/$defs/outer"}\na: {}\n`;
    const { schema, problems } = buildSchema(readAnnotatedValues('values.yaml', values));
    expect(problems).toEqual([]);
    expect((schema['$defs'] as Record<string, unknown>)['outer']).toMatchObject({
      type: 'object',
      properties: {
        inner: {
          type: ['object', 'null'],
          properties: {
            list: { type: ['array', 'null'], items: { type: 'string' } },
            size: { type: ['integer', 'string', 'null'] },
          },
        },
      },
    });
  });

  it('takes the items of a list from its default', () => {
    expect(propertyOf('# -- Names.\nnames: [dev, prod]\n', 'names')).toMatchObject({
      type: 'array',
      items: { type: 'string' },
    });
  });

  it('keeps the comment of a key apart from a definition above it', () => {
    const values =
      '# @define size\n#   type: integer\n#   description: A size.\n# -- How big.\n# @schema {$ref: "#/$defs/size"}\nsize: 1\n';
    expect(propertyOf(values, 'size')).toEqual({ description: 'How big.', $ref: '#/$defs/size', default: 1 });
  });
});

describe('a values file is refused, with the line, where', () => {
  const cases: [name: string, values: string, problem: string][] = [
    [
      'a key has no description',
      'a: 1\n',
      'values.yaml:1: "a" has no description: write "# -- text" above it',
    ],
    [
      'a nested key has no description',
      '# -- A.\na:\n  b: 1\n',
      'values.yaml:3: "a.b" has no description: write "# -- text" above it',
    ],
    [
      'an empty line parts a description from its key',
      '# -- A.\n\na: 1\n',
      'values.yaml:3: "a" has no description: write "# -- text" above it',
    ],
    [
      'an empty map does not say what its entries are',
      '# -- A.\na: {}\n',
      'values.yaml:2: "a" is an empty map: an @schema must say what its entries are',
    ],
    [
      'an empty list does not say what its items are',
      '# -- A.\na: []\n',
      'values.yaml:2: "a" is an empty list: an @schema must say what its items are',
    ],
    [
      'null has no type',
      '# -- A.\na: null\n',
      'values.yaml:2: "a" is null: an @schema must say what it may be',
    ],
    [
      'a reference leads nowhere',
      '# -- A.\n# @schema {$ref: "#/$defs/duratoin"}\na: 1h\n',
      'values.yaml:2: "a": $ref to "duratoin", which no @define gives',
    ],
    [
      'a reference has another form',
      '# -- A.\n# @schema {$ref: "other.json"}\na: 1h\n',
      'values.yaml:2: "a": $ref "other.json" is not of the form "#/$defs/name"',
    ],
    [
      'a keyword beside a reference would be ignored',
      '# @define t\n#   type: string\n#   description: T.\n\n# -- A.\n# @schema {$ref: "#/$defs/t", minLength: 1}\na: x\n',
      'values.yaml:6: "a": minLength beside $ref would be ignored: put both into allOf',
    ],
    [
      'a keyword is misspelt',
      '# -- A.\n# @schema\n#   type: string\n#   patern: x\na: x\n',
      'values.yaml:4: "a": unknown schema keyword "patern"',
    ],
    [
      'a marker is misspelt',
      '# -- A.\n# @shcema {type: string}\na: x\n',
      'values.yaml:2: unknown marker @shcema: use @schema or @define',
    ],
    [
      'a key has two schemas',
      '# -- A.\n# @schema {minLength: 0}\n# @schema {maxLength: 9}\na: x\n',
      'values.yaml:3: a second @schema for the same key',
    ],
    [
      'a definition of an object is neither closed nor open',
      '# @define d\n#   type: object\n#   description: D.\n#   properties:\n#     x: {type: string, description: X.}\n\n# -- A.\n# @schema {$ref: "#/$defs/d"}\na: {}\n',
      'values.yaml:2: @define d: an object with properties needs additionalProperties: false, or what else it may hold',
    ],
    [
      'a property of a definition has no description',
      '# @define d\n#   type: object\n#   additionalProperties: false\n#   description: D.\n#   properties:\n#     x: {type: string}\n\n# -- A.\n# @schema {$ref: "#/$defs/d"}\na: {}\n',
      'values.yaml:6: @define d: property "x" has no description',
    ],
    [
      'a definition has no description',
      '# @define d\n#   type: string\n\n# -- A.\n# @schema {$ref: "#/$defs/d"}\na: ""\n',
      'values.yaml:1: @define d has no description',
    ],
    [
      'a definition is used by nothing',
      '# @define d\n#   type: string\n#   description: D.\n\n# -- A.\na: ""\n',
      'values.yaml:1: @define d is used by no $ref',
    ],
    [
      'a definition stands twice',
      '# @define d\n#   type: string\n# @define d\n#   type: string\n',
      'values.yaml:3: @define d stands on line 1 already',
    ],
    [
      'a pattern cannot be read by Helm',
      '# -- A.\n# @schema {pattern: "^(?!x)"}\na: y\n',
      'values.yaml:2: "a": pattern has a look-around or a back reference, which Helm\'s regular expressions do not have',
    ],
    [
      'a default breaks its own schema',
      '# -- A.\na:\n  # -- B.\n  # @schema {minimum: 2}\n  b: 1\n',
      'values.yaml:5: the default of "a.b" breaks its own schema: must be >= 2',
    ],
    [
      'the schema of a key is no YAML',
      '# -- A.\n# @schema {type: [}\na: 1\n',
      'values.yaml:2: not YAML: Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 9:',
    ],
  ];
  it.each(cases)('%s', (_name, values, problem) => {
    expect(problemsOf(values)).toContain(problem);
  });

  it('a key stands twice', () => {
    expect(problemsOf('# -- A.\na: 1\n# -- A.\na: 2\n')).toEqual([
      'values.yaml:4: not YAML: Map keys must be unique at line 4, column 1:',
    ]);
  });
});
