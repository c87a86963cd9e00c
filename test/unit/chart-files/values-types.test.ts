import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { readAnnotatedValues } from '../../../scripts/chart-files/annotated-values.js';
import { buildSchema } from '../../../scripts/chart-files/build-schema.js';
import { writeValuesTypes } from '../../../scripts/chart-files/values-types.js';
import { findTypeErrors } from '../../helpers/type-errors.js';
import { SAMPLE_VALUES } from '../../helpers/values-sample.js';

describe('types of the sample values', () => {
  let types = '';
  beforeAll(async () => {
    const { schema } = buildSchema(readAnnotatedValues('values.yaml', SAMPLE_VALUES));
    types = await writeValuesTypes(schema);
  });

  function errorsOf(values: string, type = 'ChartValues'): string[] {
    return findTypeErrors({
      'chart-values.ts': types,
      'use.ts': `import type { ${type} } from './chart-values.js';\nexport const values: ${type} = ${values};\n`,
    });
  }

  it('are valid TypeScript that names each definition', () => {
    expect(findTypeErrors({ 'chart-values.ts': types })).toEqual([]);
    const names = ts
      .createSourceFile('chart-values.ts', types, ts.ScriptTarget.Latest)
      .statements.filter(
        (statement) => ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement),
      )
      .map((statement) => statement.name.text);
    expect(names.sort()).toEqual([
      'ChartValues',
      'Duration',
      'KubernetesResourceRequirements',
      'SecretValues',
    ]);
  });

  it('carry the descriptions', () => {
    expect(types).toContain('How often it is read.');
    expect(types).toContain('How many pods run.');
  });

  it.each([
    '{}',
    '{ replicaCount: 2, config: { A: "x", B: 1, C: true, D: null } }',
    '{ secrets: { db: { path: "/a", policy: "Merge" }, gone: null } }',
    '{ secrets: { db: { path: "/a", policy: null, refreshInterval: null } } }',
    '{ resources: { limits: { cpu: 1 } }, global: { region: "x" } }',
  ])('accept %s', (values) => {
    expect(errorsOf(values)).toEqual([]);
  });

  it.each([
    ['{ replicaCuont: 3 }', "'replicaCuont' does not exist in type 'ChartValues'"],
    ['{ replicaCount: "3" }', "Type 'string' is not assignable to type 'number'"],
    [
      '{ image: { pullPolicy: "Sometimes" } }',
      'Type \'"Sometimes"\' is not assignable to type \'"Always" | "IfNotPresent"',
    ],
    ['{ config: { A: { nested: 1 } } }', "is not assignable to type 'string | number | boolean"],
    ['{ secrets: { db: { path: 1 } } }', "Type 'number' is not assignable to type 'string'"],
    ['{ secrets: { db: { policy: "Owner" } } }', "Property 'path' is missing"],
    ['{ secrets: { db: { path: null } } }', "Type 'null' is not assignable to type 'string'"],
    ['{ secrets: { db: { path: "/a", polcy: "Owner" } } }', "'polcy' does not exist in type 'SecretValues'"],
  ])('refuse %s', (values, message) => {
    expect(errorsOf(values).join('\n')).toContain(message);
  });

  it('can be used for one part alone', () => {
    expect(errorsOf('{ path: "/a" }', 'SecretValues')).toEqual([]);
    expect(errorsOf('{ path: 1 }', 'SecretValues')).not.toEqual([]);
  });
});
