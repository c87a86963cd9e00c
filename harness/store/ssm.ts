import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersCommand,
  type Parameter,
  type ParameterHistory,
  type ParameterMetadata,
  type ParameterStringFilter,
  PutParameterCommand,
  SSMClient,
  type SSMClientConfig,
} from '@aws-sdk/client-ssm';
import { SecretValue } from '../manifest/secret-value.js';
import { type CallerOptions, configureClient, PACE_MS, StoreCaller } from './store-caller.js';
import { abortWith, isNamed, StoreError } from './store-error.js';
import type {
  GetOptions,
  PutOptions,
  StoreCallOptions,
  StoredEntry,
  StoredValue,
  ValueStore,
} from './value-store.js';

/** What one GetParameters takes. */
const NAMES_A_CALL = 10;
const DESCRIBED_A_CALL = 50;

/** AWS Systems Manager Parameter Store. Secrets are SecureStrings under the account's own key. */
export class SsmStore implements ValueStore {
  readonly service = 'ParameterStore';
  readonly #client: SSMClient;
  readonly #caller = new StoreCaller(PACE_MS);

  constructor(config: SSMClientConfig, options: CallerOptions = {}) {
    this.#client = new SSMClient({ ...configureClient(options), ...config });
  }

  async get(name: string, { version, signal }: GetOptions = {}): Promise<StoredValue | undefined> {
    const Name = version === undefined ? name : `${name}:${version}`;
    return await this.#caller.run({ what: `SSM GetParameter ${Name}`, kind: 'read', signal }, async () => {
      try {
        const command = new GetParameterCommand({ Name, WithDecryption: true });
        const { Parameter: found = {} } = await this.#client.send(command, abortWith(signal));
        return describeValue(name, found);
      } catch (error) {
        if (isNamed(error, ['ParameterNotFound', 'ParameterVersionNotFound'])) return undefined;
        throw error;
      }
    });
  }

  async getMany(
    names: readonly string[],
    { signal }: StoreCallOptions = {},
  ): Promise<Map<string, StoredValue>> {
    const wanted = [...new Set(names)];
    const calls: Promise<Parameter[]>[] = [];
    for (let at = 0; at < wanted.length; at += NAMES_A_CALL) {
      calls.push(this.#getBatch(wanted.slice(at, at + NAMES_A_CALL), signal));
    }
    const found = (await Promise.all(calls)).flat();
    const values = found.map((one) => describeValue(one.Name ?? '', one));
    return new Map(values.map((value) => [value.name, value]));
  }

  async getVersions(
    name: string,
    versions: readonly string[],
    { signal }: StoreCallOptions = {},
  ): Promise<StoredValue[]> {
    const calls: Promise<Parameter[]>[] = [];
    for (let at = 0; at < versions.length; at += NAMES_A_CALL) {
      const selectors = versions.slice(at, at + NAMES_A_CALL).map((version) => `${name}:${version}`);
      calls.push(this.#getBatch(selectors, signal));
    }
    const found = (await Promise.all(calls)).flat().map((one) => describeValue(name, one));
    return versions.flatMap((version) => found.find((one) => one.version === version) ?? []);
  }

  async describe(name: string, { signal }: StoreCallOptions = {}): Promise<StoredEntry | undefined> {
    const [found] = await this.#describe(name, { Key: 'Name', Option: 'Equals', Values: [name] }, signal);
    return found;
  }

  async history(name: string, { signal }: StoreCallOptions = {}): Promise<StoredEntry[]> {
    const entries: StoredEntry[] = [];
    let NextToken: string | undefined;
    do {
      const input = { Name: name, WithDecryption: false, MaxResults: DESCRIBED_A_CALL, NextToken };
      const page = await this.#caller.run(
        { what: `SSM GetParameterHistory ${name}`, kind: 'read', signal },
        async () => {
          try {
            return await this.#client.send(new GetParameterHistoryCommand(input), abortWith(signal));
          } catch (error) {
            if (isNamed(error, ['ParameterNotFound'])) return { Parameters: [], NextToken: undefined };
            throw error;
          }
        },
      );
      entries.push(...(page.Parameters ?? []).map(describeEntry));
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    return entries.sort((left, right) => Number(right.version) - Number(left.version));
  }

  async put(name: string, value: SecretValue, options: PutOptions = {}): Promise<string> {
    const { type = 'SecureString', tier, keyId, tags, onlyIfAbsent = false, signal } = options;
    const parameter = {
      Name: name,
      Value: value.reveal(),
      Type: type,
      ...(tier === undefined ? {} : { Tier: tier }),
      ...(keyId === undefined ? {} : { KeyId: keyId }),
    };
    const call = { what: `SSM PutParameter ${name}`, kind: 'write', value, signal } as const;
    return await this.#caller.run(call, async () => {
      if (onlyIfAbsent || tags !== undefined) {
        // AWS refuses tags together with Overwrite.
        const Tags = Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
        try {
          return await this.#send(new PutParameterCommand({ ...parameter, Tags }), signal);
        } catch (error) {
          if (!isNamed(error, ['ParameterAlreadyExists'])) throw error;
          if (onlyIfAbsent) throw describeExisting(name);
        }
      }
      return await this.#send(new PutParameterCommand({ ...parameter, Overwrite: true }), signal);
    });
  }

  async delete(name: string, { signal }: StoreCallOptions = {}): Promise<boolean> {
    return await this.#caller.run(
      { what: `SSM DeleteParameter ${name}`, kind: 'write', signal },
      async () => {
        try {
          await this.#client.send(new DeleteParameterCommand({ Name: name }), abortWith(signal));
          return true;
        } catch (error) {
          if (isNamed(error, ['ParameterNotFound'])) return false;
          throw error;
        }
      },
    );
  }

  async list(path: string, { signal }: StoreCallOptions = {}): Promise<StoredEntry[]> {
    const entries = await this.#describe(path, { Key: 'Path', Option: 'Recursive', Values: [path] }, signal);
    return entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  close(): void {
    this.#client.destroy();
  }

  async #getBatch(Names: string[], signal: AbortSignal | undefined): Promise<Parameter[]> {
    const more = Names.length === 1 ? '' : ` and ${Names.length - 1} more`;
    const call = { what: `SSM GetParameters ${Names[0]}${more}`, kind: 'read', signal } as const;
    return await this.#caller.run(call, async () => {
      const command = new GetParametersCommand({ Names, WithDecryption: true });
      const { Parameters } = await this.#client.send(command, abortWith(signal));
      return Parameters ?? [];
    });
  }

  async #describe(
    what: string,
    filter: ParameterStringFilter,
    signal: AbortSignal | undefined,
  ): Promise<StoredEntry[]> {
    const entries: StoredEntry[] = [];
    let NextToken: string | undefined;
    do {
      const input = { ParameterFilters: [filter], MaxResults: DESCRIBED_A_CALL, NextToken };
      const page = await this.#caller.run(
        { what: `SSM DescribeParameters ${what}`, kind: 'read', signal },
        async () => await this.#client.send(new DescribeParametersCommand(input), abortWith(signal)),
      );
      entries.push(...(page.Parameters ?? []).map(describeEntry));
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    return entries;
  }

  async #send(command: PutParameterCommand, signal: AbortSignal | undefined): Promise<string> {
    return String((await this.#client.send(command, abortWith(signal))).Version);
  }
}

function describeValue(name: string, found: Parameter): StoredValue {
  return {
    name,
    value: new SecretValue(found.Value ?? ''),
    version: String(found.Version ?? ''),
    modifiedAt: found.LastModifiedDate,
    type: found.Type,
  };
}

function describeEntry(found: ParameterMetadata | ParameterHistory): StoredEntry {
  const { Name = '', Version, LastModifiedDate, LastModifiedUser, Type, KeyId, Tier } = found;
  return {
    name: Name,
    version: Version === undefined ? undefined : String(Version),
    modifiedAt: LastModifiedDate,
    modifiedBy: LastModifiedUser,
    type: Type,
    keyId: KeyId,
    tier: Tier,
    ...('Labels' in found ? { labels: found.Labels } : {}),
  };
}

function describeExisting(name: string): StoreError {
  return new StoreError({
    code: 'STORE_EXISTS',
    message: `SSM PutParameter ${name}: there is one already`,
    remedy: 'Nothing was written. sluice secrets set changes what is there.',
  });
}
