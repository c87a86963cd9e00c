import type { AwsStoreService, ValueStore } from './value-store.js';

/** Where a store is, as `StartedCluster.parameterStore` tells it. */
export interface StoreEndpoint {
  /** Undefined: AWS itself, or what `AWS_ENDPOINT_URL` says. */
  endpointUrl?: string | undefined;
  /** Undefined: as `AWS_REGION` or the profile says. */
  region?: string | undefined;
  /** Undefined: the usual chain of the AWS SDK. */
  credentials?:
    | { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined }
    | undefined;
  /** Profile of `~/.aws/config`, where no credentials are given. */
  profile?: string | undefined;
  /** Longest wait for an answer, in milliseconds. Default 15,000. */
  timeoutMs?: number | undefined;
}

/**
 * Opens a store of this service. Nothing is sent before the first call.
 *
 * The SDK is loaded only now: it takes half a second.
 */
export async function openStore(
  { endpointUrl, region, credentials, profile, timeoutMs }: StoreEndpoint,
  service: AwsStoreService = 'ParameterStore',
): Promise<ValueStore> {
  const config = {
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
    ...(profile === undefined ? {} : { profile }),
    ...(credentials === undefined
      ? {}
      : {
          credentials: {
            accessKeyId: credentials.accessKeyId,
            secretAccessKey: credentials.secretAccessKey,
            ...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken }),
          },
        }),
  };
  // Which Node this package supports is its own business, and stderr is the user's.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  if (service === 'SecretsManager') {
    const { SecretsManagerStore } = await import('./secrets-manager.js');
    return new SecretsManagerStore(config, { timeoutMs });
  }
  const { SsmStore } = await import('./ssm.js');
  return new SsmStore(config, { timeoutMs });
}
