import { listExternalSecrets } from '../external-secret.js';
import type { Rule } from '../rule.js';

export const externalSecretEmpty: Rule = {
  id: 'external-secret-empty',
  severity: 'error',
  title: 'Every ExternalSecret fetches something.',
  check: (context) =>
    listExternalSecrets(context)
      .filter(({ data, dataFrom }) => data.length === 0 && dataFrom.length === 0)
      .map(({ manifest }) => ({
        manifest,
        pointer: '/spec',
        message:
          'neither data nor dataFrom: the webhook refuses it, and without one it becomes Ready and makes no Secret',
        remedy: 'Name at least one path to read.',
      })),
};
