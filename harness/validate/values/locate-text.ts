import type { ValuesSource } from '../../manifest/manifest.js';
import type { ValuesPlace } from '../issue.js';
import { ValuesPositions } from './values-position.js';

/**
 * The values entry that a message speaks of: the first dotted path in it, such as `externalSecrets.db.path`, that a
 * values file defines.
 */
export function locatePathsInText(text: string, sources: readonly ValuesSource[]): ValuesPlace | undefined {
  const positions = new ValuesPositions(sources);
  for (const [path] of text.matchAll(/[A-Za-z_][\w-]*(?:\.[\w-]+|\[\d+\])*/gu)) {
    const segments = path.split(/\.|\[(\d+)\]/u).filter((part) => part !== undefined && part !== '');
    const place = positions.find(segments.map((part) => (/^\d+$/u.test(part) ? Number(part) : part)));
    if (place !== undefined) return place;
  }
  return undefined;
}
