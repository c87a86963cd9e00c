import type { RequestOptions } from 'node:https';
import { describe, expect } from 'vitest';
import { KubeClient } from '../../../harness/kube/kube-client.js';
import { connectWithToken } from '../../../harness/kube/kube-connection.js';
import { POD_USER, POD_VALUES, type Pods, test } from './support/pods.js';

/** What a process must be able to do under the chart's defaults: nothing. */
const CONFINED = {
  user: POD_USER,
  group: 0,
  capabilities: '0000000000000000',
  boundCapabilities: '0000000000000000',
  noNewPrivileges: '1',
  seccomp: '2',
  rootWritable: false,
  hasToken: false,
};
const COMPONENT = 'app.kubernetes.io/component';

async function enforceRestricted({ scenario: { client, namespace } }: Pods): Promise<void> {
  const labels = {
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/enforce-version': 'latest',
  };
  await client.patch({ apiVersion: 'v1', kind: 'Namespace', name: namespace }, { metadata: { labels } });
}

describe.concurrent('the defaults of the chart', () => {
  test('run under the restricted Pod Security level, in every kind of workload, and confine every process', async ({
    scenario,
    pods,
  }) => {
    await enforceRestricted(pods);
    await scenario.put('stage/app', { API_TOKEN: 'token' });
    await pods.install(
      {
        externalSecrets: { app: { path: '/{system}/{environment}/app' } },
        initContainers: { prepare: { args: ['print'] } },
        sidecars: {
          beside: { args: ['serve', '--port', '8081'] },
          native: { native: true, args: ['serve', '--port', '8082'] },
        },
        workers: { queue: { args: ['serve'] } },
        jobs: { migrate: { args: ['print'] } },
      },
      { workloads: ['shop', 'shop-queue'], synced: ['app'] },
    );
    const places = [
      ['main', 'app'],
      ['main', 'prepare'],
      ['main', 'beside'],
      ['main', 'native'],
      ['worker-queue', 'app'],
      ['job-migrate', 'app'],
    ] as const;
    const processes = await Promise.all(
      places.map(async ([component, container]) => {
        const pod = await pods.one(`${COMPONENT}=${component}`);
        return [component, container, (await pods.report(pod.metadata.name, container)).process];
      }),
    );
    expect(processes).toEqual(places.map(([component, container]) => [component, container, CONFINED]));
  });

  test('are what that level asks for: without one of them no pod is made', async ({ scenario, pods }) => {
    await enforceRestricted(pods);
    await scenario.install({ ...POD_VALUES, securityContext: { allowPrivilegeEscalation: true } });
    expect(await pods.refused()).toMatch(
      /violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false/u,
    );
    expect(await pods.list()).toEqual([]);
  });
});

describe.concurrent('what an application may ask the API server', () => {
  test('the Role reads the Secrets of the release and no others; the token is in the pod only where it is asked for', async ({
    scenario,
    pods,
  }) => {
    const { client, namespace } = scenario;
    await scenario.put('stage/app', { API_TOKEN: 'token' });
    const metadata = { name: 'of-others', namespace };
    await client.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { PASSWORD: 'theirs' } });
    await pods.install(
      {
        externalSecrets: { app: { path: '/{system}/{environment}/app' } },
        rbac: { create: true },
        serviceAccount: { automountToken: true },
      },
      { synced: ['app'] },
    );
    const { process } = await pods.report((await pods.one()).metadata.name);
    expect(process).toEqual({ ...CONFINED, hasToken: true });

    const token = await requestToken(client, namespace);
    const application = await connectAs(pods, token);
    try {
      const secret = { apiVersion: 'v1', kind: 'Secret', namespace };
      expect(await application.read({ ...secret, name: 'shop-app' })).toMatchObject({ kind: 'Secret' });
      for (const name of ['of-others', 'store-credentials', 'sh.helm.release.v1.shop.v1']) {
        await expect(application.read({ ...secret, name })).rejects.toMatchObject({ status: 403 });
      }
      await expect(application.list(secret)).rejects.toMatchObject({ status: 403 });
      await expect(
        application.patch({ ...secret, name: 'shop-app' }, { stringData: { A: 'b' } }),
      ).rejects.toMatchObject({ status: 403 });
      await expect(application.list({ ...secret, kind: 'ConfigMap' })).rejects.toMatchObject({ status: 403 });
    } finally {
      application.close();
    }
  });
});

async function requestToken(client: KubeClient, namespace: string): Promise<string> {
  const answer = await client.send({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/shop/token`,
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
  });
  return (JSON.parse(answer) as { status: { token: string } }).status.token;
}

/** A client that the cluster knows as the token's owner. */
async function connectAs({ scenario: { cluster } }: Pods, token: string): Promise<KubeClient> {
  const { server, prepare } = cluster.connection;
  const options: RequestOptions = {};
  await prepare(options);
  return new KubeClient(connectWithToken({ server, ca: String(options.ca), token }));
}
