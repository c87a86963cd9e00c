import { joinPointer } from '../../manifest/json-pointer.js';
import type { JsonObject } from '../../manifest/manifest.js';
import { readName, readObject } from '../../manifest/read-json.js';
import { type ExternalSecretParts, listExternalSecrets } from '../external-secret.js';
import { formatGoDuration, parseGoDuration } from '../go-duration.js';
import type { Finding, Rule } from '../rule.js';

export const externalSecretDrift: Rule = {
  id: 'external-secret-drift',
  severity: 'info',
  title: 'ExternalSecrets are written as the operator rewrites them.',
  check: (context) =>
    listExternalSecrets(context).flatMap((parts) => [...checkInterval(parts), ...checkDefaults(parts)]),
};

function checkInterval({ manifest, spec }: ExternalSecretParts): Finding[] {
  const written = readName(spec, 'refreshInterval');
  const milliseconds = written === undefined ? undefined : parseGoDuration(written);
  if (milliseconds === undefined || milliseconds % 1000 !== 0) return [];
  const rewritten = formatGoDuration(milliseconds);
  if (rewritten === written) return [];
  return [
    {
      manifest,
      pointer: '/spec/refreshInterval',
      message: `the operator rewrites ${written} to ${rewritten}; GitOps tools report that as drift`,
      remedy: `Render ${rewritten}.`,
    },
  ];
}

/** Source: the defaults in the operator's CustomResourceDefinition, v1. */
const REMOTE_DEFAULTS = ['conversionStrategy', 'decodingStrategy', 'metadataPolicy'];

function checkDefaults({ manifest, spec, target, template, data, dataFrom }: ExternalSecretParts): Finding[] {
  const missing = [
    ...listMissing(spec, ['refreshInterval'], ''),
    ...listMissing(target ?? {}, ['creationPolicy', 'deletionPolicy'], 'target'),
    ...(template ? listMissing(template, ['engineVersion', 'mergePolicy'], 'target.template') : []),
    ...data.flatMap(({ item, pointer }) =>
      listMissing(readObject(item, 'remoteRef') ?? {}, REMOTE_DEFAULTS, toPath(pointer, 'remoteRef')),
    ),
    ...dataFrom.flatMap(({ item, pointer }) => [
      ...listMissingOf(item, 'extract', REMOTE_DEFAULTS, pointer),
      ...listMissingOf(item, 'find', REMOTE_DEFAULTS.slice(0, 2), pointer),
    ]),
  ];
  if (missing.length === 0) return [];
  const shown =
    missing.slice(0, 4).join(', ') + (missing.length > 4 ? ` and ${missing.length - 4} more` : '');
  return [
    {
      manifest,
      pointer: '/spec',
      message: `the API server fills in ${shown}; some GitOps tools report that as drift`,
      remedy: 'Render the defaults too.',
    },
  ];
}

function listMissingOf(
  item: JsonObject,
  key: string,
  ...rest: [names: readonly string[], pointer: string]
): string[] {
  const [names, pointer] = rest;
  const part = readObject(item, key);
  return part ? listMissing(part, names, toPath(pointer, key)) : [];
}

function listMissing(part: JsonObject, names: readonly string[], path: string): string[] {
  return names
    .filter((name) => part[name] === undefined)
    .map((name) => (path === '' ? name : `${path}.${name}`));
}

/** `/spec/data/0` and `remoteRef` as `data[0].remoteRef`. */
function toPath(pointer: string, key: string): string {
  return joinPointer(pointer, key)
    .replace(/^\/spec\//u, '')
    .replaceAll(/\/(\d+)/gu, '[$1]')
    .replaceAll('/', '.');
}
