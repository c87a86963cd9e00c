import { SluiceError } from '../errors.js';
import type { KubernetesObject, Manifest, ValuesSource } from '../manifest/manifest.js';

/** What the matchers take: a release of `renderChart()`, or the manifests of one. */
export type ReleaseLike =
  | readonly Manifest[]
  | {
      readonly manifests: readonly Manifest[];
      readonly namespace?: string;
      readonly chart?: string;
      readonly valuesSources?: readonly ValuesSource[];
    };

/** A release with what is known of where it came from. */
export interface ReceivedRelease {
  manifests: readonly Manifest[];
  namespace: string | undefined;
  chart: string | undefined;
  valuesSources: readonly ValuesSource[];
}

/**
 * Reads what was given to `expect()`.
 *
 * @throws SluiceError `MATCHER_RECEIVED` for anything else, a promise above all: it must be awaited before.
 */
export function readRelease(received: unknown, matcher: string): ReceivedRelease {
  if (isManifestList(received)) {
    return { manifests: received, namespace: undefined, chart: undefined, valuesSources: [] };
  }
  if (typeof received === 'object' && received !== null && 'manifests' in received) {
    const { manifests, namespace, chart, valuesSources } = received as Partial<ReceivedRelease>;
    if (isManifestList(manifests)) return { manifests, namespace, chart, valuesSources: valuesSources ?? [] };
  }
  throw refuse(received, matcher, 'a release of renderChart(), or a list of manifests');
}

/**
 * Reads a single object: a manifest, or the plain object of one.
 *
 * @throws SluiceError `MATCHER_RECEIVED`
 */
export function readObject(
  received: unknown,
  matcher: string,
): { object: KubernetesObject; manifest?: Manifest } {
  if (isManifest(received)) return { object: received.object, manifest: received };
  if (isKubernetesObject(received)) return { object: received };
  throw refuse(received, matcher, 'a manifest, such as findManifest() gives, or a Kubernetes object');
}

export function isManifest(value: unknown): value is Manifest {
  return typeof value === 'object' && value !== null && 'object' in value && isKubernetesObject(value.object);
}

function isKubernetesObject(value: unknown): value is KubernetesObject {
  return typeof value === 'object' && value !== null && 'kind' in value && 'metadata' in value;
}

function isManifestList(value: unknown): value is readonly Manifest[] {
  return Array.isArray(value) && value.every(isManifest);
}

function refuse(received: unknown, matcher: string, wanted: string): SluiceError {
  return new SluiceError({
    code: 'MATCHER_RECEIVED',
    message: `${matcher} needs ${wanted}`,
    evidence: `it was given ${describe(received)}`,
    remedy:
      received instanceof Promise
        ? 'Await it first: expect(await renderChart(…)).'
        : `Give expect() what ${matcher} needs.`,
    exitCode: 2,
  });
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (value instanceof Promise) return 'a promise';
  if (Array.isArray(value)) return 'a list with other things in it';
  return typeof value === 'object'
    ? `an object with ${Object.keys(value).join(', ') || 'no keys'}`
    : `a ${typeof value}`;
}
