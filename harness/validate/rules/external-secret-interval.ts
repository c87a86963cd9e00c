import { listExternalSecrets } from '../external-secret.js';
import { parseGoDuration } from '../go-duration.js';
import type { Finding, Rule } from '../rule.js';

export const externalSecretInterval: Rule = {
  id: 'external-secret-interval',
  severity: 'error',
  title: 'refreshInterval is a duration.',
  check: (context) =>
    listExternalSecrets(context).flatMap(({ manifest, spec }): Finding[] => {
      const interval = spec['refreshInterval'];
      if (typeof interval !== 'string' || parseGoDuration(interval) !== undefined) return [];
      const message = `${JSON.stringify(interval)} is no duration: the operator's webhook refuses it`;
      return [
        { manifest, pointer: '/spec/refreshInterval', message, remedy: 'Write it as 90s, 15m or 1h30m.' },
      ];
    }),
};
