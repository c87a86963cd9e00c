import { expect, test } from 'vitest';
import type { KubeClient } from '../../../harness/kube/kube-client.js';
import { readContainers, waitForOtherContainers } from '../../../harness/platform/other-containers.js';
import { serveKube } from '../../helpers/serve-kube.js';

const GROUP = { namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns' };
const { signal } = new AbortController();

function pod(
  containerID: string | undefined,
  ready: boolean,
  { leaves = false, phase = 'Running' } = {},
): object {
  const metadata = { name: 'dns', ...(leaves ? { deletionTimestamp: '2026-11-22T15:00:00Z' } : {}) };
  return { metadata, status: { phase, containerStatuses: [{ name: 'dns', containerID, ready }] } };
}

/** A server that lists pods, other ones each time, and the last from then on. */
async function servePods(...lists: object[][]): Promise<{ client: KubeClient; left: object[][] }> {
  const client = await serveKube((request, response) => {
    if (request.url === '/api/v1') {
      const resources = [{ name: 'pods', kind: 'Pod', namespaced: true }];
      return response.end(JSON.stringify({ resources }));
    }
    const items = lists.length > 1 ? lists.shift() : lists[0];
    return response.end(JSON.stringify({ items }));
  });
  return { client, left: lists };
}

test('a pod that tells of its container of before, of none, or of one that is not ready is waited for, and one that leaves', async () => {
  const { client, left } = await servePods(
    [pod('containerd://old', true)],
    [pod('containerd://old', true)],
    [],
    [pod(undefined, false)],
    [pod('containerd://new', false)],
    [pod('containerd://old', true), pod('containerd://new', true)],
    [pod('containerd://late', true, { leaves: true }), pod('containerd://new', true)],
    [pod('containerd://old', false, { phase: 'Failed' }), pod('containerd://new', true)],
  );
  const than = await readContainers(client, [GROUP], signal);
  expect([...than]).toEqual(['containerd://old']);
  await waitForOtherContainers(client, [GROUP], { than, timeoutMs: 30_000, signal });
  expect(left).toHaveLength(1);
});
