import { InvalidArgumentError } from 'commander';

/** Reads a whole number above 0, for commander. */
export function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('It is a whole number above 0.');
  return count;
}
