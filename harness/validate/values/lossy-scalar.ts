import type { Scalar } from 'yaml';

/** How YAML changes a scalar that is meant as text. */
export interface ScalarLoss {
  message: string;
  remedy: string;
}

/** Longer texts are not repeated in a message. */
const MAX_SHOWN_LENGTH = 40;

/**
 * What a plain (unquoted) scalar loses when it becomes a string: `1.10` arrives as `1.1`, `yes` as `true`. Undefined
 * where it arrives as written. Dates and times stay text in Helm, and `null` is taken for what it says.
 */
export function describeLoss(scalar: Scalar): ScalarLoss | undefined {
  const { source, value, type } = scalar;
  if (type !== 'PLAIN' || source === undefined || source === 'null' || typeof value === 'string')
    return undefined;
  if (value === null) return describeNull(source);
  if (typeof value !== 'number' && typeof value !== 'boolean' && typeof value !== 'bigint') return undefined;
  const arrives = String(value);
  if (arrives === source || source.length > MAX_SHOWN_LENGTH) return undefined;
  return {
    message: `${source} arrives as ${arrives}`,
    remedy: `Quote it: "${source}".`,
  };
}

function describeNull(source: string): ScalarLoss {
  const shown = source === '' ? 'an empty value' : source;
  return {
    message: `${shown} is null: the entry is left out`,
    remedy: 'Write "" for an empty text, or null where it is to be left out.',
  };
}
