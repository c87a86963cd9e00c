import type { ContainerEnvironment, EnvVariable } from '../../manifest/container-environment.js';
import { SecretValue } from '../../manifest/secret-value.js';
import type { GivenVariable } from './check-contract.js';

/** What the containers of one workload get, ready to be compared with a contract. */
export interface WorkloadVariables {
  /** `Kind/name`. */
  workload: string;
  variables: readonly GivenVariable[];
  /** True where a source may hold further names. */
  mayHoldMore: boolean;
}

/**
 * The variables of every workload: of its application containers together, since a side-car does not need what its
 * neighbour does. What Kubernetes itself fills in (the name of the pod) is no matter of a contract.
 */
export function listWorkloadVariables(containers: readonly ContainerEnvironment[]): WorkloadVariables[] {
  const workloads = new Map<string, ContainerEnvironment[]>();
  for (const container of containers) {
    if (container.role !== 'container') continue;
    const { kind, metadata } = container.workload.manifest.object;
    const name = `${kind}/${metadata.name}`;
    workloads.set(name, [...(workloads.get(name) ?? []), container]);
  }
  return [...workloads].map(([workload, members]) => {
    const variables = new Map<string, GivenVariable>();
    for (const variable of members.flatMap((one) => one.variables)) {
      const given = describeVariable(variable);
      if (given !== undefined && !variables.has(given.name)) variables.set(given.name, given);
    }
    const mayHoldMore = members.some(({ openEnded }) => openEnded.length > 0);
    return { workload, variables: [...variables.values()], mayHoldMore };
  });
}

function describeVariable({ name, value, origin, secret }: EnvVariable): GivenVariable | undefined {
  if (origin.type === 'field' || origin.type === 'resource-field' || value.state === 'absent')
    return undefined;
  if (value.state === 'unknown' && value.reason === 'missing') return undefined;
  return { name, value: readValue(value), exposed: !secret && isPlain(origin) };
}

function readValue(value: EnvVariable['value']): SecretValue | undefined {
  if (value.state === 'known') return new SecretValue(value.text);
  return value.state === 'hidden' ? value.secret : undefined;
}

function isPlain(origin: EnvVariable['origin']): boolean {
  return (
    origin.type === 'config-map' ||
    origin.type === 'literal' ||
    (origin.type === 'existing' && origin.kind === 'ConfigMap')
  );
}
