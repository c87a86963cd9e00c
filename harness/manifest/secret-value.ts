import { inspect } from 'node:util';

const HIDDEN = '<hidden>';

/**
 * A secret that is known but must not be seen by accident.
 *
 * Printing it, putting it into a template string, logging, comparing in an assertion or turning it to JSON
 * gives `<hidden>`. The value is given out by {@link SecretValue.reveal} only.
 */
export class SecretValue {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The secret itself. Call it only where the value is needed, never to print it. */
  reveal(): string {
    return this.#value;
  }

  /** Number of UTF-16 units, to tell an empty secret from a filled one. */
  get length(): number {
    return this.#value.length;
  }

  /** True when both hold the same secret. */
  equals(other: SecretValue): boolean {
    return this.#value === other.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.toPrimitive](): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
