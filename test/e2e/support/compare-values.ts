import type { EnvVariable } from '../../../harness/manifest/container-environment.js';
import { revealValue } from '../../../harness/manifest/env-value.js';
import type { KubernetesObject } from '../../../harness/manifest/manifest.js';

/** The keys of a Secret with their values as text. */
export function decodeSecret(secret: KubernetesObject): Map<string, string> {
  const data = (secret['data'] ?? {}) as Record<string, string>;
  return new Map(
    Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString('utf8')]),
  );
}

/** What a process gets, by name; what is not known stands as `<unknown>`. */
export function listValues(variables: readonly EnvVariable[]): Map<string, string> {
  return new Map(
    variables.flatMap(({ name, value }): [string, string][] =>
      value.state === 'absent' ? [] : [[name, revealValue(value) ?? `<${value.state}>`]],
    ),
  );
}

/** In what values are other than expected, told without any of them. */
export function compareValues(
  actual: ReadonlyMap<string, string>,
  expected: Readonly<Record<string, string>>,
): string[] {
  const names = new Set([...actual.keys(), ...Object.keys(expected)]);
  return [...names].flatMap((name) => {
    const [is, should] = [actual.get(name), expected[name]];
    if (is === should) return [];
    if (is === undefined) return [`${name}: missing`];
    if (should === undefined) return [`${name}: not expected`];
    return [`${name}: another value (${is.length} characters, expected ${should.length})`];
  });
}
