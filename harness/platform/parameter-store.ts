/** An endpoint that speaks AWS's protocols for parameters, secrets, keys and tokens. */
export interface ParameterStore {
  /** Which one it is, such as `localstack`, `moto`, `aws`: reports name it. */
  name: string;
  /** Of the program behind it, where that is known. */
  version?: string | undefined;
  /** Why it is not the preferred one. */
  reason?: string | undefined;
  /** Such as `http://127.0.0.1:24112`; undefined for AWS itself. */
  endpointUrl?: string | undefined;
  /** Where pods reach it, if that is another place. */
  podUrl?: string | undefined;
  region: string;
  /** Undefined: the usual chain of the AWS SDK. */
  credentials?: StoreCredentials | undefined;
}

export interface StoreCredentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/** Region of the stores that are started here; they keep each region apart. */
export const LOCAL_REGION = 'us-east-1';

/** What a store that checks no signatures is called with. */
export const LOCAL_CREDENTIALS: StoreCredentials = { accessKeyId: 'test', secretAccessKey: 'test' };
