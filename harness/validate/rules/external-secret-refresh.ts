import { listExternalSecrets } from '../external-secret.js';
import type { Finding, Rule } from '../rule.js';

export const externalSecretRefresh: Rule = {
  id: 'external-secret-refresh',
  severity: 'info',
  title: 'Secrets are read again.',
  check: (context) =>
    listExternalSecrets(context).flatMap(({ manifest, spec, intervalMs }): Finding[] => {
      if (intervalMs !== 0) return [];
      const isPolicy = spec['refreshPolicy'] === 'CreatedOnce' || spec['refreshPolicy'] === 'OnChange';
      const isOnChange = spec['refreshPolicy'] === 'OnChange';
      return [
        {
          manifest,
          pointer: isPolicy ? '/spec/refreshPolicy' : '/spec/refreshInterval',
          message: isOnChange
            ? 'refreshPolicy OnChange: a rotated secret arrives only when the ExternalSecret itself changes'
            : `${isPolicy ? 'refreshPolicy CreatedOnce' : 'refreshInterval 0'}: a rotated secret never arrives, and force-sync does nothing`,
          remedy: 'Set a refreshInterval such as 1h, unless it must never change.',
        },
      ];
    }),
};
