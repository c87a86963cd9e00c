import pLimit from 'p-limit';
import type { ReadParameter } from '../find-parameters.js';
import type { OpenParameterStore } from '../release-stores.js';

const AT_ONCE = 4;

/**
 * Asks the stores by which key each value is encrypted. A search is asked for everything that it finds now.
 *
 * @throws the errors of the stores. What is not there has no key.
 */
export async function lookUpKeys(
  parameters: readonly ReadParameter[],
  { openStore, signal }: { openStore: OpenParameterStore; signal?: AbortSignal | undefined },
): Promise<(parameter: ReadParameter) => readonly string[]> {
  const limit = pLimit(AT_ONCE);
  const found = new Map<ReadParameter, string[]>();
  await Promise.all(
    parameters
      .filter(({ service }) => service !== undefined)
      .map(async (parameter) => {
        const entries = await limit(async () => {
          const store = await openStore(parameter);
          const isFind = parameter.uses.every(({ kind }) => kind === 'find');
          if (isFind) return await store.list(parameter.name, { signal });
          const entry = await store.describe(parameter.name, { signal });
          return entry === undefined ? [] : [entry];
        });
        const keys = entries.flatMap(({ keyId }) => (keyId === undefined ? [] : [keyId]));
        found.set(parameter, [...new Set(keys)]);
      }),
  );
  return (parameter) => found.get(parameter) ?? [];
}
