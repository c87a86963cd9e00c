import { createSchemaRule } from './schema-rules.js';

export const schemaUnknownField = createSchemaRule(
  { id: 'schema-unknown-field', severity: 'error', title: 'Every field is known to its schema.' },
  'unknown-field',
);
