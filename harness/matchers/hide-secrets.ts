import { isJsonObject, type JsonObject, type KubernetesObject } from '../manifest/manifest.js';

/**
 * Copies objects with the values of Secrets replaced by `<hidden 1>`, `<hidden 2>` …; equal values get equal numbers,
 * so that a difference between two objects still shows without showing what it is.
 */
export class SecretHider {
  readonly #numbers = new Map<string, number>();

  hide(object: KubernetesObject): KubernetesObject {
    if (object.kind !== 'Secret') return object;
    const hidden: KubernetesObject = { ...object };
    for (const field of ['data', 'stringData']) {
      const data = object[field];
      if (isJsonObject(data)) hidden[field] = this.#hideValues(data);
    }
    return hidden;
  }

  #hideValues(data: JsonObject): JsonObject {
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, this.#number(JSON.stringify(value))]),
    );
  }

  #number(value: string): string {
    const number = this.#numbers.get(value) ?? this.#numbers.size + 1;
    this.#numbers.set(value, number);
    return `<hidden ${number}>`;
  }
}
