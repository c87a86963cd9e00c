import { createEnvRule } from './env-rules.js';

export const envName = createEnvRule(
  { id: 'env-name', severity: 'error', title: 'Every variable has a name that Kubernetes accepts.' },
  {
    'invalid-name': 'Use letters, digits and _ only, no digit first.',
    'skipped-name': 'Use letters, digits and _ only, no digit first.',
  },
);
