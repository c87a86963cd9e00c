import { createEnvRule } from './env-rules.js';

export const envDuplicate = createEnvRule(
  {
    id: 'env-duplicate',
    severity: 'error',
    title: 'No env list has a name twice, or a value from two places.',
  },
  {
    'duplicate-name': 'Keep one of the entries.',
    'value-and-value-from': 'Keep either value or valueFrom.',
  },
);
