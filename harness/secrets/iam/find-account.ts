import { SluiceError } from '../../errors.js';
import type { StoreEndpoint } from '../../store/open-store.js';

/** Who is calling AWS. */
export interface AwsIdentity {
  /** Twelve digits. */
  account: string;
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  partition: string;
}

/**
 * Asks AWS which account the credentials are of.
 *
 * @throws SluiceError `ACCOUNT_UNKNOWN`, exit code 3.
 */
export async function findAccount({
  endpointUrl,
  region,
  credentials,
  profile,
}: StoreEndpoint): Promise<AwsIdentity> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient({
    region: region ?? 'us-east-1',
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
  });
  try {
    const { Account = '', Arn = '' } = await client.send(new GetCallerIdentityCommand({}));
    return { account: Account, partition: Arn.split(':')[1] ?? 'aws' };
  } catch (error) {
    throw new SluiceError({
      code: 'ACCOUNT_UNKNOWN',
      message: 'STS GetCallerIdentity: AWS does not say which account this is',
      evidence: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      remedy:
        'Check the credentials (aws sts get-caller-identity), or name the account: --account 123456789012.',
      exitCode: 3,
    });
  } finally {
    client.destroy();
  }
}
