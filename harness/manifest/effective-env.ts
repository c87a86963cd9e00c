import { collectVariables } from './collect-variables.js';
import type { ContainerEnvironment } from './container-environment.js';
import { listFiles } from './container-files.js';
import { DataObjects } from './data-objects.js';
import { selectEnvNameRule, skipsInvalidEnvFromNames } from './env-name.js';
import type { Manifest } from './manifest.js';
import { ManifestIndex } from './manifest-index.js';
import type { KnownContent } from './object-content.js';
import { readName } from './read-json.js';
import { parseManifestName } from './select-manifests.js';
import { listWorkloads, type Workload } from './workloads.js';

export interface EffectiveEnvOptions {
  /** Only these: a name, or `Kind/name`. Default: every workload. */
  workload?: string | undefined;
  /** Only this container of each workload. Default: every container. */
  container?: string | undefined;
  /** The release's namespace. Default: not known. */
  namespace?: string | undefined;
  /** `1.30` to `1.36`: the rules for names differ. Default: the newest. */
  kubernetesVersion?: string | undefined;
  /** What is known beside the manifests, such as live objects or the contents of a store. Default: nothing. */
  known?: KnownContent | undefined;
}

/**
 * What Kubernetes puts before the process of every container: its variables with their origins, what they shadow,
 * what cannot be known yet, and its mounted files.
 *
 * Follows the kubelet's `makeEnvironmentVariables`. Pure: nothing is read but the arguments, and no secret value
 * is given out unwrapped.
 */
export function effectiveEnv(
  manifests: readonly Manifest[],
  options: EffectiveEnvOptions = {},
): ContainerEnvironment[] {
  const index = new ManifestIndex(manifests, options.namespace);
  const objects = new DataObjects(index, options.known);
  const nameRule = selectEnvNameRule(options.kubernetesVersion);
  const skipsInvalidNames = skipsInvalidEnvFromNames(options.kubernetesVersion);
  return listWorkloads(index.manifests)
    .filter((workload) => options.workload === undefined || isNamed(workload, options.workload))
    .flatMap((workload) =>
      workload.containers
        .filter(({ name }) => options.container === undefined || name === options.container)
        .map((container) => {
          const namespace = readName(workload.manifest.object.metadata, 'namespace');
          const actualNamespace = index.namespaceOf(workload.manifest);
          return {
            workload,
            container: container.name,
            role: container.role,
            pointer: container.pointer,
            ...collectVariables({
              objects,
              workload,
              container,
              namespace,
              actualNamespace,
              nameRule,
              skipsInvalidNames,
            }),
            files: listFiles(workload, container, { objects, namespace }),
          };
        }),
    );
}

function isNamed({ manifest: { object } }: Workload, wanted: string): boolean {
  if (!wanted.includes('/')) return object.metadata.name === wanted;
  const { kind, name } = parseManifestName(wanted);
  return object.kind.toLowerCase() === kind?.toLowerCase() && object.metadata.name === name;
}
