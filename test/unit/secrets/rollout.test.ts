import { expect, test } from 'vitest';
import type { KubeClient } from '../../../harness/kube/kube-client.js';
import { waitForRollout } from '../../../harness/secrets/rollout.js';
import { serveKube } from '../../helpers/serve-kube.js';

const GIVEN_UP = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' };
const WORKLOAD = { kind: 'Deployment' as const, namespace: 'shop', name: 'shop' };

/** A server that tells of a Deployment one status after the other, and the last from then on. */
async function serveStatuses(...statuses: object[]): Promise<KubeClient> {
  return await serveKube((request, response) => {
    if (request.url === '/apis/apps/v1') {
      const resources = [{ name: 'deployments', kind: 'Deployment', namespaced: true }];
      return response.end(JSON.stringify({ resources }));
    }
    if (request.url === '/api/v1') {
      const resources = [{ name: 'pods', kind: 'Pod', namespaced: true }];
      return response.end(JSON.stringify({ resources }));
    }
    if (request.url?.startsWith('/api/v1/')) return response.end(JSON.stringify({ items: [] }));
    const status = statuses.length > 1 ? statuses.shift() : statuses[0];
    const metadata = { name: 'shop', namespace: 'shop', generation: 2 };
    return response.end(JSON.stringify({ kind: 'Deployment', metadata, spec: { replicas: 1 }, status }));
  });
}

test('a Deployment that gave up the rollout before is not taken for one that has given up this one', async () => {
  const client = await serveStatuses(
    { observedGeneration: 1, replicas: 1, updatedReplicas: 1, conditions: [GIVEN_UP] },
    { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
  );
  await expect(waitForRollout(client, WORKLOAD, { timeoutMs: 30_000 })).resolves.toBeUndefined();
});

test('a Deployment that has given up this rollout ends the wait', async () => {
  const client = await serveStatuses({ observedGeneration: 2, replicas: 1, conditions: [GIVEN_UP] });
  await expect(waitForRollout(client, WORKLOAD, { timeoutMs: 30_000 })).rejects.toMatchObject({
    code: 'ROLLOUT_FAILED',
  });
});
