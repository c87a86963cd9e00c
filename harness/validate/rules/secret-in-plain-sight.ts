import { joinPointer } from '../../manifest/json-pointer.js';
import { findSecret } from '../plain-secrets/find-secret.js';
import { listPlainTexts, type PlainText } from '../plain-secrets/list-plain-texts.js';
import type { Finding, Rule } from '../rule.js';

export const secretInPlainSight: Rule = {
  id: 'secret-in-plain-sight',
  severity: 'error',
  title:
    'No secret stands in a ConfigMap, a variable, an argument, an annotation or anywhere else outside Secrets.',
  check: ({ manifests }) => manifests.flatMap((manifest) => listPlainTexts(manifest).flatMap(inspect)),
};

function inspect({ manifest, pointer, name, text, what, shapesOnly }: PlainText): Finding[] {
  const suspicion = findSecret(name, text);
  if (!suspicion || (shapesOnly && suspicion.because !== 'shape')) return [];
  const inner = suspicion.inner === undefined ? '' : `, at ${suspicion.inner}`;
  return [
    {
      manifest,
      pointer: joinPointer(pointer),
      severity:
        suspicion.because === 'shape' || (suspicion.because === 'name' && !inner) ? 'error' : 'warning',
      message: `${what} (${text.length} characters${inner}): ${suspicion.why}`,
      remedy: 'Put it into the parameter store and name its path in externalSecrets.',
    },
  ];
}
