import { randomBytes } from 'node:crypto';
import { test as base } from 'vitest';
import type { StartedCluster } from '../../../harness/cluster/cluster.js';
import { formatSeconds, waitUntil } from '../../../harness/exec/wait-until.js';
import {
  type InstalledRelease,
  installRelease,
  type ReleasePlace,
  uninstallRelease,
} from '../../../harness/helm/helm-release.js';
import { KubeClient } from '../../../harness/kube/kube-client.js';
import type { ContainerEnvironment } from '../../../harness/manifest/container-environment.js';
import type { JsonObject, KubernetesObject } from '../../../harness/manifest/manifest.js';
import { diagnose, type ObjectEvent } from '../../../harness/secrets/diagnose.js';
import { askForSync, type Refreshed, refresh } from '../../../harness/secrets/refresh.js';
import { waitForSync, waitForSyncFailure } from '../../../harness/secrets/wait-for-sync.js';
import type { AwsStoreService, ValueStore } from '../../../harness/store/value-store.js';
import { compareValues, decodeSecret, listValues } from './compare-values.js';
import { findReleaseDrift } from './find-release-drift.js';
import { CHART } from './release.js';
import { findEnvironmentDifferences, foretellEnvironment } from './release-environment.js';
import { useSharedCluster } from './shared.js';
import { provideStaticKeys, staticStoreValues } from './static-store.js';
import { StoreCorner } from './store-corner.js';
import { waitForEvent, waitForReason } from './wait-for-operator.js';

/** Name of the release, and so of the application, where a scenario gives no other. */
export const RELEASE = 'shop';

/** A test that gets a namespace, a corner of the store and a way to install the chart, all of its own. */
export const test = base.extend<{ scenario: Scenario }>({
  scenario: async ({ task }, use) => {
    const scenario = await Scenario.open(task.name);
    try {
      await use(scenario);
    } finally {
      if (task.result?.state === 'fail') await scenario.tellWhy();
      await scenario.close();
    }
  },
});

/** What a scenario works with. Whatever it makes is removed in its end. */
export class Scenario {
  readonly client: KubeClient;
  readonly #name: string;
  readonly #corner: StoreCorner;
  /** Those of which something is outside of every namespace. */
  readonly #releases = new Map<string, ReleasePlace>();
  readonly #namespaces: string[] = [];
  readonly #steps: string[] = [];

  private constructor(
    name: string,
    readonly cluster: StartedCluster,
    corner: StoreCorner,
  ) {
    this.#name = name;
    this.client = new KubeClient(cluster.connection);
    this.#corner = corner;
  }

  static async open(name: string, own?: StartedCluster): Promise<Scenario> {
    const cluster = own ?? (await useSharedCluster());
    const corner = await StoreCorner.open(cluster, `test-${randomBytes(4).toString('hex')}`);
    const scenario = new Scenario(name, cluster, corner);
    await scenario.makeNamespace(scenario.namespace);
    return scenario;
  }

  /** Its namespace, and the first part of its paths in the store: the chart's `system`. */
  get namespace(): string {
    return this.#corner.root;
  }

  /** Makes a further namespace, with the keys of the store in it. */
  async makeNamespace(name: string): Promise<void> {
    this.#namespaces.push(name);
    await this.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await this.provideStaticKeys(name);
  }

  /** Puts the store's access keys into a namespace. */
  async provideStaticKeys(namespace = this.namespace): Promise<void> {
    await provideStaticKeys(this.cluster, this.client, namespace);
  }

  /** Does something that is told with its time. */
  async step<T>(text: string, run: () => Promise<T>): Promise<T> {
    const begin = performance.now();
    const result = await run();
    this.tell(`${text}, ${formatSeconds(performance.now() - begin)}`);
    return result;
  }

  tell(text: string): void {
    this.#steps.push(text);
  }

  get parameters(): ValueStore {
    return this.#corner.stores.ParameterStore;
  }

  /** Region of the store. */
  get region(): string {
    return this.cluster.parameterStore.region;
  }

  /** A path below the scenario's own place in the store. */
  path(rest: string): string {
    return this.#corner.path(rest);
  }

  /** Writes a value below the scenario's own place: text as it is, all else as JSON. Gives its version. */
  async put(
    rest: string,
    value: string | JsonObject,
    service: AwsStoreService = 'ParameterStore',
  ): Promise<string> {
    return await this.#corner.put(rest, value, service);
  }

  /** Writes a parameter of plain text, as what is no secret is kept. */
  async putPlain(rest: string, text: string, tags?: Readonly<Record<string, string>>): Promise<void> {
    await this.#corner.putPlain(rest, text, tags);
  }

  async removeParameter(rest: string): Promise<void> {
    await this.#corner.remove(rest);
  }

  /** Installs the chart, or upgrades the release, with these values over those that every scenario needs. */
  async install(
    values: JsonObject,
    { release = RELEASE, namespace = this.namespace }: { release?: string; namespace?: string } = {},
  ): Promise<InstalledRelease> {
    const place = this.place(namespace);
    const all = { ...this.baseValues(), ...values };
    // All else of a release ends with its namespace.
    if (hasClusterStore(all)) this.#releases.set(`${namespace}/${release}`, place);
    return await this.step(`installed ${release}`, async () => {
      return await installRelease(place, { chart: CHART, release, values: all });
    });
  }

  async uninstall(release = RELEASE, namespace = this.namespace): Promise<void> {
    await this.step(`uninstalled ${release}`, async () => {
      await uninstallRelease(this.place(namespace), release);
    });
    this.#releases.delete(`${namespace}/${release}`);
  }

  place(namespace = this.namespace): ReleasePlace {
    return { kubeconfig: this.cluster.kubeconfig, namespace, signal: this.cluster.signal };
  }

  /** Values that every scenario needs: its place in the store, a store with static keys, no pods. */
  baseValues(): JsonObject {
    return {
      system: this.namespace,
      environment: 'stage',
      image: { repository: 'registry.example.com/shop', tag: '1.0.0' },
      replicaCount: 0,
      ...staticStoreValues(this.cluster),
    };
  }

  /** Waits until an ExternalSecret of the release is synced. */
  async synced(key: string, options: { namespace?: string } = {}): Promise<KubernetesObject> {
    const name = { namespace: this.namespace, name: `${RELEASE}-${key}`, ...options };
    return await this.step(`synced ${key}`, async () => {
      return await waitForSync(this.client, name, { signal: this.cluster.signal });
    });
  }

  /** Waits until the operator says that it can't sync an ExternalSecret of the release. */
  async failed(key: string): Promise<KubernetesObject> {
    const name = { namespace: this.namespace, name: `${RELEASE}-${key}` };
    return await this.step(`reported ${key} as failing`, async () => {
      return await waitForSyncFailure(this.client, name, { signal: this.cluster.signal });
    });
  }

  /** Waits until an ExternalSecret tells this reason in one of its conditions. */
  async tells(key: string, reason: string): Promise<void> {
    const name = { namespace: this.namespace, name: `${RELEASE}-${key}` };
    await waitForReason(this.client, name, { reason, signal: this.cluster.signal });
  }

  /** Has the operator read an ExternalSecret of the release again, and waits until it is synced. */
  async refreshed(key: string): Promise<Refreshed> {
    const options = { namespace: this.namespace, name: `${RELEASE}-${key}`, signal: this.cluster.signal };
    return await this.step(`refreshed ${key}`, async () => (await refresh(this.client, options))[0]!);
  }

  /**
   * Waits until an ExternalSecret of the release is synced, and is not read again before somebody asks for it.
   *
   * The Secret that the operator makes wakes it once more. Where it does not yet see by then what it has written into
   * the status, it takes the ExternalSecret for one that was never read. Of a Secret that stays as it is it makes nothing.
   */
  async settled(key: string): Promise<void> {
    await this.synced(key);
    await this.refreshed(key);
  }

  /** Asks the operator to read an ExternalSecret of the release again, and waits for nothing. */
  async askForSync(key: string): Promise<void> {
    await askForSync(this.client, { namespace: this.namespace, name: `${RELEASE}-${key}` });
  }

  /** A Secret's type, labels and so on; undefined where there is none. */
  async readSecret(name: string, namespace = this.namespace): Promise<KubernetesObject | undefined> {
    return await this.client.read({ apiVersion: 'v1', kind: 'Secret', name, namespace });
  }

  /**
   * In what a Secret is other than expected, without any value; empty where it has exactly these keys with these
   * values.
   */
  async differences(
    name: string,
    expected: Readonly<Record<string, string>>,
    namespace = this.namespace,
  ): Promise<string[]> {
    const secret = await this.readSecret(name, namespace);
    if (secret === undefined) return [`Secret ${name}: there is none`];
    return compareValues(decodeSecret(secret), expected);
  }

  /** Waits until a Secret has exactly these keys with these values. */
  async holds(name: string, expected: Readonly<Record<string, string>>, timeoutMs = 20_000): Promise<void> {
    const options = { what: `Secret ${name}: as expected`, timeoutMs, signal: this.cluster.signal };
    await this.step(`Secret ${name} as expected`, async () => {
      await waitUntil(async () => {
        const found = await this.differences(name, expected);
        if (found.length > 0) throw new Error(found.join('; '));
      }, options);
    });
  }

  /** Waits for an event whose message matches; the newest text where there are several. */
  async event(about: string, message: RegExp): Promise<ObjectEvent> {
    const { namespace } = this;
    return await waitForEvent(this.client, { namespace, about, message, signal: this.cluster.signal });
  }

  /** In what the environment of the release's containers, computed from the live objects, is other than expected. */
  async environmentDifferences(
    expected: Readonly<Record<string, string>>,
    { workload = RELEASE, namespace = this.namespace }: { workload?: string; namespace?: string } = {},
  ): Promise<string[]> {
    const { kubernetesVersion } = this.cluster;
    return await findEnvironmentDifferences(
      this.client,
      { namespace, workload, kubernetesVersion },
      expected,
    );
  }

  /** In what the environment that is told from values and store beforehand is other than expected. */
  async foretell(values: JsonObject, expected: Readonly<Record<string, string>>): Promise<string[]> {
    const { problems, variables } = await this.#foretell(values);
    return [...problems.map(({ message }) => message), ...compareValues(listValues(variables), expected)];
  }

  /** What is said beforehand to keep the release's container from starting, or from getting what it should. */
  async foretellProblems(values: JsonObject): Promise<string[]> {
    return (await this.#foretell(values)).problems.map(({ message }) => message);
  }

  async #foretell(values: JsonObject): Promise<ContainerEnvironment> {
    const { namespace, parameters } = this;
    const all = { ...this.baseValues(), ...values };
    return await foretellEnvironment({ release: RELEASE, namespace, values: all, parameters });
  }

  /** Where objects of the release are no longer as they were rendered. */
  async drift(release = RELEASE, namespace = this.namespace): Promise<string[]> {
    return await findReleaseDrift(this.client, this.place(namespace), release);
  }

  /** Prints the steps so far and what the cluster says, without values. */
  async tellWhy(): Promise<void> {
    const texts = await Promise.all(
      this.#namespaces.map(
        async (namespace) =>
          await diagnose(this.cluster, this.client, { namespace, hide: this.#corner.values }).catch(String),
      ),
    );
    process.stderr.write(`e2e: ${this.#name}: failed\n${texts.join('\n')}\n`);
  }

  async close(): Promise<void> {
    process.stderr.write(`e2e: ${this.#name}: ${this.#steps.join('; ')}\n`);
    const failures = await settle(
      [...this.#releases].map(async ([key, place]) => await uninstallRelease(place, key.split('/')[1]!)),
    );
    const removals = this.#namespaces.map(async (name) => {
      await this.client.remove({ apiVersion: 'v1', kind: 'Namespace', name });
    });
    failures.push(...(await settle(removals)), ...(await this.#corner.clear()));
    this.client.close();
    this.#corner.close();
    if (failures.length > 0) throw failures[0];
  }
}

function hasClusterStore({ secretStoreRef }: JsonObject): boolean {
  return JSON.stringify(secretStoreRef).includes('"ClusterSecretStore"');
}

async function settle(parts: Promise<unknown>[]): Promise<unknown[]> {
  const ends = await Promise.allSettled(parts);
  return ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
}
