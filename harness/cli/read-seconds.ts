import { InvalidArgumentError } from 'commander';

/** Reads a number of seconds, fractions too, as milliseconds. */
export function readSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !Number.isFinite(seconds) || seconds <= 0)
    throw new InvalidArgumentError('Not a number of seconds.');
  return Math.round(seconds * 1000);
}
