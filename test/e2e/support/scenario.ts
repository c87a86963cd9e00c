import { randomBytes } from 'node:crypto';
import { test as base } from 'vitest';
import type { StartedCluster } from '../../../harness/cluster/cluster.js';
import { findDrift } from '../../../harness/e2e/find-drift.js';
import { formatSeconds, waitUntil } from '../../../harness/exec/wait-until.js';
import {
  type InstalledRelease,
  installRelease,
  type ReleasePlace,
  readReleaseManifests,
  uninstallRelease,
} from '../../../harness/helm/helm-release.js';
import { renderChart } from '../../../harness/helm/render-chart.js';
import { KubeClient, refer } from '../../../harness/kube/kube-client.js';
import { formatConditions, readConditions } from '../../../harness/kube/wait-for-condition.js';
import type { ContainerEnvironment, EnvVariable } from '../../../harness/manifest/container-environment.js';
import { effectiveEnv } from '../../../harness/manifest/effective-env.js';
import { revealValue } from '../../../harness/manifest/env-value.js';
import {
  formatObjectName,
  type JsonObject,
  type KubernetesObject,
} from '../../../harness/manifest/manifest.js';
import { SecretValue } from '../../../harness/manifest/secret-value.js';
import { diagnose, listEvents, type ObjectEvent } from '../../../harness/secrets/diagnose.js';
import { readLiveEnvironment } from '../../../harness/secrets/live-environment.js';
import { askForSync, type Refreshed, refresh } from '../../../harness/secrets/refresh.js';
import { readStoreContent } from '../../../harness/secrets/store-content.js';
import {
  referToExternalSecret,
  waitForSync,
  waitForSyncFailure,
} from '../../../harness/secrets/wait-for-sync.js';
import { openStore } from '../../../harness/store/open-store.js';
import type { StoreService, ValueStore } from '../../../harness/store/value-store.js';
import { CHART } from './release.js';
import { useSharedCluster } from './shared.js';
import { provideStaticKeys, staticStoreValues } from './static-store.js';

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
  readonly cluster: StartedCluster;
  readonly client: KubeClient;
  /** Its namespace, and the first part of its paths in the store: the chart's `system`. */
  readonly namespace = `test-${randomBytes(4).toString('hex')}`;
  readonly #name: string;
  readonly #stores: Readonly<Record<StoreService, ValueStore>>;
  readonly #releases = new Map<string, ReleasePlace>();
  readonly #paths = new Set<string>();
  readonly #values: SecretValue[] = [];
  readonly #namespaces: string[] = [];
  readonly #steps: string[] = [];

  private constructor(
    name: string,
    cluster: StartedCluster,
    stores: Readonly<Record<StoreService, ValueStore>>,
  ) {
    this.#name = name;
    this.cluster = cluster;
    this.client = new KubeClient(cluster.connection);
    this.#stores = stores;
  }

  static async open(name: string, own?: StartedCluster): Promise<Scenario> {
    const cluster = own ?? (await useSharedCluster());
    const stores = {
      ParameterStore: await openStore(cluster.parameterStore),
      SecretsManager: await openStore(cluster.parameterStore, 'SecretsManager'),
    };
    const scenario = new Scenario(name, cluster, stores);
    await scenario.makeNamespace(scenario.namespace);
    return scenario;
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
    return this.#stores.ParameterStore;
  }

  /** Region of the store. */
  get region(): string {
    return this.cluster.parameterStore.region;
  }

  /** A path below the scenario's own place in the store. */
  path(rest: string): string {
    return `/${this.namespace}/${rest}`;
  }

  /** Writes a value below the scenario's own place: text as it is, all else as JSON. Gives its version. */
  async put(
    rest: string,
    value: string | JsonObject,
    service: StoreService = 'ParameterStore',
  ): Promise<string> {
    const secret = new SecretValue(typeof value === 'string' ? value : JSON.stringify(value));
    this.#values.push(secret);
    if (typeof value === 'object')
      this.#values.push(...listTexts(value).map((text) => new SecretValue(text)));
    this.#paths.add(`${service} ${this.path(rest)}`);
    return await this.#stores[service].put(this.path(rest), secret);
  }

  /** Writes a parameter of plain text, as what is no secret is kept. */
  async putPlain(rest: string, text: string, tags?: Readonly<Record<string, string>>): Promise<void> {
    this.#paths.add(`ParameterStore ${this.path(rest)}`);
    const options = { secret: false, ...(tags === undefined ? {} : { tags }) };
    await this.parameters.put(this.path(rest), new SecretValue(text), options);
  }

  async removeParameter(rest: string): Promise<void> {
    await this.#stores.ParameterStore.delete(this.path(rest));
  }

  /** Installs the chart, or upgrades the release, with these values over those that every scenario needs. */
  async install(
    values: JsonObject,
    { release = RELEASE, namespace = this.namespace }: { release?: string; namespace?: string } = {},
  ): Promise<InstalledRelease> {
    const place = this.place(namespace);
    this.#releases.set(`${namespace}/${release}`, place);
    return await this.step(`installed ${release}`, async () => {
      const all = { ...this.baseValues(), ...values };
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
    const reference = referToExternalSecret({ namespace: this.namespace, name: `${RELEASE}-${key}` });
    const options = {
      what: `ExternalSecret ${key}: ${reason}`,
      timeoutMs: 20_000,
      signal: this.cluster.signal,
    };
    await waitUntil(async () => {
      const object = await this.client.read(reference);
      if (object === undefined) throw new Error('there is none');
      if (!readConditions(object).some((one) => one.reason === reason))
        throw new Error(formatConditions(object));
    }, options);
  }

  /** Has the operator read an ExternalSecret of the release again, and waits until it is synced. */
  async refreshed(key: string): Promise<Refreshed> {
    const options = { namespace: this.namespace, name: `${RELEASE}-${key}`, signal: this.cluster.signal };
    return await this.step(`refreshed ${key}`, async () => (await refresh(this.client, options))[0]!);
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
    return compare(decodeSecret(secret), expected);
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
    return await waitUntil(
      async () => {
        const events = (await listEvents(this.client, this.namespace)).filter((one) => one.about === about);
        const found = events.find((one) => message.test(one.message));
        if (found !== undefined) return found;
        throw new Error(events.map((one) => one.message).join('; ') || 'no event');
      },
      { what: `event of ${about}: ${message}`, timeoutMs: 20_000, signal: this.cluster.signal },
    );
  }

  /** In what the environment of the release's containers, computed from the live objects, is other than expected. */
  async environmentDifferences(
    expected: Readonly<Record<string, string>>,
    { workload = RELEASE, namespace = this.namespace }: { workload?: string; namespace?: string } = {},
  ): Promise<string[]> {
    const [container] = await readLiveEnvironment(this.client, {
      namespace,
      workload,
      kubernetesVersion: this.cluster.kubernetesVersion,
    });
    if (container === undefined) return [`workload ${workload}: there is none`];
    const problems = container.problems.map(({ message }) => message);
    return [
      ...problems,
      ...container.openEnded.map(({ source }) => `open: ${source.name}`),
      ...compare(listValues(container.variables), expected),
    ];
  }

  /** In what the environment that is told from values and store beforehand is other than expected. */
  async foretell(values: JsonObject, expected: Readonly<Record<string, string>>): Promise<string[]> {
    const { problems, variables } = await this.#foretell(values);
    return [...problems.map(({ message }) => message), ...compare(listValues(variables), expected)];
  }

  /** What is said beforehand to keep the release's container from starting, or from getting what it should. */
  async foretellProblems(values: JsonObject): Promise<string[]> {
    return (await this.#foretell(values)).problems.map(({ message }) => message);
  }

  async #foretell(values: JsonObject): Promise<ContainerEnvironment> {
    const { namespace } = this;
    const all = { ...this.baseValues(), ...values };
    const { manifests } = await renderChart({ chart: CHART, release: RELEASE, namespace, values: all });
    const known = await readStoreContent(manifests, { namespace, storeOf: () => this.parameters });
    return effectiveEnv(manifests, { namespace, known, workload: RELEASE })[0]!;
  }

  /** Where objects of the release are no longer as they were rendered. */
  async drift(release = RELEASE, namespace = this.namespace): Promise<string[]> {
    const manifests = await readReleaseManifests(this.place(namespace), release);
    const found = manifests.map(async ({ object }) => {
      const reference = refer(object);
      const live = await this.client.read({ ...reference, namespace: reference.namespace ?? namespace });
      const name = formatObjectName(object);
      return live === undefined
        ? [`${name}: gone`]
        : findDrift(object, live).map((text) => `${name} ${text}`);
    });
    return (await Promise.all(found)).flat();
  }

  /** Prints the steps so far and what the cluster says, without values. */
  async tellWhy(): Promise<void> {
    const texts = await Promise.all(
      this.#namespaces.map(
        async (namespace) =>
          await diagnose(this.cluster, this.client, { namespace, hide: this.#values }).catch(String),
      ),
    );
    process.stderr.write(`e2e: ${this.#name}: failed\n${texts.join('\n')}\n`);
  }

  async close(): Promise<void> {
    process.stderr.write(`e2e: ${this.#name}: ${this.#steps.join('; ')}\n`);
    const failures: unknown[] = [];
    const run = async (parts: Promise<unknown>[]): Promise<void> => {
      for (const end of await Promise.allSettled(parts))
        if (end.status === 'rejected') failures.push(end.reason);
    };
    await run(
      [...this.#releases].map(async ([key, place]) => await uninstallRelease(place, key.split('/')[1]!)),
    );
    await run([
      ...this.#namespaces.map(async (name) => {
        await this.client.remove({ apiVersion: 'v1', kind: 'Namespace', name });
      }),
      ...[...this.#paths].map(async (one) => {
        const [service, path] = one.split(' ') as [StoreService, string];
        await this.#stores[service].delete(path);
      }),
    ]);
    this.client.close();
    for (const store of Object.values(this.#stores)) store.close();
    if (failures.length > 0) throw failures[0];
  }
}

/** The keys of a Secret with their values as text. */
export function decodeSecret(secret: KubernetesObject): Map<string, string> {
  const data = (secret['data'] ?? {}) as Record<string, string>;
  return new Map(
    Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString('utf8')]),
  );
}

function listValues(variables: readonly EnvVariable[]): Map<string, string> {
  return new Map(
    variables.flatMap(({ name, value }): [string, string][] =>
      value.state === 'absent' ? [] : [[name, revealValue(value) ?? `<${value.state}>`]],
    ),
  );
}

function compare(actual: ReadonlyMap<string, string>, expected: Readonly<Record<string, string>>): string[] {
  const names = new Set([...actual.keys(), ...Object.keys(expected)]);
  return [...names].flatMap((name) => {
    const [is, should] = [actual.get(name), expected[name]];
    if (is === should) return [];
    if (is === undefined) return [`${name}: missing`];
    if (should === undefined) return [`${name}: not expected`];
    return [`${name}: another value (${is.length} characters, expected ${should.length})`];
  });
}

function listTexts(value: JsonObject): string[] {
  return Object.values(value).filter((text): text is string => typeof text === 'string' && text.length > 3);
}
