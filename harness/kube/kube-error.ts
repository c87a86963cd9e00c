import { SluiceError } from '../errors.js';

export interface KubeApiErrorOptions {
  /** Such as `PATCH https://127.0.0.1:21034/api/v1/namespaces/shop`. */
  request: string;
  /** HTTP status. */
  status: number;
  /** Kubernetes' own word, such as `NotFound`, `Forbidden`, `Invalid`. */
  reason: string;
  text: string;
  /** What it says of single fields. */
  causes?: readonly FieldCause[];
}

/** A field that a server refuses. */
export interface FieldCause {
  /** In the server's own writing, such as `spec.template.spec.containers[0].image`; empty for the whole object. */
  field: string;
  message: string;
}

/** An API server that answered, and refused. */
export class KubeApiError extends SluiceError {
  override readonly name: string = 'KubeApiError';
  readonly status: number;
  readonly reason: string;
  readonly causes: readonly FieldCause[];

  constructor({ request, status, reason, text, causes = [] }: KubeApiErrorOptions) {
    super({ code: 'KUBE_API', message: `${request}: ${status} ${reason}`.trimEnd(), evidence: text });
    this.status = status;
    this.reason = reason;
    this.causes = causes;
  }
}

/** An API server that could not be reached, or is not the one it should be. */
export function describeUnreachable(request: string, error: unknown): SluiceError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text = error instanceof Error ? error.message : String(error);
  return new SluiceError({
    code: 'KUBE_UNREACHABLE',
    message: `${request}: no answer`,
    evidence: text.includes(code) ? text : `${code} ${text}`,
    exitCode: 3,
    cause: error,
  });
}
