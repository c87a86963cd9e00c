import type { StartedCluster } from '../cluster/cluster.js';
import { SluiceError } from '../errors.js';
import { waitUntil } from '../exec/wait-until.js';
import type { Release } from '../helm/render-chart.js';
import type { KubeClient } from '../kube/kube-client.js';
import type { ContainerEnvironment } from '../manifest/container-environment.js';
import { revealValue } from '../manifest/env-value.js';
import type { KubernetesObject } from '../manifest/manifest.js';
import { readStringMap } from '../manifest/read-json.js';
import { SecretValue } from '../manifest/secret-value.js';
import { diagnose, listEvents } from '../secrets/diagnose.js';
import { readLiveEnvironment } from '../secrets/live-environment.js';
import { askForSync, refresh } from '../secrets/refresh.js';
import { waitForSync, waitForSyncFailure } from '../secrets/wait-for-sync.js';
import type { ValueStore } from '../store/value-store.js';
import type { Rotation } from './life-pods.js';
import { count, formatDuration, type StepOutcome } from './life-report.js';
import {
  formatContent,
  listSources,
  makeSampleParameters,
  makeSecret,
  type SampleParameter,
  type SampleSource,
} from './sample-secrets.js';

const GONE_WITHIN_MS = 30_000;

export interface LifeSceneOptions {
  cluster: StartedCluster;
  client: KubeClient;
  store: ValueStore;
  namespace: string;
  release: Release;
  signal: AbortSignal | undefined;
}

/** A release, a store and a cluster, and what is done to the secret between them. */
export class LifeScene {
  readonly cluster: StartedCluster;
  readonly namespace: string;
  readonly release: Release;
  readonly #client: KubeClient;
  readonly #store: ValueStore;
  readonly #signal: AbortSignal | undefined;
  readonly #parameters: SampleParameter[];
  readonly #sources: SampleSource[];
  readonly #written: string[] = [];
  readonly #values: SecretValue[] = [];
  /** The key that is rotated, and when its new value was stored. */
  #rotated: { key: string; value: SecretValue; at: number; before: ReadonlyMap<string, string> } | undefined;

  constructor({ cluster, client, store, namespace, release, signal }: LifeSceneOptions) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.release = release;
    this.#client = client;
    this.#store = store;
    this.#signal = signal;
    this.#parameters = makeSampleParameters(release.manifests);
    this.#sources = listSources(release.manifests);
  }

  /** Applies what must be there before the release. */
  async provide(objects: readonly KubernetesObject[]): Promise<void> {
    const name = { apiVersion: 'v1', kind: 'Namespace', name: this.namespace };
    if ((await this.#client.read(name, this.#call)) === undefined) {
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.namespace } };
      await this.#client.apply(namespace, this.#call);
    }
    for (const object of objects) await this.#client.apply(object, this.#call);
  }

  async fillStore(): Promise<StepOutcome> {
    for (const { path, content, versions } of this.#parameters) {
      await this.#requireFree(path);
      this.#written.push(path);
      for (let version = 1; version <= versions; version += 1) await this.#put(path, formatContent(content));
      if (content instanceof SecretValue) this.#values.push(content);
      else this.#values.push(...content.values());
    }
    return {
      text: `${count(this.#parameters.length, 'parameter')} with made-up values stored`,
      details: this.#parameters.map(({ path, content }) => `${path}  ${describeContent(content)}`),
    };
  }

  /** Removes what was stored. */
  async emptyStore(): Promise<void> {
    for (const path of this.#written) await this.#store.delete(path);
  }

  async waitForAll(): Promise<StepOutcome> {
    const begin = performance.now();
    const synced = await Promise.all(
      this.#sources.map(async ({ name }) => {
        await waitForSync(this.#client, { namespace: this.namespace, name }, this.#call);
        return `${name}  ${formatDuration(performance.now() - begin)}`;
      }),
    );
    return { text: `${count(synced.length, 'ExternalSecret')} synced`, details: synced };
  }

  async readEnvironment(): Promise<{ outcome: StepOutcome; environments: ContainerEnvironment[] }> {
    const environments = await readLiveEnvironment(this.#client, {
      namespace: this.namespace,
      selector: `app.kubernetes.io/instance=${this.release.name}`,
      kubernetesVersion: this.cluster.kubernetesVersion,
      signal: this.#signal,
    });
    const problems = environments.flatMap(({ problems: own, variables }) => [
      ...own,
      ...variables.flatMap((variable) => variable.problems),
    ]);
    if (problems.length > 0) throw incomplete(problems.map(({ message }) => message).join('\n'));
    const stored = new Set(this.#values.map((value) => value.reveal()));
    const variables = environments.flatMap((environment) => environment.variables);
    const arrived = variables.filter(({ value }) => stored.has(revealValue(value) ?? ''));
    if (arrived.length === 0) throw incomplete('no container has a variable with a stored value');
    const text = `${count(environments.length, 'container')}, ${count(variables.length, 'variable')}, ${arrived.length} of them as stored`;
    return { outcome: { text }, environments };
  }

  async rotate(): Promise<StepOutcome> {
    const { source, parameter } = this.#subject;
    // The operator may read the new value before anybody asks: what was there is known before it is stored.
    const before = await this.#readSecret(source.target);
    const content = new Map(parameter.content as ReadonlyMap<string, SecretValue>);
    const names = [...content.keys()];
    const key = names.find((name) => /PASSWORD|SECRET|TOKEN/iu.test(name)) ?? names[0] ?? '';
    const value = makeSecret();
    this.#values.push(value);
    content.set(key, value);
    parameter.content = content;
    const version = await this.#put(parameter.path, formatContent(content));
    this.#rotated = { key, value, at: performance.now(), before };
    return { text: `${key} of ${parameter.path} changed, version ${version}` };
  }

  async follow(): Promise<StepOutcome> {
    const { source } = this.#subject;
    if (this.#rotated === undefined) throw new Error('nothing was rotated');
    const { key, value, at, before } = this.#rotated;
    await refresh(this.#client, { namespace: this.namespace, name: source.name, ...this.#call });
    const followedMs = performance.now() - at;
    const after = await this.#readSecret(source.target);
    const changed = [...after].filter(([name, now]) => before.get(name) !== now).map(([name]) => name);
    // A template makes other keys of them.
    const arrived = after.has(key) ? after.get(key) === value.reveal() : changed.length > 0;
    const others = [...before.keys()].filter((name) => !changed.includes(name));
    if (!arrived || before.size !== after.size) {
      throw incomplete(`Secret ${source.target}: changed are ${changed.join(', ') || 'none'}`);
    }
    return {
      text: `Secret ${source.target} has it ${formatDuration(followedMs)} after it was stored, ${count(others.length, 'other key')} intact`,
    };
  }

  /** What was rotated. */
  get rotation(): Rotation {
    if (this.#rotated === undefined) throw new Error('nothing was rotated');
    return { target: this.#subject.source.target, key: this.#rotated.key, at: this.#rotated.at };
  }

  async breakJson(): Promise<StepOutcome> {
    const { source, parameter } = this.#subject;
    const before = await this.#readSecret(source.target);
    await this.#put(parameter.path, new SecretValue(formatContent(parameter.content).reveal().slice(0, -1)));
    await askForSync(this.#client, { namespace: this.namespace, name: source.name, signal: this.#signal });
    const name = { namespace: this.namespace, name: source.name };
    await waitForSyncFailure(this.#client, name, this.#call);
    requireSame(source.target, before, await this.#readSecret(source.target));
    const events = await listEvents(this.#client, this.namespace);
    const cause = events.findLast(
      ({ about, type }) => type === 'Warning' && about === `ExternalSecret ${source.name}`,
    );
    return {
      text: `the last } of the JSON cut off: the operator reports it, Secret ${source.target} keeps its last good values`,
      details: cause === undefined ? [] : [`event ${cause.reason}: ${this.#hide(cause.message)}`],
    };
  }

  async mend(): Promise<StepOutcome> {
    const { source, parameter } = this.#subject;
    const before = await this.#readSecret(source.target);
    const begin = performance.now();
    await this.#put(parameter.path, formatContent(parameter.content));
    await askForSync(this.#client, { namespace: this.namespace, name: source.name, signal: this.#signal });
    await waitForSync(this.#client, { namespace: this.namespace, name: source.name }, this.#call);
    requireSame(source.target, before, await this.#readSecret(source.target));
    return {
      text: `the JSON is whole again: synced ${formatDuration(performance.now() - begin)} later, without another install`,
    };
  }

  /** Names of what the release made and did not take with it; waits for the cluster's own cleaning up. */
  async listLeft(): Promise<string[]> {
    const list = async (): Promise<string[]> => {
      const owned = this.#sources.flatMap(({ name, target, owned: isOwned }) => [
        { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', name },
        ...(isOwned ? [{ apiVersion: 'v1', kind: 'Secret', name: target }] : []),
      ]);
      const found = await Promise.all(
        owned.map(async (reference) => {
          const there = await this.#client.read({ ...reference, namespace: this.namespace }, this.#call);
          return there === undefined ? [] : [`${reference.kind} ${reference.name}`];
        }),
      );
      return found.flat();
    };
    const probe = async (): Promise<string[]> => {
      const left = await list();
      if (left.length > 0) throw new Error(left.join(', '));
      return left;
    };
    const options = {
      what: 'everything of the release: gone',
      timeoutMs: GONE_WITHIN_MS,
      signal: this.#signal,
    };
    return await waitUntil(probe, options);
  }

  /** What the cluster tells about the secrets, without a value. */
  async explain(): Promise<string[]> {
    const options = { namespace: this.namespace, hide: this.#values };
    return (await diagnose(this.cluster, this.#client, options)).split('\n');
  }

  close(): void {
    this.#client.close();
    this.#store.close();
  }

  get #call() {
    return { signal: this.#signal };
  }

  /** The secret whose life it is. */
  get #subject(): { source: SampleSource; parameter: SampleParameter } {
    for (const source of this.#sources) {
      const parameter = this.#parameters.find(({ path, whole }) => whole && source.extracts.includes(path));
      if (parameter !== undefined) return { source, parameter };
    }
    throw new Error('no ExternalSecret takes a whole JSON object');
  }

  async #put(path: string, value: SecretValue): Promise<string> {
    this.#values.push(value);
    return await this.#store.put(path, value, this.#call);
  }

  // A store that is not ours may hold somebody's.
  async #requireFree(path: string): Promise<void> {
    if (this.cluster.provider !== 'existing') return;
    if ((await this.#store.get(path, this.#call)) === undefined) return;
    throw new SluiceError({
      code: 'E2E_PARAMETER_EXISTS',
      message: `parameter ${path}: there is one already, and it is not touched`,
      remedy: 'Choose an environment whose parameters are not there: the values decide the paths.',
      exitCode: 2,
    });
  }

  async #readSecret(name: string): Promise<ReadonlyMap<string, string>> {
    const reference = { apiVersion: 'v1', kind: 'Secret', name, namespace: this.namespace };
    const secret = await this.#client.read(reference, this.#call);
    if (secret === undefined) throw incomplete(`Secret ${name}: there is none`);
    return new Map(
      Object.entries(readStringMap(secret, 'data')).map(([key, text]) => [
        key,
        Buffer.from(text, 'base64').toString('utf8'),
      ]),
    );
  }

  #hide(text: string): string {
    return this.#values.reduce((rest, value) => rest.replaceAll(value.reveal(), '<hidden>'), text);
  }
}

function requireSame(
  name: string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): void {
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  const changed = keys.filter((key) => before.get(key) !== after.get(key));
  if (changed.length > 0) throw incomplete(`Secret ${name}: changed are ${changed.join(', ')}`);
}

function incomplete(evidence: string): SluiceError {
  return new SluiceError({ code: 'E2E_INCOMPLETE', message: 'not what should be there', evidence });
}

function describeContent(content: SampleParameter['content']): string {
  return content instanceof SecretValue ? 'one value' : `JSON: ${[...content.keys()].join(', ')}`;
}
