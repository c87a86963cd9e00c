import { joinPointer } from '../../manifest/json-pointer.js';
import type { Manifest } from '../../manifest/manifest.js';
import { readStringMap } from '../../manifest/read-json.js';
import { isPlaceholder } from '../plain-secrets/placeholder.js';
import type { Finding, Rule } from '../rule.js';

/** Types that hold no credentials worth telling, or that controllers fill. */
const PASSED_TYPES = new Set([
  'kubernetes.io/service-account-token',
  'helm.sh/release.v1',
  'bootstrap.kubernetes.io/token',
]);

export const secretRendered: Rule = {
  id: 'secret-rendered',
  severity: 'warning',
  title: 'No Secret is rendered with its values: they would be in Git and in the release.',
  check: ({ index }) => index.ofKind('Secret').flatMap(checkSecret),
};

function checkSecret(manifest: Manifest): Finding[] {
  if (PASSED_TYPES.has(String(manifest.object['type']))) return [];
  const values = [
    ...Object.entries(readStringMap(manifest.object, 'stringData')).map(([key, text]) => ({
      key,
      text,
      field: 'stringData',
    })),
    ...Object.entries(readStringMap(manifest.object, 'data')).map(([key, text]) => ({
      key,
      text: Buffer.from(text, 'base64').toString('utf8'),
      field: 'data',
    })),
  ].filter(({ text }) => !isPlaceholder(text));
  const [first] = values;
  if (!first) return [];
  const names = values.map(({ key, text }) => `${key} (${text.length} characters)`);
  const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
  return [
    {
      manifest,
      pointer: values.length === 1 ? joinPointer('', first.field, first.key) : joinPointer('', first.field),
      message: `the Secret is rendered with values for ${shown}`,
      remedy: 'Read them from a parameter store (externalSecrets), or seal them (sealedSecrets).',
    },
  ];
}
