import type { ValuesSource } from '../../manifest/manifest.js';
import type { ValuesPlace } from '../issue.js';
import { ValuesPositions } from './values-position.js';

/**
 * The values entry that a message speaks of: of the dotted paths in it, such as `externalSecrets.db.path`, the longest
 * that a values file defines.
 */
export function locatePathsInText(text: string, sources: readonly ValuesSource[]): ValuesPlace | undefined {
  const positions = new ValuesPositions(sources);
  const paths = [...text.matchAll(/[A-Za-z_][\w-]*(?:\.[\w-]+|\[\d+\])*/gu)].map(([path]) => splitPath(path));
  for (const path of paths.sort((one, other) => other.length - one.length)) {
    const place = positions.find(path);
    if (place !== undefined) return place;
  }
  return undefined;
}

function splitPath(path: string): (string | number)[] {
  const parts = path.split(/\.|\[(\d+)\]/u).filter((part) => part !== undefined && part !== '');
  return parts.map((part) => (/^\d+$/u.test(part) ? Number(part) : part));
}
