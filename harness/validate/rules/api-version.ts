import { createSchemaRule } from './schema-rules.js';

export const apiVersionRule = createSchemaRule(
  { id: 'api-version', severity: 'error', title: 'Every API version is served.' },
  'unavailable',
);
