import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { KubeClient } from '../../../harness/kube/kube-client.js';

/** A namespace of the running test's own; its removal is asked for when the test has ended. */
export async function makeNamespace(client: KubeClient): Promise<string> {
  const name = `test-${randomBytes(4).toString('hex')}`;
  const reference = { apiVersion: 'v1', kind: 'Namespace', name };
  await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  onTestFinished(async () => void (await client.remove(reference)));
  return name;
}
