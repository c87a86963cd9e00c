import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from '../helpers/run-script.js';
import { findTypeErrors } from '../helpers/type-errors.js';

describe("types of the chart's values", () => {
  async function errorsOf(type: string, value: string): Promise<string[]> {
    const types = await readFile(join(REPOSITORY, 'harness/chart-values.ts'), 'utf8');
    return findTypeErrors({
      'chart-values.ts': types,
      'use.ts': `import type { ${type} } from './chart-values.js';\nexport const value: ${type} = ${value};\n`,
    });
  }

  it.each([
    ['SecretPathValues', "{ path: '/platform/app/prod/db', property: 'password', version: '3' }"],
    ['SecretPathValues', "{ path: '/platform/app/prod/db' }"],
    ['ExternalSecretValues', "{ preset: 'database', path: '/db', refreshInterval: '15m' }"],
    [
      'ChartValues',
      "{ config: { PORT: 8080 }, externalSecrets: { db: { data: { A: '/a', B: null, C: { path: '/c' } } }, old: null } }",
    ],
    [
      'ChartValues',
      "{ env: { POD: { field: 'metadata.name' }, A: 'text', B: { secret: { name: 's', key: 'k' } } } }",
    ],
    ['ChartValues', '{ resources: { requests: { cpu: 1 } }, replicaCount: 2, image: { tag: "1.0" } }'],
  ])('accept a right %s: %s', async (type, value) => {
    expect(await errorsOf(type, value)).toEqual([]);
  });

  it.each([
    ['SecretPathValues', "{ property: 'password' }", "Property 'path' is missing"],
    ['SecretPathValues', "{ path: '/a', proprety: 'x' }", "'proprety' does not exist"],
    ['SecretPathValues', '{ path: ["/a"] }', "not assignable to type 'string'"],
    ['ExternalSecretValues', "{ preset: 'databse' }", '\'"databse"\' is not assignable'],
    ['ExternalSecretValues', "{ target: { creationPolicy: 'Ower' } }", '\'"Ower"\' is not assignable'],
    ['ChartValues', '{ replicaCuont: 3 }', "'replicaCuont' does not exist in type 'ChartValues'"],
    ['ChartValues', '{ config: { A: { b: 1 } } }', 'not assignable'],
    ['ChartValues', "{ env: { A: { secret: { name: 's' } } } }", "Property 'key' is missing"],
    ['ChartValues', "{ env: { A: { secert: { name: 's', key: 'k' } } } }", "'secert' does not exist"],
  ])('refuse a wrong %s: %s', async (type, value, message) => {
    expect((await errorsOf(type, value)).join('\n')).toContain(message);
  });
});
