import type { MatcherState } from 'vitest';
import type { ContainerEnvironment } from '../manifest/container-environment.js';
import { formatOrigin } from '../manifest/format-origin.js';
import { readName, readObject, readObjects, readString } from '../manifest/read-json.js';
import type { MatcherResult } from './matcher-result.js';
import { readRelease } from './received-release.js';
import { formatContainer, listEnvironments, noContainer } from './select-containers.js';
import { showDifference } from './show-difference.js';

/**
 * `expect(release).toHaveEnvFrom('Deployment/web', ['ConfigMap/web-config', 'Secret/web-external'])`
 *
 * A list is the whole of `envFrom`, in order. A single text is one of them, or what it is read from:
 * `SSM /platform/web/prod/app`.
 */
export function toHaveEnvFrom(
  this: MatcherState,
  received: unknown,
  ...args: readonly unknown[]
): MatcherResult {
  const release = readRelease(received, 'toHaveEnvFrom');
  const where = args.length > 1 ? String(args[0]) : undefined;
  const expected = args.at(-1);
  const containers = listEnvironments(release, where);
  if (containers.length === 0) return noContainer(release, where, this.isNot);
  const results = containers.map((container) => ({
    container,
    isSo: Array.isArray(expected)
      ? this.equals(listSources(container), expected)
      : hasSource(container, String(expected)),
  }));
  const pass = this.isNot ? results.some(({ isSo }) => isSo) : results.every(({ isSo }) => isSo);
  return {
    pass,
    message: () =>
      results
        .filter(({ isSo }) => isSo === pass)
        .map(({ container }) => (pass ? describeThere(container) : describeOther(container, expected)))
        .join('\n\n'),
  };
}

/** `envFrom` as a list of `Kind/name`, a prefix before it as `PREFIX_*=`. */
function listSources({ workload, pointer }: ContainerEnvironment): string[] {
  const container = workload.containers.find((one) => one.pointer === pointer)?.container;
  return readObjects(container, 'envFrom').map(({ item }) => {
    const configMap = readName(readObject(item, 'configMapRef'), 'name');
    const name = configMap ?? readName(readObject(item, 'secretRef'), 'name') ?? '';
    const prefix = readString(item, 'prefix') ?? '';
    return `${prefix === '' ? '' : `${prefix}*=`}${configMap === undefined ? 'Secret' : 'ConfigMap'}/${name}`;
  });
}

function listOrigins({ openEnded, variables, pointer }: ContainerEnvironment): string[] {
  const given = variables
    .flatMap(({ origin, shadows }) => [...shadows, origin])
    .filter((origin) => origin.pointer.startsWith(`${pointer}/envFrom/`));
  return [...openEnded.map(({ source }) => source), ...given].map((origin) => formatOrigin(origin));
}

function hasSource(container: ContainerEnvironment, wanted: string): boolean {
  return [...listSources(container), ...listOrigins(container)].some(
    (source) => source === wanted || source.startsWith(`${wanted} › `) || source.endsWith(`*=${wanted}`),
  );
}

function describeThere(container: ContainerEnvironment): string {
  return `expected another envFrom of ${formatContainer(container)}, but it is ${listSources(container).join(', ')}`;
}

function describeOther(container: ContainerEnvironment, expected: unknown): string {
  const sources = listSources(container);
  if (Array.isArray(expected)) {
    return `expected another envFrom of ${formatContainer(container)}\n\n${showDifference(expected, sources)}`;
  }
  const origins = [...new Set(listOrigins(container))].map((origin) => `\n  ${origin}`).join('');
  const there =
    sources.length === 0 ? 'it has none' : `it has ${sources.join(', ')}, which hold${origins || ' nothing'}`;
  return `expected ${String(expected)} in envFrom of ${formatContainer(container)}; ${there}`;
}
