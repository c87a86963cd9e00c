import { SluiceError, type SluiceErrorOptions } from '../errors.js';
import type { SecretValue } from '../manifest/secret-value.js';

/** A call to a store, for its error. */
export interface StoreCall {
  /** Such as `SSM PutParameter /shop/prod/db`. */
  what: string;
  /** What must not be in the error, though the service says it back. */
  value?: SecretValue | undefined;
  signal?: AbortSignal | undefined;
}

/** A call that a store refused or did not answer. */
export class StoreError extends SluiceError {
  override readonly name: string = 'StoreError';
  /** True where nothing tells whether the store did what it was asked: the answer was lost, or told of a failure inside. */
  readonly mayHaveHappened: boolean;

  constructor({ mayHaveHappened = false, ...options }: SluiceErrorOptions & { mayHaveHappened?: boolean }) {
    super(options);
    this.mayHaveHappened = mayHaveHappened;
  }
}

/**
 * The error for a call that a store refused or did not answer.
 *
 * AWS quotes refused input in its messages, values too: those are taken out.
 */
export function describeStoreError({ what, value, signal }: StoreCall, error: unknown): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof SluiceError) return error;
  const name = error instanceof Error ? error.name : '';
  const text = error instanceof Error ? error.message || readCode(error) || name : String(error);
  const isBroken = isBrokenAnswer(error);
  // What can't be parsed is quoted by who can't parse it.
  const evidence = isBroken
    ? 'Half of an answer, or one that is no JSON.'
    : `${name}: ${hideValue(text, value)}`;
  // The original is no cause: it holds the request, and with it the value.
  if (NO_CREDENTIALS.test(name) || EXPIRED.test(name)) return withoutCredentials(what, evidence);
  if (name === 'Error' && /region is missing/iu.test(text)) return withoutRegion(what);
  const status = readStatus(error);
  if (status === undefined || isBroken) {
    return new StoreError({
      code: 'STORE_UNREACHABLE',
      message: `${what}: no answer`,
      evidence,
      remedy: 'Check the endpoint (AWS_ENDPOINT_URL), the region (AWS_REGION) and the credentials.',
      exitCode: 3,
      mayHaveHappened: true,
    });
  }
  if (DENIED.test(name)) {
    return new StoreError({
      code: 'STORE_ACCESS_DENIED',
      message: `${what}: not allowed`,
      evidence,
      remedy: 'Grant the action to who is calling (aws sts get-caller-identity), for this name and its key.',
    });
  }
  if (isThrottled(error)) {
    return new StoreError({
      code: 'STORE_THROTTLED',
      message: `${what}: refused`,
      evidence,
      remedy: 'The account is asked too often: run it again in a minute, nothing is half done.',
    });
  }
  const mayHaveHappened = status >= 500;
  return new StoreError({ code: 'STORE_REFUSED', message: `${what}: refused`, evidence, mayHaveHappened });
}

/** How the SDK is told of a signal. */
export function abortWith(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

/** True for an error that carries one of these names. */
export function isNamed(error: unknown, names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

/** True where the store refused a call because there are too many; it did nothing. */
export function isThrottled(error: unknown): boolean {
  return error instanceof Error && THROTTLED.test(error.name);
}

/** True where there was no answer, half of one, or one that tells of a failure inside the store. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof SluiceError) return false;
  if (NO_CREDENTIALS.test(error.name) || /region is missing/iu.test(error.message)) return false;
  const status = readStatus(error);
  return status === undefined || status >= 500 || isBrokenAnswer(error);
}

const DENIED =
  /^(?:AccessDenied(?:Exception)?|UnrecognizedClientException|InvalidSignatureException|IncompleteSignature(?:Exception)?)$/u;
const EXPIRED =
  /^(?:ExpiredToken(?:Exception)?|RequestExpired|InvalidClientTokenId|TokenRefreshRequired|ExpiredTokenException)$/u;
const NO_CREDENTIALS = /^(?:CredentialsProviderError|TokenProviderError)$/u;
const THROTTLED = /Throttl|TooManyRequests|TooManyUpdates|RequestLimitExceeded|SlowDown/u;

/** True where the store said yes, and what it said after that can't be read. */
function isBrokenAnswer(error: unknown): boolean {
  const status = readStatus(error);
  return (error instanceof Error && error.name === 'SyntaxError') || (status !== undefined && status < 300);
}

function withoutCredentials(what: string, evidence: string): StoreError {
  return new StoreError({
    code: 'STORE_CREDENTIALS',
    message: `${what}: no valid credentials`,
    evidence,
    remedy: 'Log in anew (aws sso login), or choose credentials with --profile or AWS_PROFILE.',
    exitCode: 3,
  });
}

function withoutRegion(what: string): StoreError {
  return new StoreError({
    code: 'STORE_REGION',
    message: `${what}: no region`,
    remedy: 'Name it with --region, AWS_REGION, or in the profile.',
    exitCode: 2,
  });
}

function hideValue(text: string, value: SecretValue | undefined): string {
  const quoted = text.replaceAll(/\bValue '.*?' at '/gsu, "Value '<hidden>' at '");
  if (value === undefined || value.length === 0) return quoted;
  return quoted.replaceAll(value.reveal(), '<hidden>');
}

function readStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  return (error.$metadata as { httpStatusCode?: number }).httpStatusCode;
}

function readCode(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}
