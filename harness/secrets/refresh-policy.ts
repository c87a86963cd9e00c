import type { KubernetesObject } from '../manifest/manifest.js';
import { readName, readObject } from '../manifest/read-json.js';
import { parseGoDuration } from '../validate/go-duration.js';

/** The operator's own default. Source: its CustomResourceDefinition. */
const DEFAULT_INTERVAL = '1h';

/** Why the operator will not read an ExternalSecret again, and what makes it. */
export interface RefreshObstacle {
  /** Such as `refreshInterval is 0: it is read once, and never again`. */
  reason: string;
  /** A command to paste. */
  remedy: string;
}

/** How often an ExternalSecret is read, in milliseconds; undefined where time does not make it be read again. */
export function readRefreshInterval(object: KubernetesObject): number | undefined {
  const spec = readObject(object, 'spec');
  const policy = readName(spec, 'refreshPolicy') ?? 'Periodic';
  if (policy !== 'Periodic') return undefined;
  const interval = parseGoDuration(readName(spec, 'refreshInterval') ?? DEFAULT_INTERVAL) ?? 0;
  return interval > 0 ? interval : undefined;
}

/**
 * Tells whether the operator ignores being asked to read an ExternalSecret again: it does where it has read one that
 * is to be read once (`CreatedOnce`, or an interval of 0). Undefined where it will read. Rules as of external-secrets
 * 0.20.4, `shouldRefresh`.
 */
export function findRefreshObstacle(object: KubernetesObject): RefreshObstacle | undefined {
  const status = readObject(object, 'status');
  const hasSynced = (readName(status, 'syncedResourceVersion') ?? '') !== '';
  const spec = readObject(object, 'spec');
  const policy = readName(spec, 'refreshPolicy') ?? 'Periodic';
  if (policy === 'CreatedOnce') {
    const hasRead = hasSynced && readName(status, 'refreshTime') !== undefined;
    return hasRead ? describe(object, 'refreshPolicy is CreatedOnce') : undefined;
  }
  if (policy !== 'Periodic' || !hasSynced || readRefreshInterval(object) !== undefined) return undefined;
  return describe(object, `refreshInterval is ${readName(spec, 'refreshInterval') ?? '0'}`);
}

function describe(object: KubernetesObject, what: string): RefreshObstacle {
  return {
    reason: `${what}: the operator has read it once, and ignores every request to read it again`,
    remedy: formatForcedReading(object),
  };
}

// Orphan Secrets are never looked at again; the others are, as soon as the hash of their data is not the operator's.
function formatForcedReading(object: KubernetesObject): string {
  const target = readObject(readObject(object, 'spec'), 'target');
  const namespace = readName(object.metadata, 'namespace');
  const place = namespace === undefined ? '' : ` --namespace ${namespace}`;
  if (readName(target, 'creationPolicy') === 'Orphan') {
    const patch = `'{"spec":{"refreshPolicy":"OnChange"}}'`;
    return `kubectl patch externalsecret ${object.metadata.name}${place} --type merge --patch ${patch}`;
  }
  const secret = readName(target, 'name') ?? object.metadata.name;
  return `kubectl annotate secret ${secret}${place} reconcile.external-secrets.io/data-hash-`;
}
