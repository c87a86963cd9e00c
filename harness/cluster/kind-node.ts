import { delimiter, dirname } from 'node:path';
import type { DockerEngine } from '../docker/docker-engine.js';
import { findContainerProcess } from '../docker/find-container-process.js';
import { CommandError, SluiceError } from '../errors.js';
import type { ProcessIdentity } from '../exec/process-identity.js';
import { type RunCommandOptions, runCommand } from '../exec/run-command.js';
import { waitUntil } from '../exec/wait-until.js';
import type { KubeClient } from '../kube/kube-client.js';
import { waitForCondition } from '../kube/wait-for-condition.js';
import { readObject, readString } from '../manifest/read-json.js';
import type { PodGroup } from '../platform/other-containers.js';
import type { KindRecord } from './cluster-state.js';
import { formatKindConfig } from './kind-config.js';

const CONTAINERD_WITHIN_MS = 120_000;
const READY_WITHIN_MS = 180_000;

/** Those that resolve names for all others. */
export const DNS_PODS: PodGroup = { namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns' };

/** Port of the API server in an engine that nobody else uses. */
const OWN_API_PORT = 6443;

/** Environment of the docker client and of kind: this process's own, led to the engine and to no other. */
export function engineEnvironment({ docker, engineEnv }: Pick<KindRecord, 'docker' | 'engineEnv'>) {
  const own = Object.entries(process.env).filter(
    ([name]) => engineEnv['DOCKER_HOST'] === undefined || !/^DOCKER_(?:CONTEXT|TLS|CERT)/u.test(name),
  );
  return {
    ...Object.fromEntries(own),
    ...engineEnv,
    PATH: `${dirname(docker)}${delimiter}${process.env['PATH'] ?? ''}`,
    KIND_EXPERIMENTAL_PROVIDER: 'docker',
  };
}

/** Runs the docker client, led to the cluster's engine. */
export async function runDocker(record: KindRecord, args: readonly string[], signal?: AbortSignal) {
  return await runCommand(record.docker, args, {
    env: engineEnvironment(record),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Runs kind, led to the cluster's engine. */
export async function runKind(
  record: KindRecord,
  args: readonly string[],
  options: Pick<RunCommandOptions, 'input' | 'signal' | 'errorCode' | 'onStart'> = {},
) {
  return await runCommand(record.program, args, { env: engineEnvironment(record), group: true, ...options });
}

export interface CreateNodeOptions {
  engine: DockerEngine;
  record: KindRecord;
  /** File to write. */
  kubeconfig: string;
  signal: AbortSignal;
  /** Writes the record down. */
  write: () => void;
}

/**
 * Has kind create the cluster and write its kubeconfig. It does not wait until the node is ready, and leaves what there
 * is where it fails, so that its logs can be read.
 *
 * @throws CommandError `KIND_CREATE_FAILED` with kind's words.
 */
export async function createNode(options: CreateNodeOptions): Promise<void> {
  const { engine, record, kubeconfig, signal, write } = options;
  const { clusterName, nodeImage } = record;
  const input = formatKindConfig({
    clusterName,
    nodeImage,
    apiServerAddress: engine.apiServerAddress,
    apiServerPort: engine.owned ? OWN_API_PORT : undefined,
  });
  const args = ['create', 'cluster', '--config=-', `--kubeconfig=${kubeconfig}`, '--wait=0s', '--retain'];
  const note = (creation?: ProcessIdentity): void => {
    if (creation === undefined) delete record.creation;
    else record.creation = creation;
    write();
  };
  await runKind(record, args, { input, signal, errorCode: 'KIND_CREATE_FAILED', onStart: note });
  note();
}

/** Waits until the node takes images. */
export async function waitForContainerd(record: KindRecord, signal: AbortSignal): Promise<void> {
  await waitUntil(
    async (ended) => {
      await runDocker(record, ['exec', record.node, 'ctr', '--namespace=k8s.io', 'version'], ended);
    },
    {
      what: `node ${record.node}: its containerd answers`,
      timeoutMs: CONTAINERD_WITHIN_MS,
      intervalMs: 250,
      signal,
    },
  ).catch((error: unknown) => {
    throw shortenDockerWords(error);
  });
}

/**
 * Waits until the address by which pods know the API server leads there, some time after the node takes pods: kube-proxy
 * sees to it. A pod that asks before may go on asking in vain for half a minute, since a connection stays where it began.
 */
export async function waitForServices(
  client: KubeClient,
  record: KindRecord,
  signal: AbortSignal,
): Promise<void> {
  const reference = { apiVersion: 'v1', kind: 'Service', namespace: 'default', name: 'kubernetes' };
  await waitUntil(
    async (ended) => {
      const spec = readObject(await client.read(reference, { signal: ended }), 'spec');
      const address = readString(spec, 'clusterIP');
      if (address === undefined) throw new Error('it has no address yet');
      const connect = `timeout 1 bash -c '</dev/tcp/${address}/443'`;
      await runDocker(record, ['exec', record.node, 'bash', '-c', connect], ended);
    },
    {
      what: `node ${record.node}: the address of Service kubernetes leads to the API server`,
      timeoutMs: READY_WITHIN_MS,
      intervalMs: 250,
      signal,
    },
  ).catch((error: unknown) => {
    throw shortenDockerWords(error);
  });
}

// What docker says of a container that is not there yet is the last thing seen, with the whole command line.
function shortenDockerWords(error: unknown): unknown {
  if (!(error instanceof SluiceError) || !(error.cause instanceof CommandError)) return error;
  const { code, shortMessage, cause } = error;
  return new SluiceError({ code, message: shortMessage, evidence: cause.stderr.trim(), cause });
}

/** The first process of one of the cluster's containers; undefined where the engine runs on another machine. */
export async function findProcess(
  record: KindRecord,
  container: string,
): Promise<ProcessIdentity | undefined> {
  // Elsewhere every engine runs in a machine of its own.
  if (process.platform !== 'linux') return undefined;
  const { stdout } = await runDocker(record, ['inspect', '--format={{.Id}}', container]);
  return findContainerProcess(stdout.trim());
}

/** Waits until the node takes pods, namespaces have their ServiceAccounts, and names are resolved. */
export async function waitForNode(client: KubeClient, node: string, signal: AbortSignal): Promise<void> {
  const options = { timeoutMs: READY_WITHIN_MS, signal };
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace: 'default' };
  const coredns = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'coredns', namespace: 'kube-system' };
  await Promise.all([
    waitForCondition(client, { apiVersion: 'v1', kind: 'Node', name: node }, { type: 'Ready', ...options }),
    waitForCondition(client, coredns, { type: 'Available', ...options }),
    waitUntil(
      async (ended) => {
        if ((await client.read(account, { signal: ended })) === undefined) throw new Error('there is none');
      },
      { ...options, what: 'ServiceAccount default/default' },
    ),
  ]);
}
