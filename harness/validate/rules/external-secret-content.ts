import { readExternalSecret } from '../../manifest/external-secret-content.js';
import type { ContentProblemCode } from '../../manifest/object-content.js';
import { listExternalSecrets } from '../external-secret.js';
import type { Rule } from '../rule.js';

const PLACES: Readonly<Partial<Record<ContentProblemCode, { pointer: string; remedy: string }>>> = {
  'template-key-missing': {
    pointer: '/spec/target/template/data',
    remedy: 'Fetch the key with data or dataFrom, or correct its name in the template.',
  },
  'key-conversion-collision': { pointer: '/spec/dataFrom', remedy: 'Rename one with rewrite.' },
  'invalid-key': { pointer: '/spec/dataFrom', remedy: 'Rename it with rewrite.' },
};

export const externalSecretContent: Rule = {
  id: 'external-secret-content',
  severity: 'error',
  title: 'Templates use keys that are fetched, and keys are valid.',
  check: (context) =>
    listExternalSecrets(context).flatMap(({ manifest }) =>
      readExternalSecret(manifest, context.index, {}).problems.flatMap(({ code, message }) => {
        const place = PLACES[code];
        return place ? [{ manifest, message, ...place }] : [];
      }),
    ),
};
