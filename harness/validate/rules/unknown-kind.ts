import { createSchemaRule } from './schema-rules.js';

export const unknownKind = createSchemaRule(
  { id: 'unknown-kind', severity: 'warning', title: 'The schema of every kind is known.' },
  'unknown-kind',
);
