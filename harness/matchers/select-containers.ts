import type { ContainerEnvironment } from '../manifest/container-environment.js';
import { effectiveEnv } from '../manifest/effective-env.js';
import type { Manifest } from '../manifest/manifest.js';
import { readStringMap } from '../manifest/read-json.js';
import type { MatcherResult } from './matcher-result.js';
import type { ReceivedRelease } from './received-release.js';

/**
 * The containers that a test means.
 *
 * `Deployment/web` is every container of a workload, `Deployment/web/app` one of them; a name alone is a workload's
 * or a container's. Without `where`: the containers of all workloads, init containers and `helm test` pods left out.
 */
export function listEnvironments(
  release: ReceivedRelease,
  where: string | undefined,
): ContainerEnvironment[] {
  const all = effectiveEnv(release.manifests, { namespace: release.namespace });
  if (where === undefined) {
    return all.filter(({ role, workload }) => role === 'container' && !isTestPod(workload.manifest));
  }
  const [first = '', name, container] = where.split('/');
  return all.filter(({ workload, container: containerName }) => {
    const { kind, metadata } = workload.manifest.object;
    if (name === undefined) return metadata.name === first || containerName === first;
    return (
      kind === first && metadata.name === name && (container === undefined || containerName === container)
    );
  });
}

/** `Deployment/web › app`. */
export function formatContainer({ workload, container }: ContainerEnvironment): string {
  const { kind, metadata } = workload.manifest.object;
  return `${kind}/${metadata.name} › ${container}`;
}

/** The answer where there is no container to look at: a failure, in either direction. */
export function noContainer(
  release: ReceivedRelease,
  where: string | undefined,
  isNot: boolean,
): MatcherResult {
  const names = effectiveEnv(release.manifests).map(formatContainer);
  const there = names.length === 0 ? 'the release has no containers' : `there are\n  ${names.join('\n  ')}`;
  return { pass: isNot, message: () => `no container${where === undefined ? '' : ` ${where}`}; ${there}` };
}

function isTestPod({ object }: Manifest): boolean {
  return /\btest\b/u.test(readStringMap(object.metadata, 'annotations')['helm.sh/hook'] ?? '');
}
