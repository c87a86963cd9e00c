import { createSchemaRule } from './schema-rules.js';

export const schemaEnum = createSchemaRule(
  { id: 'schema-enum', severity: 'error', title: 'Enumerations hold one of their values.' },
  'enum',
);
