import type { TestProject } from 'vitest/node';
import type { ClusterStep, ProviderName, StartedCluster } from '../../../harness/cluster/cluster.js';
import { startEmbedded } from '../../../harness/cluster/embedded.js';
import { startKind } from '../../../harness/cluster/kind.js';
import { KindCluster } from '../../../harness/cluster/kind-cluster.js';
import { openCluster } from '../../../harness/cluster/opened-cluster.js';
import { SluiceError } from '../../../harness/errors.js';
import { formatSeconds } from '../../../harness/exec/wait-until.js';
import { ensureTestImages } from '../kind/support/test-images.js';
import { listKindRemains } from './kind-remains.js';
import { readState } from './own-kind.js';
import { PROVIDER_INDEPENDENT } from './provider-independent.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Name of the cluster that the whole suite shares. */
    clusterName: string;
    /** How it is had. */
    clusterProvider: ProviderName;
  }
}

type Provider = 'embedded' | 'kind';

/**
 * Starts the cluster that the suite shares and takes it away in the end. The projects whose names begin with `kind` need
 * one with pods; the others run in processes, or in kind too with `SLUICE_E2E_PROVIDER=kind`. `SLUICE_E2E_CLUSTER` names one
 * that runs already (`sluice cluster up`) and is left running: for working on a scenario.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const { provide } = project;
  if (project.name === 'e2e' && process.env['SLUICE_E2E_PROVIDER'] === 'kind')
    say(`the same in every cluster, and not run in this one: ${PROVIDER_INDEPENDENT.join(', ')}`);
  const running = process.env['SLUICE_E2E_CLUSTER'];
  const shared =
    running === undefined || running === ''
      ? shareCluster(chooseProvider(project.name))
      : shareRunning(running);
  const cluster = await shared.cluster.catch((error: unknown) => skipAll(project, error));
  if (cluster === undefined) return undefined;
  provide('clusterName', cluster.name);
  provide('clusterProvider', cluster.provider);
  return shared.release;
}

function chooseProvider(project: string): Provider {
  if (project.startsWith('kind')) return 'kind';
  const wanted = process.env['SLUICE_E2E_PROVIDER'];
  if (wanted === undefined || wanted === '' || wanted === 'embedded') return 'embedded';
  if (wanted === 'kind') return 'kind';
  throw new Error(`SLUICE_E2E_PROVIDER=${wanted}: neither embedded nor kind`);
}

interface SharedCluster {
  cluster: Promise<StartedCluster>;
  users: number;
}

interface Share {
  cluster: Promise<StartedCluster>;
  release: (() => Promise<void>) | undefined;
}

// Each project loads this file for itself; what they share is kept where all of them find it.
const SHARED = Symbol.for('sluice.e2e.clusters');
const keeper = globalThis as { [SHARED]?: Map<Provider | 'running', SharedCluster> };
keeper[SHARED] ??= new Map();
const clusters = keeper[SHARED];

/** One cluster a provider for all projects of this run; the last that needs it takes it away. */
function shareCluster(provider: Provider): Share {
  const shared = clusters.get(provider) ?? { cluster: startSharedCluster(provider), users: 0 };
  clusters.set(provider, shared);
  shared.users += 1;
  const release = async (): Promise<void> => {
    shared.users -= 1;
    if (shared.users > 0) return;
    clusters.delete(provider);
    await removeSharedCluster(await shared.cluster);
  };
  return { cluster: shared.cluster, release };
}

/** One that is left running. */
function shareRunning(name: string): Share {
  const shared = clusters.get('running') ?? { cluster: openRunning(name), users: 0 };
  clusters.set('running', shared);
  return { cluster: shared.cluster, release: undefined };
}

async function openRunning(name: string): Promise<StartedCluster> {
  const cluster = await openCluster(name);
  await provideImages(cluster);
  return cluster;
}

/** Starts a cluster as the suite shares it, with the images of its scenarios; what it does is told on stderr. */
export async function startSharedCluster(provider: Provider): Promise<StartedCluster> {
  const cluster =
    provider === 'kind'
      ? await startKind({ onStep: tell, sealedSecrets: true, ...chooseNodeImage() })
      : await startEmbedded({ onStep: tell });
  const { name, version, reason } = cluster.parameterStore;
  say(`parameter store: ${name} ${version}${reason === undefined ? '' : ` (${reason})`}`);
  await provideImages(cluster);
  return cluster;
}

/**
 * Takes away a cluster that was started so.
 *
 * @throws SluiceError `CLUSTER_REMAINS` where something of a kind cluster is left.
 */
export async function removeSharedCluster(cluster: StartedCluster): Promise<void> {
  if (!(cluster instanceof KindCluster)) return await cluster.stop();
  const state = readState(cluster.name);
  const begin = performance.now();
  await cluster.stop();
  say(`kind cluster ${cluster.name} removed, ${formatSeconds(performance.now() - begin)}`);
  const remains = await listKindRemains(state);
  if (remains.length === 0) return;
  throw new SluiceError({
    code: 'CLUSTER_REMAINS',
    message: `kind cluster ${cluster.name}: something of it is left`,
    evidence: remains.join('\n'),
  });
}

/** `SLUICE_KIND_NODE` is an image for the node, or a version of Kubernetes. */
function chooseNodeImage(): { nodeImage?: string } {
  const nodeImage = process.env['SLUICE_KIND_NODE'];
  return nodeImage === undefined || nodeImage === '' ? {} : { nodeImage };
}

/** Makes the images of the scenarios known to a cluster that runs pods. */
async function provideImages(cluster: StartedCluster): Promise<void> {
  if (cluster instanceof KindCluster) await cluster.loadImages(await ensureTestImages(say));
}

// What cannot be had here skips every scenario, by its name; anything else is a failure.
function skipAll(project: TestProject, error: unknown): undefined {
  if (!(error instanceof SluiceError) || error.exitCode !== 3) throw error;
  say(`every scenario is skipped: ${error.message}`);
  project.config.testNamePattern = /(?!)/u;
}

function tell({ subject, state, text, durationMs }: ClusterStep): void {
  if (state !== 'working')
    say(`${subject} ${text}${durationMs === undefined ? '' : `, ${formatSeconds(durationMs)}`}`);
}

function say(text: string): void {
  process.stderr.write(`e2e: ${text}\n`);
}
