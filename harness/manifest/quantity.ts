const SCALES: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 10n ** 3n,
  m: 10n ** 6n,
  '': 10n ** 9n,
  k: 10n ** 12n,
  M: 10n ** 15n,
  G: 10n ** 18n,
  T: 10n ** 21n,
  P: 10n ** 24n,
  E: 10n ** 27n,
  Ki: 10n ** 9n * 1024n,
  Mi: 10n ** 9n * 1024n ** 2n,
  Gi: 10n ** 9n * 1024n ** 3n,
  Ti: 10n ** 9n * 1024n ** 4n,
  Pi: 10n ** 9n * 1024n ** 5n,
  Ei: 10n ** 9n * 1024n ** 6n,
};

/** Nano-units per thousandth and per whole unit. */
export const NANOS_PER_MILLI = 10n ** 6n;
export const NANOS_PER_UNIT = 10n ** 9n;

/**
 * Reads a Kubernetes quantity (`500m`, `1.5Gi`, `2e3`) as billionths of a unit, rounded up. Undefined where the text
 * is no quantity.
 */
export function parseQuantity(text: string): bigint | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:([eE])([+-]?\d{1,3})|([numkMGTPE]i?|[KMGTPE]i)?)$/u.exec(
    text.trim(),
  );
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponentMark, exponentText = '0', suffix = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const scale = SCALES[suffix];
  if (scale === undefined) return undefined;
  const exponent = exponentMark === undefined ? 0 : Number(exponentText);
  const digits = BigInt(whole + fraction) * scale;
  const shift = exponent - fraction.length;
  const size = shift >= 0 ? digits * 10n ** BigInt(shift) : divideUp(digits, 10n ** BigInt(-shift));
  return sign === '-' ? -size : size;
}

/** Divides and rounds away from zero's lower side, as the downward API does. */
export function divideUp(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor > 0n ? quotient + 1n : quotient;
}
