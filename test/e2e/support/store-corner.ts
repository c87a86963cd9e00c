import type { StartedCluster } from '../../../harness/cluster/cluster.js';
import type { JsonObject } from '../../../harness/manifest/manifest.js';
import { SecretValue } from '../../../harness/manifest/secret-value.js';
import { openStore } from '../../../harness/store/open-store.js';
import type { AwsStoreService, ValueStore } from '../../../harness/store/value-store.js';

/** A part of a cluster's stores, below one first part of paths; what is put there is removed in the end. */
export class StoreCorner {
  /** Everything that was written: never to be printed. */
  readonly values: SecretValue[] = [];
  readonly #paths = new Map<string, { service: AwsStoreService; path: string }>();

  private constructor(
    readonly root: string,
    readonly stores: Readonly<Record<AwsStoreService, ValueStore>>,
  ) {}

  static async open({ parameterStore }: StartedCluster, root: string): Promise<StoreCorner> {
    return new StoreCorner(root, {
      ParameterStore: await openStore(parameterStore),
      SecretsManager: await openStore(parameterStore, 'SecretsManager'),
    });
  }

  /** A path below the root. */
  path(rest: string): string {
    return `/${this.root}/${rest}`;
  }

  /** Writes a value: text as it is, all else as JSON. Gives its version. */
  async put(rest: string, value: string | JsonObject, service: AwsStoreService): Promise<string> {
    const secret = new SecretValue(typeof value === 'string' ? value : JSON.stringify(value));
    this.values.push(secret);
    if (typeof value === 'object') this.values.push(...listTexts(value).map((text) => new SecretValue(text)));
    return await this.stores[service].put(this.#note(rest, service), secret);
  }

  /** Writes a parameter of plain text, as what is no secret is kept. */
  async putPlain(rest: string, text: string, tags?: Readonly<Record<string, string>>): Promise<void> {
    const options = { type: 'String' as const, ...(tags === undefined ? {} : { tags }) };
    await this.stores.ParameterStore.put(this.#note(rest, 'ParameterStore'), new SecretValue(text), options);
  }

  async remove(rest: string): Promise<void> {
    await this.stores.ParameterStore.delete(this.path(rest));
  }

  /** Removes everything that was put here, to the end. Gives what could not be. */
  async clear(): Promise<unknown[]> {
    const ends = await Promise.allSettled(
      [...this.#paths.values()].map(async ({ service, path }) => await this.stores[service].delete(path)),
    );
    return ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  }

  close(): void {
    for (const store of Object.values(this.stores)) store.close();
  }

  #note(rest: string, service: AwsStoreService): string {
    const path = this.path(rest);
    this.#paths.set(`${service} ${path}`, { service, path });
    return path;
  }
}

function listTexts(value: JsonObject): string[] {
  return Object.values(value).filter((text): text is string => typeof text === 'string' && text.length > 3);
}
