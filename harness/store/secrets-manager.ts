import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { SecretValue } from '../manifest/secret-value.js';
import { type CallerOptions, configureClient, StoreCaller } from './store-caller.js';
import { abortWith, isNamed, isTransient, StoreError } from './store-error.js';
import type {
  GetOptions,
  PutOptions,
  StoreCallOptions,
  StoredEntry,
  StoredValue,
  ValueStore,
} from './value-store.js';

const NOT_FOUND = 'ResourceNotFoundException';
const CURRENT = 'AWSCURRENT';

/** AWS Secrets Manager. Only secrets of text; a version is its id, `AWSCURRENT` the current one. */
export class SecretsManagerStore implements ValueStore {
  readonly service = 'SecretsManager';
  readonly #client: SecretsManagerClient;
  readonly #caller = new StoreCaller();

  constructor(config: SecretsManagerClientConfig, options: CallerOptions = {}) {
    this.#client = new SecretsManagerClient({ ...configureClient(options), ...config });
  }

  async get(name: string, { version, signal }: GetOptions = {}): Promise<StoredValue | undefined> {
    const call = { what: `SecretsManager GetSecretValue ${name}`, kind: 'read', signal } as const;
    return await this.#caller.run(call, async () => {
      try {
        const command = new GetSecretValueCommand({ SecretId: name, VersionId: version });
        return describeValue(name, await this.#client.send(command, abortWith(signal)));
      } catch (error) {
        if (isNamed(error, [NOT_FOUND])) return undefined;
        throw error;
      }
    });
  }

  /** One call each: reading many in one call needs a right of its own, which readers of secrets do not have. */
  async getMany(names: readonly string[], options: StoreCallOptions = {}): Promise<Map<string, StoredValue>> {
    const found = await Promise.all([...new Set(names)].map(async (name) => await this.get(name, options)));
    return new Map(found.flatMap((value) => (value === undefined ? [] : [[value.name, value]])));
  }

  async getVersions(
    name: string,
    versions: readonly string[],
    options: StoreCallOptions = {},
  ): Promise<StoredValue[]> {
    const found = versions.map(async (version) => await this.get(name, { ...options, version }));
    return (await Promise.all(found)).flatMap((value) => value ?? []);
  }

  async describe(name: string, { signal }: StoreCallOptions = {}): Promise<StoredEntry | undefined> {
    const call = { what: `SecretsManager DescribeSecret ${name}`, kind: 'read', signal } as const;
    return await this.#caller.run(call, async () => {
      try {
        const found = await this.#client.send(
          new DescribeSecretCommand({ SecretId: name }),
          abortWith(signal),
        );
        const versions = Object.entries(found.VersionIdsToStages ?? {});
        const version = versions.find(([, stages]) => stages.includes(CURRENT))?.[0];
        return { name, version, modifiedAt: found.LastChangedDate, keyId: found.KmsKeyId };
      } catch (error) {
        if (isNamed(error, [NOT_FOUND])) return undefined;
        throw error;
      }
    });
  }

  async history(name: string, { signal }: StoreCallOptions = {}): Promise<StoredEntry[]> {
    const entries: StoredEntry[] = [];
    let NextToken: string | undefined;
    do {
      const input = { SecretId: name, IncludeDeprecated: true, NextToken };
      const call = { what: `SecretsManager ListSecretVersionIds ${name}`, kind: 'read', signal } as const;
      const page = await this.#caller.run(call, async () => {
        try {
          return await this.#client.send(new ListSecretVersionIdsCommand(input), abortWith(signal));
        } catch (error) {
          if (isNamed(error, [NOT_FOUND])) return { Versions: [], NextToken: undefined };
          throw error;
        }
      });
      for (const { VersionId, CreatedDate, VersionStages = [] } of page.Versions ?? []) {
        entries.push({ name, version: VersionId, modifiedAt: CreatedDate, labels: VersionStages });
      }
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    return entries.sort(byAge);
  }

  async put(name: string, value: SecretValue, options: PutOptions = {}): Promise<string> {
    const { signal, onlyIfAbsent = false } = options;
    // The same token makes a repeated call the same write, so that a lost answer can be asked for again.
    const ClientRequestToken = randomUUID();
    const call = { what: `SecretsManager PutSecretValue ${name}`, kind: 'write', value, signal } as const;
    return await this.#caller.run(call, async () => {
      const abort = abortWith(signal);
      const input = { SecretString: value.reveal(), ClientRequestToken };
      if (!onlyIfAbsent) {
        try {
          const command = new PutSecretValueCommand({ SecretId: name, ...input });
          return await repeatOnce(async () => (await this.#client.send(command, abort)).VersionId ?? '');
        } catch (error) {
          if (!isNamed(error, [NOT_FOUND])) throw error;
        }
      }
      const Tags = Object.entries(options.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
      const command = new CreateSecretCommand({ Name: name, ...input, Tags, KmsKeyId: options.keyId });
      try {
        return (await this.#client.send(command, abort)).VersionId ?? '';
      } catch (error) {
        if (isNamed(error, ['ResourceExistsException']) && onlyIfAbsent) throw describeExisting(name);
        throw error;
      }
    });
  }

  async putOver(
    { name, version }: Pick<StoredValue, 'name' | 'version'>,
    value: SecretValue,
    { signal }: PutOptions = {},
  ): Promise<string | undefined> {
    const token = randomUUID();
    // Under a label of its own first: it becomes the current one only if that still is the one that was read.
    const stage = `sluice-${token}`;
    const call = { what: `SecretsManager PutSecretValue ${name}`, kind: 'write', value, signal } as const;
    return await this.#caller.run(call, async () => {
      const abort = abortWith(signal);
      const written = new PutSecretValueCommand({
        SecretId: name,
        SecretString: value.reveal(),
        ClientRequestToken: token,
        VersionStages: [stage],
      });
      await repeatOnce(async () => await this.#client.send(written, abort));
      const moved = await this.#moveCurrent({ name, from: version, to: token }, signal);
      const drop = { SecretId: name, VersionStage: stage, RemoveFromVersionId: token };
      await this.#client.send(new UpdateSecretVersionStageCommand(drop), abort);
      return moved ? token : undefined;
    });
  }

  async delete(name: string, { signal }: StoreCallOptions = {}): Promise<boolean> {
    const call = { what: `SecretsManager DeleteSecret ${name}`, kind: 'write', signal } as const;
    return await this.#caller.run(call, async () => {
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
    const entries: StoredEntry[] = [];
    let NextToken: string | undefined;
    do {
      const input = { Filters: [{ Key: 'name' as const, Values: [folder] }], NextToken };
      const call = { what: `SecretsManager ListSecrets ${path}`, kind: 'read', signal } as const;
      const page = await this.#caller.run(
        call,
        async () => await this.#client.send(new ListSecretsCommand(input), abortWith(signal)),
      );
      for (const { Name = '', LastChangedDate, KmsKeyId } of page.SecretList ?? []) {
        // The filter takes no notice of upper and lower case.
        if (Name.startsWith(folder))
          entries.push({ name: Name, modifiedAt: LastChangedDate, keyId: KmsKeyId });
      }
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    return entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  close(): void {
    this.#client.destroy();
  }

  async #moveCurrent(
    { name, from, to }: { name: string; from: string; to: string },
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const move = new UpdateSecretVersionStageCommand({
      SecretId: name,
      VersionStage: CURRENT,
      RemoveFromVersionId: from,
      MoveToVersionId: to,
    });
    try {
      await this.#client.send(move, abortWith(signal));
      return true;
    } catch (error) {
      // A lost answer, or somebody else's version is the current one by now: which of both, the store tells.
      if (!isTransient(error) && !isNamed(error, ['InvalidParameterException', 'InvalidRequestException']))
        throw error;
      const now = await this.describe(name, { signal });
      if (now?.version === to) return true;
      if (now?.version === from) throw error;
      return false;
    }
  }
}

async function repeatOnce<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!isTransient(error)) throw error;
    return await send();
  }
}

interface FoundSecret {
  SecretString?: string | undefined;
  VersionId?: string | undefined;
  CreatedDate?: Date | undefined;
  VersionStages?: string[] | undefined;
}

function describeValue(name: string, found: FoundSecret): StoredValue {
  return {
    name,
    value: new SecretValue(found.SecretString ?? ''),
    version: found.VersionId ?? '',
    modifiedAt: found.CreatedDate,
    labels: found.VersionStages,
  };
}

function byAge(left: StoredEntry, right: StoredEntry): number {
  const isCurrent = ({ labels }: StoredEntry): number => (labels?.includes(CURRENT) ? 1 : 0);
  return (
    isCurrent(right) - isCurrent(left) ||
    (right.modifiedAt?.getTime() ?? 0) - (left.modifiedAt?.getTime() ?? 0)
  );
}

function describeExisting(name: string): StoreError {
  return new StoreError({
    code: 'STORE_EXISTS',
    message: `SecretsManager CreateSecret ${name}: there is one already`,
    remedy: 'Nothing was written. sluice secrets set changes what is there.',
  });
}
