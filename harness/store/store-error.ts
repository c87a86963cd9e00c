import { SluiceError } from '../errors.js';
import type { SecretValue } from '../manifest/secret-value.js';

/** A call to a store, for its error. */
export interface StoreCall {
  /** Such as `SSM PutParameter /shop/prod/db`. */
  what: string;
  /** What must not be in the error, though the service says it back. */
  value?: SecretValue | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The error for a call that a store refused or did not answer.
 *
 * AWS quotes refused input in its messages, values too: those are taken out.
 */
export function describeStoreError({ what, value, signal }: StoreCall, error: unknown): unknown {
  if (signal?.aborted) return signal.reason;
  const name = error instanceof Error ? error.name : '';
  const text = error instanceof Error ? error.message || readCode(error) || name : String(error);
  const evidence = `${name}: ${hideValue(text, value)}`;
  // The original is no cause: it holds the request, and with it the value.
  if (readStatus(error) === undefined) {
    return new SluiceError({
      code: 'STORE_UNREACHABLE',
      message: `${what}: no answer`,
      evidence,
      remedy: 'Check the endpoint (AWS_ENDPOINT_URL), the region (AWS_REGION) and the credentials.',
      exitCode: 3,
    });
  }
  if (DENIED.test(name)) {
    return new SluiceError({
      code: 'STORE_ACCESS_DENIED',
      message: `${what}: not allowed`,
      evidence,
      remedy: 'Grant the action to who is calling (aws sts get-caller-identity), for this name and its key.',
    });
  }
  const code = THROTTLED.test(name) ? 'STORE_THROTTLED' : 'STORE_REFUSED';
  return new SluiceError({ code, message: `${what}: refused`, evidence });
}

/** How the SDK is told of a signal. */
export function abortWith(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

/** True for an error that carries one of these names. */
export function isNamed(error: unknown, names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

const DENIED =
  /^(?:AccessDenied(?:Exception)?|UnrecognizedClientException|InvalidSignatureException|ExpiredToken(?:Exception)?|InvalidClientTokenId)$/u;
const THROTTLED = /Throttl|TooManyRequests|TooManyUpdates|RequestLimitExceeded|SlowDown/u;

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
