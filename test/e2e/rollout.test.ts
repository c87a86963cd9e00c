import { describe, expect } from 'vitest';
import { waitForCondition } from '../../harness/kube/wait-for-condition.js';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { restartWorkload, waitForRollout } from '../../harness/secrets/rollout.js';
import type { WorkloadName } from '../../harness/secrets/secret-readers.js';
import { type Scenario, test } from './support/scenario.js';

async function make(
  { client, namespace }: Scenario,
  kind: WorkloadName['kind'],
  spec: JsonObject,
): Promise<WorkloadName> {
  const labels = { app: 'one' };
  const containers = [{ name: 'app', image: 'registry.example.com/app:1' }];
  const template = { metadata: { labels }, spec: { containers, automountServiceAccountToken: false } };
  await client.apply({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'one', namespace },
    spec: { selector: { matchLabels: labels }, template, ...spec },
  });
  return { kind, namespace, name: 'one' };
}

// What needs pods that run is shown on kind.
describe.concurrent('waiting for a rollout', () => {
  test.for<[WorkloadName['kind'], JsonObject]>([
    ['Deployment', { replicas: 0 }],
    ['StatefulSet', { replicas: 0, serviceName: 'one' }],
  ])(
    'of a %s without pods ends when its controller has seen the change',
    async ([kind, spec], { scenario }) => {
      const workload = await make(scenario, kind, spec);
      const options = { timeoutMs: 20_000, signal: scenario.cluster.signal };
      await waitForRollout(scenario.client, workload, options);
      await restartWorkload(scenario.client, workload);
      await waitForRollout(scenario.client, workload, options);
    },
  );

  test('of pods that do not start ends in time, and tells how many are missing', async ({ scenario }) => {
    const workload = await make(scenario, 'Deployment', { replicas: 2 });
    // Its controller has seen it by then, however long that takes.
    const place = { apiVersion: 'apps/v1', ...workload };
    const unavailable = { type: 'Available', status: 'False', timeoutMs: 30_000 };
    await waitForCondition(scenario.client, place, { ...unavailable, signal: scenario.cluster.signal });
    await expect(waitForRollout(scenario.client, workload, { timeoutMs: 3000 })).rejects.toMatchObject({
      code: 'NOT_IN_TIME',
      evidence: expect.stringContaining('0 available'),
    });
  });

  test('of a Deployment that has given up ends at once, with the way back', async ({ scenario }) => {
    const workload = await make(scenario, 'Deployment', { replicas: 1, progressDeadlineSeconds: 1 });
    await expect(waitForRollout(scenario.client, workload, { timeoutMs: 30_000 })).rejects.toMatchObject({
      code: 'ROLLOUT_FAILED',
      remedy: expect.stringContaining('kubectl rollout undo deployment/one'),
    });
  });

  test('of what replaces no pods by itself is refused, with the command that does', async ({ scenario }) => {
    const workload = await make(scenario, 'StatefulSet', {
      ...{ replicas: 0, serviceName: 'one', updateStrategy: { type: 'OnDelete' } },
    });
    await expect(waitForRollout(scenario.client, workload, { timeoutMs: 3000 })).rejects.toMatchObject({
      code: 'ROLLOUT_MANUAL',
      remedy: expect.stringContaining('--selector app=one'),
    });
  });

  test('of what is not there says so', async ({ scenario }) => {
    const workload = { kind: 'Deployment' as const, namespace: scenario.namespace, name: 'nobody' };
    // Where to ask is known by then: within the time it is asked at least once.
    expect(await scenario.client.read({ apiVersion: 'apps/v1', ...workload })).toBeUndefined();
    await expect(waitForRollout(scenario.client, workload, { timeoutMs: 1000 })).rejects.toMatchObject({
      evidence: 'last seen: there is no such object',
    });
  });
});
