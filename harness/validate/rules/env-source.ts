import { createEnvRule } from './env-rules.js';

export const envSource = createEnvRule(
  { id: 'env-source', severity: 'error', title: 'Fields and volumes that variables are read from exist.' },
  {
    'unknown-field': 'Use a field of the downward API, such as metadata.name or status.podIP.',
    'unknown-volume': 'Refer to a volume of the pod.',
  },
);
