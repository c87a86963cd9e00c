import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  PutParameterCommand,
  SSMClient,
  type SSMClientConfig,
} from '@aws-sdk/client-ssm';
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

/** AWS Systems Manager Parameter Store. Secrets are SecureStrings under the account's own key. */
export class SsmStore implements ValueStore {
  readonly service = 'ParameterStore';
  readonly #client: SSMClient;

  constructor(config: SSMClientConfig) {
    this.#client = new SSMClient(config);
  }

  async get(name: string, { version, signal }: GetOptions = {}): Promise<StoredValue | undefined> {
    const Name = version === undefined ? name : `${name}:${version}`;
    return await this.#call({ what: `SSM GetParameter ${Name}`, signal }, async () => {
      try {
        const command = new GetParameterCommand({ Name, WithDecryption: true });
        const { Parameter } = await this.#client.send(command, abortWith(signal));
        return {
          name,
          value: new SecretValue(Parameter?.Value ?? ''),
          version: String(Parameter?.Version ?? ''),
          modifiedAt: Parameter?.LastModifiedDate,
        };
      } catch (error) {
        if (isNamed(error, ['ParameterNotFound', 'ParameterVersionNotFound'])) return undefined;
        throw error;
      }
    });
  }

  async put(
    name: string,
    value: SecretValue,
    { secret = true, tags, signal }: PutOptions = {},
  ): Promise<string> {
    const parameter = {
      Name: name,
      Value: value.reveal(),
      Type: secret ? 'SecureString' : 'String',
    } as const;
    return await this.#call({ what: `SSM PutParameter ${name}`, value, signal }, async () => {
      const options = abortWith(signal);
      if (tags !== undefined) {
        // AWS refuses tags together with Overwrite.
        const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
        try {
          const created = await this.#client.send(new PutParameterCommand({ ...parameter, Tags }), options);
          return String(created.Version);
        } catch (error) {
          if (!isNamed(error, ['ParameterAlreadyExists'])) throw error;
        }
      }
      const command = new PutParameterCommand({ ...parameter, Overwrite: true });
      return String((await this.#client.send(command, options)).Version);
    });
  }

  async delete(name: string, { signal }: StoreCallOptions = {}): Promise<boolean> {
    return await this.#call({ what: `SSM DeleteParameter ${name}`, signal }, async () => {
      try {
        await this.#client.send(new DeleteParameterCommand({ Name: name }), abortWith(signal));
        return true;
      } catch (error) {
        if (isNamed(error, ['ParameterNotFound'])) return false;
        throw error;
      }
    });
  }

  async list(path: string, { signal }: StoreCallOptions = {}): Promise<StoredEntry[]> {
    return await this.#call({ what: `SSM DescribeParameters ${path}`, signal }, async () => {
      const entries: StoredEntry[] = [];
      let NextToken: string | undefined;
      do {
        const command = new DescribeParametersCommand({
          ParameterFilters: [{ Key: 'Path', Option: 'Recursive', Values: [path] }],
          NextToken,
        });
        const page = await this.#client.send(command, abortWith(signal));
        for (const { Name = '', Version, LastModifiedDate } of page.Parameters ?? []) {
          entries.push({
            name: Name,
            version: Version === undefined ? undefined : String(Version),
            modifiedAt: LastModifiedDate,
          });
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
