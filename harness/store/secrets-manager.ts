import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager';
import { SecretValue } from '../manifest/secret-value.js';
import { abortWith, describeStoreError, isNamed, type StoreCall } from './store-error.js';
import type {
  GetOptions,
  PutOptions,
  StoreCallOptions,
  StoredEntry,
  StoredValue,
  ValueStore,
} from './value-store.js';

/** AWS Secrets Manager. Only secrets of text; a version is its id, `AWSCURRENT` the current one. */
export class SecretsManagerStore implements ValueStore {
  readonly service = 'SecretsManager';
  readonly #client: SecretsManagerClient;

  constructor(config: SecretsManagerClientConfig) {
    this.#client = new SecretsManagerClient(config);
  }

  async get(name: string, { version, signal }: GetOptions = {}): Promise<StoredValue | undefined> {
    return await this.#call({ what: `SecretsManager GetSecretValue ${name}`, signal }, async () => {
      try {
        const command = new GetSecretValueCommand({ SecretId: name, VersionId: version });
        const found = await this.#client.send(command, abortWith(signal));
        return {
          name,
          value: new SecretValue(found.SecretString ?? ''),
          version: found.VersionId ?? '',
          modifiedAt: found.CreatedDate,
        };
      } catch (error) {
        if (isNamed(error, [NOT_FOUND])) return undefined;
        throw error;
      }
    });
  }

  async put(name: string, value: SecretValue, { tags, signal }: PutOptions = {}): Promise<string> {
    const SecretString = value.reveal();
    return await this.#call({ what: `SecretsManager PutSecretValue ${name}`, value, signal }, async () => {
      const options = abortWith(signal);
      try {
        const command = new PutSecretValueCommand({ SecretId: name, SecretString });
        return (await this.#client.send(command, options)).VersionId ?? '';
      } catch (error) {
        if (!isNamed(error, [NOT_FOUND])) throw error;
      }
      const Tags = Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
      const command = new CreateSecretCommand({ Name: name, SecretString, Tags });
      return (await this.#client.send(command, options)).VersionId ?? '';
    });
  }

  async delete(name: string, { signal }: StoreCallOptions = {}): Promise<boolean> {
    return await this.#call({ what: `SecretsManager DeleteSecret ${name}`, signal }, async () => {
      try {
        const options = abortWith(signal);
        // A deletion by force succeeds on what is not there, too.
        await this.#client.send(new DescribeSecretCommand({ SecretId: name }), options);
        const command = new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true });
        await this.#client.send(command, options);
        return true;
      } catch (error) {
        if (isNamed(error, [NOT_FOUND])) return false;
        throw error;
      }
    });
  }

  async list(path: string, { signal }: StoreCallOptions = {}): Promise<StoredEntry[]> {
    const folder = `${path.replace(/\/+$/u, '')}/`;
    return await this.#call({ what: `SecretsManager ListSecrets ${path}`, signal }, async () => {
      const entries: StoredEntry[] = [];
      let NextToken: string | undefined;
      do {
        const command = new ListSecretsCommand({ Filters: [{ Key: 'name', Values: [folder] }], NextToken });
        const page = await this.#client.send(command, abortWith(signal));
        for (const { Name = '', LastChangedDate } of page.SecretList ?? []) {
          // The filter takes no notice of upper and lower case.
          if (Name.startsWith(folder)) entries.push({ name: Name, modifiedAt: LastChangedDate });
        }
        ({ NextToken } = page);
      } while (NextToken !== undefined);
      return entries.sort((left, right) => (left.name < right.name ? -1 : 1));
    });
  }

  close(): void {
    this.#client.destroy();
  }

  async #call<T>(call: StoreCall, run: () => Promise<T>): Promise<T> {
    try {
      call.signal?.throwIfAborted();
      return await run();
    } catch (error) {
      throw describeStoreError(call, error);
    }
  }
}

const NOT_FOUND = 'ResourceNotFoundException';
