import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { CallOptions, KubeClient } from '../kube/kube-client.js';
import { KubeApiError } from '../kube/kube-error.js';
import type { KubernetesObject } from '../manifest/manifest.js';
import { readStringMap } from '../manifest/read-json.js';

/** The keys of a Secret, each with the digest of its value: enough to compare, nothing to read. */
export type SecretDigests = ReadonlyMap<string, string>;

/** SHA-256 of a value, in hex. Made to compare in memory: the digest of a weak value gives it away. */
export function digestValue(value: string | Buffer): string {
  return createHash('sha256').update(value).digest('hex');
}

/** The digests of a Secret's values. */
export function digestSecret(secret: KubernetesObject): SecretDigests {
  return new Map(
    Object.entries(readStringMap(secret, 'data')).map(([key, text]) => [
      key,
      digestValue(Buffer.from(text, 'base64')),
    ]),
  );
}

/** The digests of a Secret; none of an absent one; undefined where reading it is not allowed. */
export async function readSecretDigests(
  client: KubeClient,
  { namespace, name }: { namespace: string; name: string },
  options: CallOptions = {},
): Promise<SecretDigests | undefined> {
  try {
    const secret = await client.read({ apiVersion: 'v1', kind: 'Secret', namespace, name }, options);
    return secret === undefined ? new Map() : digestSecret(secret);
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 403) return undefined;
    throw error;
  }
}

/** The keys that are not the same in both, sorted. */
export function listChangedKeys(before: SecretDigests, after: SecretDigests): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => before.get(key) !== after.get(key))
    .sort();
}
