import { SluiceError } from '../errors.js';
import { waitUntil } from '../exec/wait-until.js';
import { KubeClient } from '../kube/kube-client.js';
import { readKubeconfig } from '../kube/kube-connection.js';
import { KubeApiError } from '../kube/kube-error.js';
import { formatConditions } from '../kube/wait-for-condition.js';
import { readStringMap } from '../manifest/read-json.js';

/** Label of a namespace that was made here, with the mark that its cluster knows it by. */
const MARK_LABEL = 'sluice-cluster';

/** A namespace of our own in a cluster that is not. */
export interface OwnNamespace {
  name: string;
  mark: string;
}

const GONE_WITHIN_MS = 120_000;

/**
 * Makes a namespace in a cluster that is not ours.
 *
 * @throws SluiceError `NAMESPACE_EXISTS`: one that is there is not taken over; KubeApiError.
 */
export async function createOwnNamespace(
  client: KubeClient,
  { name, mark }: OwnNamespace,
  signal: AbortSignal | undefined,
): Promise<void> {
  const body = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'sluice', [MARK_LABEL]: mark } },
  };
  try {
    await client.send({ method: 'POST', path: '/api/v1/namespaces', body: JSON.stringify(body), signal });
  } catch (error) {
    if (!(error instanceof KubeApiError && error.reason === 'AlreadyExists')) throw error;
    throw new SluiceError({
      code: 'NAMESPACE_EXISTS',
      message: `namespace ${name}: it is there already, and would be removed in the end`,
      remedy: 'Name another one with --namespace.',
      cause: error,
    });
  }
}

/**
 * Removes a namespace that was made here and waits until it is gone; one that is gone already, or
 * belongs to somebody else by now, is left as it is.
 *
 * @throws SluiceError `NOT_IN_TIME` with what holds it up; KubeApiError.
 */
export async function removeOwnNamespace(kubeconfig: string, { name, mark }: OwnNamespace): Promise<void> {
  const { connection } = await readKubeconfig({ path: kubeconfig });
  const client = new KubeClient(connection);
  const reference = { apiVersion: 'v1', kind: 'Namespace', name };
  try {
    const namespace = await client.read(reference);
    if (namespace === undefined) return;
    // Somebody else's of the same name, made after ours or before.
    if (readStringMap(namespace.metadata, 'labels')[MARK_LABEL] !== mark) return;
    await client.remove(reference);
    await waitUntil(
      async (signal) => {
        const left = await client.read(reference, { signal });
        if (left !== undefined) throw new Error(formatConditions(left));
      },
      { what: `namespace ${name}: gone`, timeoutMs: GONE_WITHIN_MS, intervalMs: 250 },
    );
  } finally {
    client.close();
  }
}
