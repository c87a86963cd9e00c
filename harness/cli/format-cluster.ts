import type { ClusterReport } from '../cluster/describe-clusters.js';
import { quoteArguments } from '../errors.js';
import { formatSeconds } from '../exec/wait-until.js';
import type { ParameterStore } from '../platform/parameter-store.js';
import type { Colors } from './colors.js';
import { formatTable } from './format-table.js';

/** What a cluster is and how it is used, with lines to paste. */
export function formatClusterUse(cluster: ClusterReport, colors: Colors): string {
  const took = cluster.startedInMs === undefined ? '' : ` after ${formatSeconds(cluster.startedInMs)}`;
  return [
    `${colors.bold(`cluster ${cluster.name}`)} ready${took}${formatTotal(cluster)}`,
    ...formatPlaces(cluster),
    'use it',
    ...formatExports(cluster).map((line) => `  ${colors.cyan(line)}`),
    'remove it',
    `  ${colors.cyan(`sluice cluster down ${cluster.name}`)}`,
  ].join('\n');
}

/** Lines for a shell that lead kubectl, helm and the AWS tools to the cluster. */
export function formatExports({ kubeconfig, parameterStore }: ClusterReport): string[] {
  const variables = { KUBECONFIG: kubeconfig, ...formatStoreVariables(parameterStore) };
  return Object.entries(variables).map(([name, value]) => `export ${name}=${quoteArguments([value])}`);
}

/** Environment that leads the AWS tools to a store. */
export function formatStoreVariables(store: ParameterStore | undefined): Record<string, string> {
  if (store === undefined) return {};
  const { endpointUrl, region, credentials } = store;
  return {
    ...(endpointUrl === undefined ? {} : { AWS_ENDPOINT_URL: endpointUrl }),
    AWS_REGION: region,
    ...(credentials === undefined
      ? {}
      : {
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        }),
  };
}

export interface FormatOptions {
  colors: Colors;
  /** Width of the terminal. */
  columns: number | undefined;
}

/** Everything about a cluster, component by component. */
export function formatClusterStatus(cluster: ClusterReport, { colors, columns }: FormatOptions): string {
  const paint = { ready: colors.green, starting: colors.yellow, broken: colors.red }[cluster.state];
  const owner = cluster.ownerPid === undefined ? '' : `, ends with process ${cluster.ownerPid}`;
  return [
    `${colors.bold(`cluster ${cluster.name}`)} ${paint(cluster.state)}${owner}${formatTotal(cluster)}`,
    ...formatPlaces(cluster),
    ...(cluster.components.length === 0 ? [] : [formatComponents(cluster, { colors, columns })]),
  ].join('\n');
}

function formatComponents({ components }: ClusterReport, { colors, columns }: FormatOptions): string {
  return formatTable({
    head: ['component', 'process', 'memory', 'log'],
    rows: components.map(({ name, pid, running, memoryBytes, logFile }) => [
      name,
      running ? String(pid) : colors.red(`${pid} has ended`),
      memoryBytes === undefined ? '' : formatMemory(memoryBytes),
      logFile,
    ]),
    columns,
    indent: 2,
  });
}

function formatTotal({ components, memoryBytes }: ClusterReport): string {
  return components.length === 0 ? '' : `, ${formatMemory(memoryBytes)} of memory`;
}

function formatPlaces({ kubeconfig, apiServer, namespace, ...cluster }: ClusterReport): string[] {
  const store = cluster.parameterStore;
  const places = [
    ['kubeconfig', kubeconfig],
    ['API server', apiServer && `${apiServer}, Kubernetes ${cluster.kubernetesVersion}`],
    ['node', cluster.node && `${cluster.node.name}${cluster.node.running ? '' : ', has ended'}`],
    ['node image', cluster.node?.image],
    ['namespace', cluster.provider === 'existing' ? namespace : undefined],
    ['operator', cluster.operatorVersion && `external-secrets ${cluster.operatorVersion}`],
    [
      'parameter store',
      store &&
        `${[store.name, store.version].filter(Boolean).join(' ')}${store.endpointUrl === undefined ? '' : ` at ${store.endpointUrl}`}`,
    ],
    ['', store?.podUrl && `(from pods at ${store.podUrl})`],
    ['', store?.reason && `(${store.reason})`],
  ];
  return places.flatMap(([name = '', text]) => (text ? [`  ${name.padEnd(15)}  ${text}`] : []));
}

function formatMemory(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
