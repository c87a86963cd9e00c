import { SecretValue } from './secret-value.js';

/**
 * Why a value cannot be told from the manifests:
 * `from-secret-store` the operator fetches it; `outside-release` it is in an object that the release does not hold;
 * `from-template` the operator makes it from a template; `encrypted` only the cluster can decrypt it;
 * `at-runtime` Kubernetes fills it in; `composed` it refers to variables that are unknown themselves;
 * `binary` it is no text; `missing` nothing provides it, and the container will not start.
 */
export type UnknownReason =
  | 'from-secret-store'
  | 'outside-release'
  | 'from-template'
  | 'encrypted'
  | 'at-runtime'
  | 'composed'
  | 'binary'
  | 'missing';

export interface UnknownValue {
  state: 'unknown';
  reason: UnknownReason;
  /** A composed value with everything filled in that is known and no secret; the rest as `$(NAME)`. */
  preview?: string;
}

/** What a process gets. A secret is known only wrapped; `absent` is a variable that will not be set at all. */
export type EnvValue =
  | { state: 'known'; text: string }
  | { state: 'hidden'; secret: SecretValue }
  | UnknownValue
  | { state: 'absent' };

/** A value known from a manifest or from outside: text, hidden when it came wrapped. */
export function knownValue(value: string | SecretValue): EnvValue {
  return value instanceof SecretValue ? { state: 'hidden', secret: value } : { state: 'known', text: value };
}

export function unknownValue(reason: UnknownReason): UnknownValue {
  return { state: 'unknown', reason };
}

/** The text of a value where it is known, secrets included: for composing, never for printing. */
export function revealValue(value: EnvValue): string | undefined {
  if (value.state === 'known') return value.text;
  return value.state === 'hidden' ? value.secret.reveal() : undefined;
}
