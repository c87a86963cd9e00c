import {
  DeleteParameterCommand,
  ParameterNotFound,
  type ParameterType,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { onTestFinished } from 'vitest';
import type { ParameterStore } from '../../../harness/platform/parameter-store.js';

/** A client of a cluster's parameter store, closed when the test has ended. */
export function openParameters({ endpointUrl, region, credentials }: ParameterStore): SSMClient {
  const client = new SSMClient({
    region,
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  onTestFinished(() => client.destroy());
  return client;
}

export interface Parameter {
  name: string;
  value: string;
  /** Default `SecureString`. */
  type?: ParameterType;
}

/** Writes a parameter and has it removed when the test has ended; gives its version. */
export async function putParameter(
  client: SSMClient,
  { name, value, type = 'SecureString' }: Parameter,
): Promise<number> {
  const put = new PutParameterCommand({ Name: name, Value: value, Type: type, Overwrite: true });
  const { Version = 0 } = await client.send(put);
  if (Version === 1) onTestFinished(async () => await removeParameter(client, name));
  return Version;
}

/** Removes a parameter; one that is gone already is no failure. */
export async function removeParameter(client: SSMClient, name: string): Promise<void> {
  await client.send(new DeleteParameterCommand({ Name: name })).catch((error: unknown) => {
    if (!(error instanceof ParameterNotFound)) throw error;
  });
}
