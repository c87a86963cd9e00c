import { createSchemaRule } from './schema-rules.js';

export const schemaRequired = createSchemaRule(
  { id: 'schema-required', severity: 'error', title: 'Required fields are set.' },
  'required',
);
