import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ClusterStep } from '../../harness/cluster/cluster.js';
import { type ClusterState, findCluster } from '../../harness/cluster/cluster-state.js';
import { startKind } from '../../harness/cluster/kind.js';
import { type KindCluster, openKindCluster } from '../../harness/cluster/kind-cluster.js';
import { openCluster } from '../../harness/cluster/opened-cluster.js';
import { removeCluster, removeLeftovers } from '../../harness/cluster/remove-cluster.js';
import { SluiceError } from '../../harness/errors.js';
import { waitUntil } from '../../harness/exec/wait-until.js';
import { readReleaseHistory, readReleaseManifests } from '../../harness/helm/helm-release.js';
import { KubeClient } from '../../harness/kube/kube-client.js';
import { SecretValue } from '../../harness/manifest/secret-value.js';
import { openStore } from '../../harness/store/open-store.js';
import { findCacheFolder } from '../../harness/toolchain/cache-folder.js';
import { findHelm } from '../../harness/toolchain/find-helm.js';
import { writeFakeProgram } from '../helpers/fake-program.js';
import { runCli } from '../helpers/run-cli.js';
import { REPOSITORY } from '../helpers/run-script.js';
import { makeTempFolder } from '../helpers/temp-folder.js';
import { listKindRemains } from './support/kind-remains.js';
import { useSharedCluster } from './support/shared.js';

// A cluster of one's own takes half a minute, more where others are started at the same time.
const LONG_MS = 300_000;

const cacheFolder = findCacheFolder();

function makeName(): string {
  return `life-${randomBytes(4).toString('hex')}`;
}

function readState(name: string): ClusterState {
  return findCluster(cacheFolder, name)!.state;
}

async function useKind(): Promise<KindCluster> {
  return await openKindCluster((await useSharedCluster()).name);
}

async function removeByName(name: string): Promise<void> {
  const found = findCluster(cacheFolder, name);
  if (found !== undefined) await removeCluster(found.folder, found.state);
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

test(
  'one beside another is whole, is taken again by its name, and leaves nothing when it is removed',
  async () => {
    const name = makeName();
    const shared = await useKind();
    onTestFinished(async () => await removeByName(name));
    const first = await startKind({ name, reuse: true });
    await first.stop();
    const steps: ClusterStep[] = [];
    const again = await startKind({ name, reuse: true, onStep: (step) => steps.push(step) });
    expect(steps).toEqual([]);
    expect(again.connection.server).toBe(first.connection.server);
    expect(again.connection.server).not.toBe(shared.connection.server);
    expect(shared.signal.aborted).toBe(false);

    await again.restart('parameter-store', { kill: true });
    const store = await openStore(again.parameterStore);
    await store.put('/life/alive', new SecretValue('yes'));
    expect((await store.get('/life/alive'))?.value.reveal()).toBe('yes');
    store.close();
    expect(again.signal.aborted).toBe(false);

    const state = readState(name);
    const begin = performance.now();
    const { code } = await runCli(['cluster', 'down', name]);
    expect(code).toBe(0);
    process.stderr.write(`e2e: a kind cluster removed, ${Math.round(performance.now() - begin)} ms\n`);
    expect(await listKindRemains(state)).toEqual([]);
  },
  LONG_MS,
);

test(
  'one whose store was killed says so, is not taken again, and is removed for another',
  async () => {
    const name = makeName();
    onTestFinished(async () => await removeByName(name));
    const cluster = await startKind({ name, background: true });
    const watched = await openCluster(name);
    const state = readState(name);
    const store = state.components.find((component) => component.name === 'parameter-store')!;
    const died = new Promise<unknown>((resolve) => {
      watched.signal.addEventListener('abort', () => resolve(watched.signal.reason), { once: true });
    });
    process.kill(store.pid, 'SIGKILL');
    expect(await died).toMatchObject({
      code: 'COMPONENT_DIED',
      shortMessage: expect.stringContaining('parameter-store'),
    });
    const status = await runCli(['cluster', 'status', name]);
    expect(status.code).toBe(1);
    expect(status.stdout).toContain(`cluster ${name} broken`);
    const up = await runCli(['cluster', 'up', name]);
    expect(up.stderr).toContain('ended: parameter-store');
    const abort = new AbortController();
    const steps: ClusterStep[] = [];
    // The start of the other is called off as soon as the first is gone.
    const other = startKind({
      name,
      reuse: true,
      signal: abort.signal,
      onStep: (step) => {
        steps.push(step);
        if (step.subject === 'node') abort.abort(new Error('enough'));
      },
    });
    await expect(other).rejects.toThrow('enough');
    expect(steps[0]).toMatchObject({
      subject: name,
      state: 'note',
      text: 'was there, but not whole: removed',
    });
    expect(await listKindRemains(state)).toEqual([]);
    await cluster.stop();
  },
  LONG_MS,
);

test(
  'what a harness left that was killed while it started one is found and removed',
  async () => {
    const name = makeName();
    onTestFinished(async () => await removeByName(name));
    const args = ['harness/bin/sluice.ts', 'cluster', 'up', name, '--provider', 'kind'];
    const harness = execa('node_modules/.bin/tsx', args, { cwd: REPOSITORY, reject: false, detached: true });
    await waitUntil(
      async () => {
        const kind = findCluster(cacheFolder, name)?.state.kind;
        if (kind === undefined) throw new Error('no engine yet');
        await execa(kind.docker, ['inspect', kind.node], { env: { ...kind.engineEnv } });
      },
      { what: 'a node of the cluster', timeoutMs: 120_000 },
    );
    process.kill(-harness.pid!, 'SIGKILL');
    await harness;
    const last = readState(name);
    expect(await listKindRemains(last)).not.toEqual([]);
    expect(await removeLeftovers(cacheFolder)).toContain(name);
    expect(await listKindRemains(last)).toEqual([]);
  },
  LONG_MS,
);

test(
  'one that cannot be started to the end leaves nothing but the logs of its node, whose folder it tells',
  async () => {
    const helm = await findHelm();
    const fake = await writeFakeProgram(
      join(await makeTempFolder(), 'helm'),
      `case "$1" in upgrade) echo "Error: the disk is full" >&2; exit 1;; *) exec ${helm.path} "$@";; esac`,
    );
    const previous = process.env['SLUICE_HELM'];
    process.env['SLUICE_HELM'] = fake;
    onTestFinished(() => {
      if (previous === undefined) delete process.env['SLUICE_HELM'];
      else process.env['SLUICE_HELM'] = previous;
    });
    const name = makeName();
    const steps: ClusterStep[] = [];
    let state: ClusterState | undefined;
    const failure = await startKind({
      name,
      onStep: (step) => {
        steps.push(step);
        state = findCluster(cacheFolder, name)?.state ?? state;
      },
    }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SluiceError);
    expect(failure).toMatchObject({
      code: 'INSTALL_FAILED',
      message: expect.stringContaining('the disk is full'),
    });
    const told = steps.find(({ text }) => text.startsWith('logs of the node are in '));
    const folder = told!.text.replace('logs of the node are in ', '');
    onTestFinished(async () => await rm(folder, { recursive: true }));
    expect(await readdir(join(folder, state!.kind!.node))).toContain('kubelet.log');
    expect(await listKindRemains(state!)).toEqual([]);
  },
  LONG_MS,
);
