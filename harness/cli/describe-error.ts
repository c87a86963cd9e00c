import { SluiceError } from '../errors.js';

/** A failure as documents and lists tell it. */
export interface DescribedError {
  code: string;
  message: string;
  evidence: string | undefined;
  remedy: string | undefined;
}

/** The parts of a failure; what nobody foresaw is told by its message. */
export function describeError(error: unknown): DescribedError {
  if (error instanceof SluiceError) {
    return {
      code: error.code,
      message: error.shortMessage,
      evidence: error.evidence,
      remedy: error.remedy,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'UNEXPECTED', message, evidence: undefined, remedy: undefined };
}
