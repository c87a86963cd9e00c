import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ReservedPort, reservePort } from '../exec/reserve-port.js';
import { KubeClient } from '../kube/kube-client.js';
import { installCustomResources } from '../platform/custom-resources.js';
import { type StartedOperator, startExternalSecrets } from '../platform/external-secrets.js';
import { grantOperatorAccess } from '../platform/operator-access.js';
import type { ParameterStore } from '../platform/parameter-store.js';
import { startParameterStore } from '../platform/start-parameter-store.js';
import type { ClusterStep } from './cluster.js';
import type { ProcessHost } from './component-host.js';
import {
  type ApiServerAccess,
  type ControlPlaneOptions,
  startApiServer,
  startControllerManager,
  startEtcd,
} from './control-plane.js';
import { createCredentials } from './credentials.js';
import type { EmbeddedCluster } from './embedded-cluster.js';
import type { EmbeddedPrograms } from './embedded-programs.js';
import { type TimeStep, timeSteps } from './time-steps.js';
import { untilOneFails } from './until-one-fails.js';
import { writeKubeconfig } from './write-kubeconfig.js';

export interface StartComponentsOptions {
  programs: EmbeddedPrograms;
  /** Where the operator reads from instead of the store itself. */
  operatorStoreUrl: string | undefined;
  onStep: ((step: ClusterStep) => void) | undefined;
}

interface Start {
  operatorStoreUrl: string | undefined;
  cluster: EmbeddedCluster;
  host: ProcessHost;
  programs: EmbeddedPrograms;
  plane: ControlPlaneOptions;
  ports: Ports;
  time: TimeStep;
}

/** Starts every component of a cluster, side by side where one does not need another, until all of them work. */
export async function startComponents(
  cluster: EmbeddedCluster,
  { programs, operatorStoreUrl, onStep }: StartComponentsOptions,
): Promise<void> {
  const begin = performance.now();
  await mkdir(cluster.state.dataFolder, { mode: 0o700 });
  const host = cluster.openHost();
  const ports = await reservePorts();
  const credentials = await createCredentials(host.folder);
  const plane = { programs: programs.kube, credentials, port: ports.api };
  const start = { cluster, host, programs, plane, ports, operatorStoreUrl, time: timeSteps(onStep) };
  const [parameterStore, { api, operator }] = await untilOneFails(host, [
    startStore(start),
    startControlPlane(start),
  ]);
  cluster.becomeReady(api.connection, {
    apiServer: api.connection.server,
    kubernetesVersion: programs.kube.version,
    operatorVersion: operator.version,
    operatorMetricsUrl: operator.metricsUrl,
    parameterStore,
    startedInMs: Math.round(performance.now() - begin),
  });
}

interface Ports {
  api: ReservedPort;
  store: ReservedPort;
  metrics: ReservedPort;
  live: ReservedPort;
}

async function reservePorts(): Promise<Ports> {
  const [api, store, metrics, live] = await Promise.all([
    reservePort(),
    reservePort(),
    reservePort(),
    reservePort(),
  ]);
  return { api, store, metrics, live };
}

async function startStore({ programs, ports, host, time }: Start): Promise<ParameterStore> {
  const { store } = programs;
  return await time('parameter-store', `${store.name} ${store.version}`, async () => {
    return await startParameterStore(store, ports.store, host);
  });
}

async function startControlPlane(start: Start): Promise<{ api: ApiServerAccess; operator: StartedOperator }> {
  const { cluster, host, programs, plane, time } = start;
  await time('etcd', 'on a socket in its own folder', async () => await startEtcd(programs.kube, host));
  const api = await time('kube-apiserver', programs.kube.version, async () => {
    return await startApiServer(plane, host);
  });
  await writeKubeconfig(cluster.kubeconfig, {
    name: `sluice-${cluster.name}`,
    server: api.connection.server,
    ca: api.ca,
    token: plane.credentials.adminToken,
  });
  const client = new KubeClient(api.connection);
  try {
    // The garbage collector learns which kinds there are when it starts, and then only every 30 seconds: before the
    // operator's are there, it would leave the Secrets of a removed release lying for as long.
    const token = await installOperatorResources(start, client);
    const [operator] = await untilOneFails(host, [
      startOperator(start, { api, token }),
      time('kube-controller-manager', programs.kube.version, async () => {
        await startControllerManager(plane, api, host);
      }),
    ]);
    return { api, operator };
  } finally {
    client.close();
  }
}

/** Gives the token with which the operator comes to the API server. */
async function installOperatorResources({ host, programs }: Start, client: KubeClient): Promise<string> {
  const [token] = await Promise.all([
    grantOperatorAccess(programs.operator.access, client, host.signal),
    installCustomResources(programs.operator.crdBundle, client, host.signal),
  ]);
  return token;
}

async function startOperator(
  { host, programs, ports, time, operatorStoreUrl }: Start,
  { api, token }: { api: ApiServerAccess; token: string },
): Promise<StartedOperator> {
  const kubeconfig = join(host.folder, 'credentials', 'external-secrets.kubeconfig');
  return await time('external-secrets', programs.operator.version, async () => {
    const { server } = api.connection;
    await writeKubeconfig(kubeconfig, { name: 'external-secrets', server, ca: api.ca, token });
    return await startExternalSecrets(
      {
        program: programs.operator,
        kubeconfig,
        storeEndpointUrl: operatorStoreUrl ?? `http://127.0.0.1:${ports.store.port}`,
        metricsPort: ports.metrics,
        livePort: ports.live,
      },
      host,
    );
  });
}
