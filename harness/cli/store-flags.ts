import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { SluiceError } from '../errors.js';
import type { ReadParameter } from '../secrets/find-parameters.js';
import { openStore, type StoreEndpoint } from '../store/open-store.js';
import type { AwsStoreService, StoreService, ValueStore } from '../store/value-store.js';
import type { CliContext } from './cli-context.js';

/** What commander makes of the options that choose a store. */
export interface StoreFlags {
  store?: keyof typeof SERVICES;
  dotenvFile?: string;
  profile?: string;
  region?: string;
  endpointUrl?: string;
}

const SERVICES = {
  ssm: 'ParameterStore',
  'secrets-manager': 'SecretsManager',
  dotenv: 'Dotenv',
} as const satisfies Record<string, StoreService>;

/** Adds the options that say which store is meant and how it is reached, in the words of AWS's own command line. */
export function addStoreFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--store <store>', 'which store (default: as the release says, else ssm)').choices(
        Object.keys(SERVICES),
      ),
    )
    .option('--dotenv-file <file>', 'the file of --store dotenv (default: .env)')
    .option('--profile <name>', 'profile of AWS')
    .option(
      '--region <name>',
      'region of AWS (default: AWS_REGION, the profile, or as the release’s store says)',
    )
    .option('--endpoint-url <url>', 'where AWS is reached, for emulators (default: AWS_ENDPOINT_URL)');
}

/** What a parameter tells about the store that it is in. */
export type StoreHint = Pick<ReadParameter, 'service' | 'storeSpec'>;

/** The stores of one run of a command, each opened at first use. */
export interface OpenedStores extends Disposable {
  /** What `--store` says; undefined where it was not given. */
  readonly chosen: StoreService | undefined;
  /**
   * The store of a parameter; without one, what `--store` says, else Parameter Store.
   *
   * @throws SluiceError `STORE_UNSUPPORTED`, exit code 2, for a parameter in a store that is none of AWS.
   */
  of(parameter?: StoreHint): Promise<ValueStore>;
}

/** Opens the stores that flags, the environment and the release tell of. Nothing is sent before the first call. */
export function openStoresFor(flags: StoreFlags, context: CliContext): OpenedStores {
  const chosen = flags.store === undefined ? undefined : SERVICES[flags.store];
  const opened = new Map<string, Promise<ValueStore>>();
  const open = async (service: StoreService, hint: StoreHint | undefined): Promise<ValueStore> => {
    if (service === 'Dotenv') {
      const { DotenvStore } = await import('../secrets/dotenv-store.js');
      return new DotenvStore(resolve(context.cwd, flags.dotenvFile ?? '.env'));
    }
    return await openStore(describeEndpoint(flags, context, hint?.storeSpec?.region), service);
  };
  return {
    chosen,
    of: async (parameter) => {
      const service = chosen ?? (parameter === undefined ? 'ParameterStore' : requireService(parameter));
      const id = `${service} ${parameter?.storeSpec?.region ?? ''}`;
      const store = opened.get(id) ?? open(service, parameter);
      opened.set(id, store);
      return await store;
    },
    [Symbol.dispose]: () => {
      for (const store of opened.values()) {
        store.then(
          (one) => one.close(),
          () => undefined,
        );
      }
    },
  };
}

/** How AWS is reached: flags first, then the environment, then what the release says. */
export function describeEndpoint(
  { endpointUrl, region, profile }: StoreFlags,
  { env }: CliContext,
  releaseRegion?: string | undefined,
): StoreEndpoint {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  const hasKeys = profile === undefined && accessKeyId !== undefined && secretAccessKey !== undefined;
  return {
    endpointUrl: endpointUrl ?? env['AWS_ENDPOINT_URL'],
    region: region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? releaseRegion,
    profile: profile ?? env['AWS_PROFILE'],
    ...(hasKeys
      ? { credentials: { accessKeyId, secretAccessKey, sessionToken: env['AWS_SESSION_TOKEN'] } }
      : {}),
  };
}

function requireService({ service }: StoreHint): AwsStoreService {
  if (service !== undefined) return service;
  throw new SluiceError({
    code: 'STORE_UNSUPPORTED',
    message: 'the release reads this from a store that is none of AWS',
    remedy: 'sluice works on Parameter Store, Secrets Manager and dotenv files; --store and --path name one.',
    exitCode: 2,
  });
}
