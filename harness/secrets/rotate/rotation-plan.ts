import type { SecretValue } from '../../manifest/secret-value.js';
import type { AwsStoreService, StoreService, ValueStore } from '../../store/value-store.js';

/** Where a value is kept. */
export interface RotationPlace {
  service: StoreService;
  region: string | undefined;
  /** Path or name in the store; of a dotenv file its path. */
  path: string;
  /** True where the parameter is the value itself, not a JSON object with it. */
  whole: boolean;
  /** Names of the ExternalSecrets that read it. */
  externalSecrets: readonly string[];
}

/** A secret that is to be changed. */
export interface RotationTarget {
  /** As it was asked for. */
  name: string;
  /** Its name in the JSON object; the name where the value is whole. */
  key: string;
  place: RotationPlace;
}

/** What a rotation does to one place. */
export interface PlaceChange {
  place: RotationPlace;
  /** New values by name in the place; undefined takes one out. */
  after: ReadonlyMap<string, SecretValue | undefined>;
  /** What was there; undefined where nothing was. */
  before: ReadonlyMap<string, SecretValue | undefined>;
  /** Version that was read. */
  version: string | undefined;
  /** How each new value was made, for people. */
  descriptions: ReadonlyMap<string, string>;
  /** Names that were asked for and are in this place. */
  names: readonly string[];
}

/** Opens the store of a place. */
export type OpenPlace = (
  place: Pick<RotationPlace, 'service' | 'region'>,
) => Promise<ValueStore> | ValueStore;

/** Where the old value of a JSON's member is kept during a grace period, and that of a whole parameter. */
export const PREVIOUS_SUFFIX = '_PREVIOUS';
export const PREVIOUS_PATH_SUFFIX = '_previous';

/** A place and nothing else, in order to find it again. */
export function identifyPlace({ service, region, path }: RotationPlace): string {
  return JSON.stringify([service, region ?? null, path]);
}

/** `parameter /shop/prod/app`, `secret shop/prod/app`, `file .env`. */
export function describePlace({ service, path }: Pick<RotationPlace, 'service' | 'path'>): string {
  const kind: Record<AwsStoreService | 'Dotenv', string> = {
    ParameterStore: 'parameter',
    SecretsManager: 'secret',
    Dotenv: 'file',
  };
  return `${kind[service]} ${path}`;
}
