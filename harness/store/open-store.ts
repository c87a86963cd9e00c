import type { StoreService, ValueStore } from './value-store.js';

/** Where a store is, as `StartedCluster.parameterStore` tells it. */
export interface StoreEndpoint {
  /** Undefined: AWS itself, or what `AWS_ENDPOINT_URL` says. */
  endpointUrl?: string | undefined;
  region: string;
  /** Undefined: the usual chain of the AWS SDK. */
  credentials?: { accessKeyId: string; secretAccessKey: string } | undefined;
}

/**
 * Opens a store of this service. Nothing is sent before the first call.
 *
 * The SDK is loaded only now: it takes half a second.
 */
export async function openStore(
  { endpointUrl, region, credentials }: StoreEndpoint,
  service: StoreService = 'ParameterStore',
): Promise<ValueStore> {
  const config = {
    region,
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
    ...(credentials === undefined ? {} : { credentials }),
  };
  // Which Node this package supports is its own business, and stderr is the user's.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  if (service === 'SecretsManager') {
    const { SecretsManagerStore } = await import('./secrets-manager.js');
    return new SecretsManagerStore(config);
  }
  const { SsmStore } = await import('./ssm.js');
  return new SsmStore(config);
}
