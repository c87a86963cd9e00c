import { createSchemaRule } from './schema-rules.js';

export const schemaType = createSchemaRule(
  { id: 'schema-type', severity: 'error', title: 'Every field has the type that its schema asks for.' },
  'type',
);
