import { createSchemaRule } from './schema-rules.js';

export const schemaValue = createSchemaRule(
  { id: 'schema-value', severity: 'error', title: 'Values keep to their pattern, format and range.' },
  'value',
);
