import { readCreationPolicy } from '../../manifest/external-secret-content.js';
import { listExternalSecrets } from '../external-secret.js';
import type { Finding, Rule } from '../rule.js';

export const externalSecretDeletion: Rule = {
  id: 'external-secret-deletion',
  severity: 'warning',
  title: 'A parameter that is missing for a moment does not take a Secret away.',
  check: (context) =>
    listExternalSecrets(context).flatMap(({ manifest, target, data }): Finding[] => {
      const creation = readCreationPolicy(manifest);
      const deletion = target?.['deletionPolicy'];
      const pointer = '/spec/target/deletionPolicy';
      if (deletion === 'Delete' && creation !== 'Owner') {
        return [
          {
            manifest,
            pointer,
            severity: 'error',
            message: `deletionPolicy Delete with creationPolicy ${creation}: the operator's webhook refuses it`,
            remedy: 'Use deletionPolicy: Retain.',
          },
        ];
      }
      if (deletion === 'Merge' && creation === 'None') {
        return [
          {
            manifest,
            pointer,
            severity: 'error',
            message: "deletionPolicy Merge with creationPolicy None: the operator's webhook refuses it",
            remedy: 'Use deletionPolicy: Retain.',
          },
        ];
      }
      if (deletion !== 'Delete') return [];
      const effect =
        data.length > 1
          ? 'a missing parameter leaves a Secret without its key, and Ready=True'
          : 'a missing parameter deletes the Secret, and Ready=True';
      return [
        {
          manifest,
          pointer,
          message: `deletionPolicy Delete: ${effect}`,
          remedy: 'Use deletionPolicy: Retain, which reports an error and keeps the Secret.',
        },
      ];
    }),
};
