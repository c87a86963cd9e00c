import { resolve } from 'node:path';
import { checkValues } from '../check/check-values.js';
import { CleanUp, describeCleanUp } from '../cluster/clean-up.js';
import type { StartedCluster } from '../cluster/cluster.js';
import { SluiceError } from '../errors.js';
import { installRelease, type ReleasePlace, uninstallRelease } from '../helm/helm-release.js';
import type { Release, RenderContext } from '../helm/render-chart.js';
import type { RenderOptions } from '../helm/render-options.js';
import { KubeClient } from '../kube/kube-client.js';
import type { ContainerEnvironment } from '../manifest/container-environment.js';
import type { JsonObject } from '../manifest/manifest.js';
import { openStore } from '../store/open-store.js';
import type { ValueStore } from '../store/value-store.js';
import type { ValidateOptions } from '../validate/validate-input.js';
import { LifePods } from './life-pods.js';
import {
  formatDuration,
  type LifePlatform,
  type LifeReport,
  type LifeStep,
  LifeSteps,
  type StepOutcome,
} from './life-report.js';
import { LifeScene } from './life-scene.js';
import { chooseStores } from './provide-stores.js';
import { listSources } from './sample-secrets.js';

export interface LifeOptions {
  render: RenderOptions & { release: string };
  context?: RenderContext;
  validate?: Omit<ValidateOptions, 'schemas' | 'kubernetesVersions'>;
  /** Starts the cluster, or opens one. Its namespace is not used where it is the `default` one. */
  start: (signal: AbortSignal | undefined) => Promise<StartedCluster>;
  /** Leaves the cluster and the release as they are in the end. */
  keep?: boolean;
  /** False leaves the release's pods out: they are not waited for, and nothing is told of them. Default true. */
  pods?: boolean;
  signal?: AbortSignal | undefined;
  onStep?: (step: LifeStep) => void;
}

/**
 * The life of a secret on a chart's own values: checked, stored, installed, synced, seen by the containers, held by
 * the processes, rotated, held by their successors, broken, mended, removed; every step with its time. What cannot be
 * done in a cluster, such as running pods whose images are not to be had, is skipped with its reason.
 *
 * A step that fails is in the report, with what the cluster tells about it, and the rest is skipped. Everything that
 * was made is removed, to the end, whatever happens.
 *
 * @throws the signal's reason when it is aborted, after the clean-up; SluiceError `CLEAN_UP_FAILED`; for a call that
 * can't work (exit code 2) or something that is missing on this machine (3) the error itself.
 */
export async function runLife(options: LifeOptions): Promise<LifeReport> {
  const life = new Life(options);
  try {
    await life.run();
  } finally {
    await life.cleanUp();
  }
  options.signal?.throwIfAborted();
  const { failure } = life.steps;
  if (failure?.error instanceof SluiceError && failure.error.exitCode !== 1) throw failure.error;
  return life.report();
}

class Life {
  readonly steps: LifeSteps;
  readonly #options: LifeOptions;
  readonly #begin = performance.now();
  readonly #cleanUp = new CleanUp();
  #platform: LifePlatform | undefined;
  #cluster: StartedCluster | undefined;
  #release: Release | undefined;
  #environments: readonly ContainerEnvironment[] = [];
  #scene: LifeScene | undefined;
  #pods: LifePods | undefined;
  #uninstalled = false;

  constructor(options: LifeOptions) {
    this.#options = options;
    this.steps = new LifeSteps(options.onStep);
  }

  async run(): Promise<void> {
    const { steps } = this;
    const explain = async (): Promise<string[]> => (await this.#scene?.explain()) ?? [];
    const { keep = false } = this.#options;
    await steps.run('check', async () => await this.#check());
    await steps.run('cluster', async () => await this.#startCluster());
    await steps.run('store', async () => await this.#live.fillStore());
    await steps.run('install', async () => await this.#install(), explain);
    await steps.run('sync', async () => await this.#live.waitForAll(), explain);
    await steps.run('environment', async () => await this.#readEnvironment(), explain);
    await this.#runWithPods('pods', async (pods) => await pods.wait());
    await steps.run('rotate', async () => await this.#live.rotate());
    await steps.run('follow', async () => await this.#live.follow(), explain);
    await this.#runWithPods('rollout', async (pods) => await pods.follow(this.#live.rotation));
    await steps.run('break', async () => await this.#live.breakJson(), explain);
    await steps.run('mend', async () => await this.#live.mend(), explain);
    if (keep && this.#cluster !== undefined) {
      steps.skip('uninstall', 'kept');
      return;
    }
    await steps.run('uninstall', async () => await this.#uninstall(), explain);
  }

  async #runWithPods(
    name: 'pods' | 'rollout',
    action: (pods: LifePods) => Promise<StepOutcome>,
  ): Promise<void> {
    if (this.#options.pods === false) {
      this.steps.skip(name, 'left out by --no-pods');
      return;
    }
    const explain = async (): Promise<string[]> => (await this.#scene?.explain()) ?? [];
    await this.steps.run(
      name,
      async () => {
        if (this.#pods === undefined) throw new Error('there is no cluster');
        return await action(this.#pods);
      },
      explain,
    );
  }

  async cleanUp(): Promise<void> {
    const { keep = false, signal } = this.#options;
    if (keep && this.#cluster !== undefined && !signal?.aborted) {
      this.#scene?.close();
      this.steps.skip('down', 'kept');
      return;
    }
    const start = performance.now();
    const failure = describeCleanUp('the life of a secret', await this.#cleanUp.run());
    if (failure !== undefined) throw failure;
    if (this.#cluster === undefined) {
      this.steps.skip('down', 'nothing was started');
      return;
    }
    const durationMs = performance.now() - start;
    this.steps.add({
      name: 'down',
      status: 'passed',
      text: 'everything is removed',
      durationMs,
      details: [],
    });
  }

  report(): LifeReport {
    const { render, keep = false } = this.#options;
    return {
      chart: render.chart,
      valuesFiles: render.valuesFiles ?? [],
      release: render.release,
      namespace: this.#scene?.namespace ?? '',
      platform: this.#platform,
      steps: this.steps.steps,
      durationMs: Math.round(performance.now() - this.#begin),
      environments: this.#environments,
      kept: keep ? this.#cluster?.name : undefined,
    };
  }

  get #live(): LifeScene {
    if (this.#scene === undefined) throw new Error('there is no cluster');
    return this.#scene;
  }

  async #check(): Promise<StepOutcome> {
    const { render, context = {}, validate } = this.#options;
    const { issues, release } = await checkValues({ render, ...(validate ? { validate } : {}) }, context);
    const errors = issues.filter(({ severity }) => severity === 'error');
    if (errors.length > 0 || release === undefined) {
      throw new SluiceError({
        code: 'E2E_CHECK',
        message: `${errors.length} errors in what is to be installed`,
        evidence: errors.map(({ object, message, rule }) => `${object} ${message} [${rule}]`).join('\n'),
        remedy: 'sluice check tells more.',
      });
    }
    requireSecrets(release);
    this.#release = release;
    const warnings = issues.filter(({ severity }) => severity === 'warning').length;
    return {
      text: `${release.manifests.length} objects rendered by helm ${release.helmVersion}, no errors, ${warnings} warnings`,
    };
  }

  async #startCluster(): Promise<StepOutcome> {
    const { start, signal } = this.#options;
    const cluster = await start(signal);
    this.#cluster = cluster;
    this.#cleanUp.add(`cluster ${cluster.name}`, async () => await cluster.stop());
    const { name, version, reason } = cluster.parameterStore;
    const parameterStore = [name, version, reason && `(${reason})`].filter(Boolean).join(' ');
    this.#platform = {
      cluster: cluster.name,
      provider: cluster.provider,
      kubernetesVersion: cluster.kubernetesVersion,
      parameterStore,
    };
    const client = new KubeClient(cluster.connection);
    this.#cleanUp.add('connections', () => client.close());
    const store = await openStore(cluster.parameterStore);
    this.#cleanUp.add('connections to the store', () => store.close());
    await this.#openScene({ cluster, client, store });
    return { text: `${cluster.provider}: Kubernetes ${cluster.kubernetesVersion}, store ${parameterStore}` };
  }

  async #openScene({
    cluster,
    client,
    store,
  }: {
    cluster: StartedCluster;
    client: KubeClient;
    store: ValueStore;
  }): Promise<void> {
    const { render, signal } = this.#options;
    const namespace = cluster.provider === 'existing' ? cluster.namespace : (render.namespace ?? 'default');
    if (this.#release === undefined) throw new Error('nothing was rendered');
    this.#scene = new LifeScene({ cluster, client, store, namespace, release: this.#release, signal });
    this.#pods = new LifePods({ cluster, client, namespace, release: render.release, signal });
    // A cluster of our own is gone with everything in it, unless it is lent.
    if (cluster.provider !== 'embedded') {
      this.#cleanUp.add('parameters', async () => await this.#live.emptyStore());
      this.#cleanUp.add('release', async () => await this.#remove());
    }
  }

  async #install(): Promise<StepOutcome> {
    const { render, context: { cwd = '.' } = {} } = this.#options;
    const live = this.#live;
    const { objects, values } = chooseStores(live.release.manifests, live.cluster, live.namespace);
    await live.provide(objects);
    const all: JsonObject = { ...render.values, ...values };
    const { revision, durationMs } = await installRelease(this.#place, {
      chart: resolve(cwd, render.chart),
      release: render.release,
      valuesFiles: (render.valuesFiles ?? []).map((file) => resolve(cwd, file)),
      ...(Object.keys(all).length === 0 ? {} : { values: all }),
    });
    return { text: `release ${render.release}, revision ${revision}, helm ${formatDuration(durationMs)}` };
  }

  get #place(): ReleasePlace {
    const { cluster, namespace } = this.#live;
    return { kubeconfig: cluster.kubeconfig, namespace, signal: this.#options.signal };
  }

  async #readEnvironment(): Promise<StepOutcome> {
    const { outcome, environments } = await this.#live.readEnvironment();
    this.#environments = environments;
    return outcome;
  }

  async #uninstall(): Promise<StepOutcome> {
    await this.#remove();
    const left = await this.#live.listLeft();
    if (left.length > 0) throw new Error(`still there: ${left.join(', ')}`);
    return { text: 'the release, its ExternalSecrets and its Secrets are gone' };
  }

  // Also on the way out, when the signal is aborted.
  async #remove(): Promise<void> {
    if (this.#uninstalled) return;
    await uninstallRelease({ ...this.#place, signal: undefined }, this.#options.render.release);
    this.#uninstalled = true;
  }
}

function requireSecrets(release: Release): void {
  if (listSources(release.manifests).some(({ extracts }) => extracts.length > 0)) return;
  throw new SluiceError({
    code: 'E2E_NO_SECRET',
    message: 'no ExternalSecret of the release takes a whole JSON object: there is no life to show',
    remedy: 'Name a values file that has one: sluice e2e -f values/dev.yaml',
    exitCode: 2,
  });
}
