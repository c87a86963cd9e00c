import { SluiceError } from '../errors.js';
import type { ContainerEnvironment, EnvVariable } from '../manifest/container-environment.js';
import { effectiveEnv } from '../manifest/effective-env.js';
import { revealValue } from '../manifest/env-value.js';
import { formatOrigin } from '../manifest/format-origin.js';
import type { Manifest } from '../manifest/manifest.js';
import { SecretValue } from '../manifest/secret-value.js';
import { listWorkloads } from '../manifest/workloads.js';
import { type OpenParameterStore, openReleaseStores } from './release-stores.js';
import { readStoreContent } from './store-content.js';

export interface RunEnvironmentOptions {
  namespace: string;
  /** A name, or `Kind/name`. Default: the only one that runs for ever. */
  workload?: string | undefined;
  /** Default: the first one of the pod. */
  container?: string | undefined;
  kubernetesVersion?: string | undefined;
  openStore: OpenParameterStore;
  /** Values for what neither chart nor store can tell. */
  extra?: ReadonlyMap<string, SecretValue>;
  signal?: AbortSignal | undefined;
}

/** A variable that a process gets. */
export interface RunVariable {
  name: string;
  value: SecretValue;
  secret: boolean;
  /** `ConfigMap web-config`, `SSM /shop/prod/db › password`. */
  from: string;
}

/** What a container's process would get, as far as it can be told outside of the cluster. */
export interface RunEnvironment {
  /** `Deployment/web`. */
  workload: string;
  container: string;
  variables: readonly RunVariable[];
  /** What the pod has and this environment has not, one sentence each, by variable or source. */
  missing: readonly { name: string; why: string }[];
  /** Files that the pod has mounted. */
  files: readonly string[];
}

/**
 * Tells the environment of one container of a release with every value: configuration from the manifests, secrets from
 * the stores that the operator would read. Reads no more than this container needs.
 *
 * @throws SluiceError `NOTHING_FOUND`, `WORKLOAD_UNCLEAR` (exit code 2); the errors of the stores.
 */
export async function readRunEnvironment(
  manifests: readonly Manifest[],
  options: RunEnvironmentOptions,
): Promise<RunEnvironment> {
  const { namespace, kubernetesVersion, signal, extra = new Map<string, SecretValue>() } = options;
  const chosen = chooseContainer(manifests, options);
  const { manifest } = chosen.workload;
  const others = new Set(listWorkloads(manifests).map((one) => one.manifest));
  const needed = manifests.filter((one) => one === manifest || !others.has(one));
  const stores = await openReleaseStores(needed, options.openStore);
  const known = await readStoreContent(needed, { namespace, storeOf: stores, signal });
  const [container] = effectiveEnv(needed, {
    namespace,
    kubernetesVersion,
    known,
    workload: nameWorkload(chosen),
    container: chosen.container,
  });
  if (container === undefined) throw new Error('the container is no longer there');
  return collect(container, extra);
}

function collect(container: ContainerEnvironment, extra: ReadonlyMap<string, SecretValue>): RunEnvironment {
  const variables: RunVariable[] = [];
  const missing: { name: string; why: string }[] = [];
  for (const variable of container.variables) {
    const { name, value, secret, origin } = variable;
    if (value.state === 'absent') continue;
    const given = extra.get(name);
    const from = formatOrigin(origin, { name });
    const text = revealValue(value);
    if (text !== undefined) variables.push({ name, value: new SecretValue(text), secret, from });
    else if (given !== undefined) variables.push({ name, value: given, secret: true, from: 'your file' });
    else missing.push({ name, why: describeUnknown(variable, from) });
  }
  const names = new Set(container.variables.map(({ name }) => name));
  for (const [name, value] of extra) {
    if (!names.has(name)) variables.push({ name, value, secret: true, from: 'your file' });
  }
  for (const { source, prefix, optional } of container.openEnded) {
    if (optional) continue;
    const from = formatOrigin(source);
    missing.push({ name: `${prefix}*`, why: `what ${from} holds is not known` });
  }
  for (const { message } of container.problems) missing.push({ name: container.container, why: message });
  return {
    workload: nameWorkload(container),
    container: container.container,
    variables,
    missing,
    files: container.files.map(({ path }) => path),
  };
}

function describeUnknown({ value, problems }: EnvVariable, from: string): string {
  const [problem] = problems;
  if (problem !== undefined) return problem.message;
  const reason = value.state === 'unknown' ? value.reason : undefined;
  switch (reason) {
    case 'from-secret-store':
      return `${from} is not in the store`;
    case 'at-runtime':
      return `${from}: only a running pod has it`;
    case 'from-template':
      return `${from}: its template can only be filled in by the operator`;
    case 'composed':
      return 'it is made of variables that are not known';
    default:
      return `what ${from} holds is not known`;
  }
}

function nameWorkload({ workload }: ContainerEnvironment): string {
  const { kind, metadata } = workload.manifest.object;
  return `${kind}/${metadata.name}`;
}

const LASTING = ['Deployment', 'StatefulSet', 'DaemonSet'];

function chooseContainer(
  manifests: readonly Manifest[],
  { namespace, workload, container }: RunEnvironmentOptions,
): ContainerEnvironment {
  const all = effectiveEnv(manifests, { namespace, workload, container }).filter(
    ({ role }) => role === 'container' || container !== undefined,
  );
  const lasting = all.filter((one) => LASTING.includes(one.workload.manifest.object.kind));
  const candidates = lasting.length > 0 ? lasting : all;
  const [first] = candidates;
  const wanted = [workload, container].filter((part) => part !== undefined).join(' › ');
  if (first === undefined) {
    throw new SluiceError({
      code: 'NOTHING_FOUND',
      message: wanted === '' ? 'no workload in what was rendered' : `${wanted}: not in what was rendered`,
      remedy: 'sluice env lists every workload and container.',
      exitCode: 2,
    });
  }
  const names = [...new Set(candidates.map(nameWorkload))];
  if (names.length > 1) {
    throw new SluiceError({
      code: 'WORKLOAD_UNCLEAR',
      message: 'the release has several workloads, and each has an environment of its own',
      evidence: names.join(', '),
      remedy: `Name one: --workload ${names[0]}.`,
      exitCode: 2,
    });
  }
  return first;
}
