import { joinPointer } from '../../manifest/json-pointer.js';
import { readName } from '../../manifest/read-json.js';
import { listExternalSecrets } from '../external-secret.js';
import type { Finding, Rule } from '../rule.js';

export const externalSecretKeyTwice: Rule = {
  id: 'external-secret-key-twice',
  severity: 'error',
  title: 'No ExternalSecret fetches one key from two places.',
  check: (context) =>
    listExternalSecrets(context).flatMap(({ manifest, data }) => {
      const seen = new Set<string>();
      return data.flatMap(({ item, pointer }): Finding[] => {
        const key = readName(item, 'secretKey');
        if (key === undefined || !seen.has(key)) {
          seen.add(key ?? '');
          return [];
        }
        return [
          {
            manifest,
            pointer: joinPointer(pointer, 'secretKey'),
            message: `${key} is fetched twice; the last one wins`,
            remedy: 'Keep one of the entries.',
          },
        ];
      });
    }),
};
