import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findCluster } from '../../harness/cluster/cluster-state.js';
import { type KindCluster, openKindCluster } from '../../harness/cluster/kind-cluster.js';
import { readReleaseHistory, readReleaseManifests } from '../../harness/helm/helm-release.js';
import { KubeClient } from '../../harness/kube/kube-client.js';
import { findCacheFolder } from '../../harness/toolchain/cache-folder.js';
import { runCli } from '../helpers/run-cli.js';
import { makeTempFolder } from '../helpers/temp-folder.js';
import { readState } from './support/own-kind.js';
import { useSharedCluster } from './support/shared.js';

const cacheFolder = findCacheFolder();

async function useKind(): Promise<KindCluster> {
  return await openKindCluster((await useSharedCluster()).name);
}

describe('a kind cluster that runs', () => {
  test('has the operator as a release of its own chart, its webhook and its certificate controller on', async () => {
    const { kubeconfig, connection } = await useKind();
    const place = { kubeconfig, namespace: 'external-secrets' };
    expect(await readReleaseHistory(place, 'external-secrets')).toEqual([
      { revision: 1, status: 'deployed' },
    ]);
    const manifests = await readReleaseManifests(place, 'external-secrets');
    const kinds = new Set(manifests.map(({ object }) => object.kind));
    expect(kinds).toContain('ValidatingWebhookConfiguration');
    const client = new KubeClient(connection);
    onTestFinished(() => client.close());
    const deployments = await client.list({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'external-secrets',
    });
    expect(
      deployments.map(({ metadata, status }) => [
        metadata.name,
        (status as { readyReplicas: number }).readyReplicas,
      ]),
    ).toEqual([
      ['external-secrets', 1],
      ['external-secrets-cert-controller', 1],
      ['external-secrets-webhook', 1],
    ]);
  });

  test('tells what its operator, its store and its control plane have logged', async () => {
    const cluster = await useKind();
    expect((await cluster.logs('external-secrets', 100_000)).join('\n')).toContain('Starting workers');
    expect(await cluster.logs('kube-apiserver', 5)).toHaveLength(5);
    expect(await cluster.logs('etcd', 5)).not.toEqual([]);
  });

  test('gives its logs into a folder', async () => {
    const folder = await makeTempFolder();
    const cluster = await useKind();
    await cluster.exportLogs(folder);
    const files = await readdir(join(folder, cluster.node));
    expect(files).toEqual(expect.arrayContaining(['kubelet.log', 'containerd.log', 'pods']));
  });

  test('is shown by sluice cluster status with its node', async () => {
    const { name, node } = await useKind();
    const { code, stdout } = await runCli(['cluster', 'status', name]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`node +${node}\n`, 'u'));
    expect(stdout).toContain(`cluster ${name} ready`);
  });

  test('is not taken for one of another provider', async () => {
    const { name } = await useKind();
    const state = readState(name);
    const { folder } = findCluster(cacheFolder, name)!;
    folder.write({ ...state, owner: null });
    onTestFinished(() => folder.write(state));
    const { code, stderr } = await runCli(['cluster', 'up', name, '--provider', 'embedded']);
    expect(code).toBe(1);
    expect(stderr).toContain(`cluster ${name}: there is one of this name, and its provider is kind`);
  });
});
