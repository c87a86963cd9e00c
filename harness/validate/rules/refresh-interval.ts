import { joinPointer } from '../../manifest/json-pointer.js';
import { readName } from '../../manifest/read-json.js';
import { type ExternalSecretParts, listExternalSecrets } from '../external-secret.js';
import { formatGoDuration } from '../go-duration.js';
import type { Finding, Rule } from '../rule.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Advice {
  what: string;
  minMs: number;
  maxMs: number;
  text: string;
}

const DATABASE: Advice = {
  what: 'database credentials',
  minMs: 5 * MINUTE,
  maxMs: 15 * MINUTE,
  text: '5 to 15 minutes',
};
const API_KEY: Advice = { what: 'API keys', minMs: HOUR, maxMs: 6 * HOUR, text: '1 to 6 hours' };
const TLS: Advice = { what: 'TLS certificates', minMs: 24 * HOUR, maxMs: 24 * HOUR, text: '24 hours' };

export const refreshInterval: Rule = {
  id: 'refresh-interval',
  severity: 'warning',
  title: 'Secrets are read again as often as their kind asks for.',
  check: (context) =>
    listExternalSecrets(context).flatMap((parts): Finding[] => {
      const { manifest, intervalMs } = parts;
      const advice = recognise(parts);
      if (!advice || intervalMs === undefined || intervalMs === 0) return [];
      if (intervalMs >= advice.minMs && intervalMs <= advice.maxMs) return [];
      const compared = intervalMs < advice.minMs ? 'more often' : 'less often';
      return [
        {
          manifest,
          pointer: '/spec/refreshInterval',
          message: `${advice.what} are read every ${formatGoDuration(intervalMs)}, ${compared} than advised (${advice.text})`,
          remedy: `Set refreshInterval to ${formatGoDuration(intervalMs < advice.minMs ? advice.minMs : advice.maxMs)}.`,
        },
      ];
    }),
};

/** What an ExternalSecret holds, where its keys or type leave no doubt. */
function recognise({ template, data }: ExternalSecretParts): Advice | undefined {
  const keys = data.map(({ item }) => (readName(item, 'secretKey') ?? '').toLowerCase());
  if (template?.['type'] === 'kubernetes.io/tls' || (keys.includes('tls.crt') && keys.includes('tls.key')))
    return TLS;
  const properties = data.map(({ item, pointer }) => readProperty(item, pointer));
  if (isDatabase(keys) || isDatabase(properties)) return DATABASE;
  return keys.length > 0 && keys.every((key) => /api[-_.]?key$/u.test(key)) ? API_KEY : undefined;
}

function readProperty(item: Parameters<typeof readName>[0], pointer: string): string {
  const reference = item?.['remoteRef'];
  const isMap = typeof reference === 'object' && reference !== null && !Array.isArray(reference);
  return isMap ? (readName(reference, 'property') ?? '').toLowerCase() : joinPointer(pointer, '');
}

function isDatabase(names: readonly string[]): boolean {
  const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  return (
    has(/(?:^|[-_.])host(?:name)?$/u) &&
    has(/(?:^|[-_.])user(?:name)?$/u) &&
    has(/(?:^|[-_.])pass(?:word)?$/u)
  );
}
