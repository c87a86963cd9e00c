import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { ReservedPort } from '../exec/reserve-port.js';
import { KubeClient } from '../kube/kube-client.js';
import { connectWithToken, type KubeConnection } from '../kube/kube-connection.js';
import type { ComponentHost } from '../platform/component.js';
import type { KubePrograms } from '../toolchain/kube-programs.js';
import type { ClusterCredentials } from './credentials.js';
import { writeKubeconfig } from './write-kubeconfig.js';

/** What it takes to speak to the API server. */
export interface ApiServerAccess {
  connection: KubeConnection;
  /** Certificate of its authority in PEM. */
  ca: string;
}

export interface ControlPlaneOptions {
  programs: KubePrograms;
  credentials: ClusterCredentials;
  port: ReservedPort;
  /** Admission plugins that are to be left out. */
  withoutAdmission?: readonly string[];
}

// Sockets in the working directory, named relatively: no port, nobody but the owner gets at them, and no temporary
// folder is too deep for a socket's name.
const ETCD_SOCKET = 'unix://etcd.sock';

/** Starts etcd on a socket in the cluster's folder. Its data is not worth a flush to the disk. */
export async function startEtcd(programs: KubePrograms, host: ComponentHost): Promise<void> {
  await host.start({
    name: 'etcd',
    file: programs.paths.etcd,
    args: [
      '--name=sluice',
      '--data-dir=etcd',
      '--unsafe-no-fsync',
      `--listen-client-urls=${ETCD_SOCKET}`,
      '--listen-peer-urls=unix://peer.sock',
      // Told to other members and clients that ask. There are none.
      '--advertise-client-urls=http://127.0.0.1:1',
      '--initial-advertise-peer-urls=http://127.0.0.1:1',
      '--initial-cluster=sluice=http://127.0.0.1:1',
      '--log-level=warn',
    ],
    ready: { what: 'it listens', probe: async () => await connectTo(join(host.folder, 'etcd.sock')) },
  });
}

// The socket's file alone may be left from an etcd that was killed.
async function connectTo(path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ path }, () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}

/**
 * Starts the API server on a port of the loopback interface and waits until it is ready.
 *
 * It makes a certificate of an authority of its own, the only one the connection accepts.
 */
export async function startApiServer(
  { programs, credentials, port, withoutAdmission = [] }: ControlPlaneOptions,
  host: ComponentHost,
): Promise<ApiServerAccess> {
  const server = `https://127.0.0.1:${port.port}`;
  await port.release();
  let access: ApiServerAccess | undefined;
  await host.start({
    name: 'kube-apiserver',
    file: programs.paths['kube-apiserver'],
    args: [
      ...apiServerArguments(credentials, port.port),
      ...withoutAdmission.map((plugin) => `--disable-admission-plugins=${plugin}`),
    ],
    ready: {
      what: 'it is ready',
      probe: async (_, signal) => {
        const ca = await readCertificate(host.folder);
        access = { ca, connection: connectWithToken({ server, ca, token: credentials.adminToken }) };
        await ask(access, async (client) => {
          await client.send({ method: 'GET', path: '/readyz', signal });
        });
      },
    },
  });
  if (access === undefined) throw new Error('the API server was ready without having been asked');
  return access;
}

async function ask(
  { connection }: ApiServerAccess,
  question: (client: KubeClient) => Promise<void>,
): Promise<void> {
  const client = new KubeClient(connection);
  try {
    await question(client);
  } finally {
    client.close();
  }
}

function apiServerArguments({ files }: ClusterCredentials, port: number): string[] {
  return [
    `--etcd-servers=${ETCD_SOCKET}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    // Else it looks for an interface to the outside, which a machine without a network does not have.
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    '--cert-dir=certificates',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${files.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
    `--token-auth-file=${files.tokens}`,
    '--anonymous-auth=false',
    '--authorization-mode=RBAC',
    `--encryption-provider-config=${files.encryption}`,
    '--service-cluster-ip-range=10.96.0.0/24',
    '--profiling=false',
  ];
}

async function readCertificate(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'certificates', 'apiserver.crt'), 'utf8');
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n?/gu) ?? [];
  const authority = certificates.find((pem) => new X509Certificate(pem).ca);
  if (authority === undefined) throw new Error('no certificate of an authority in it yet');
  return authority;
}

// Enough for what a chart makes; the others watch things that are not there, and each watch costs memory twice.
const CONTROLLERS = [
  'clusterrole-aggregation-controller',
  'cronjob-controller',
  'daemonset-controller',
  'deployment-controller',
  'garbage-collector-controller',
  'job-controller',
  'namespace-controller',
  'replicaset-controller',
  'root-ca-certificate-publisher-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'statefulset-controller',
];

/** Starts the controllers and waits until the first service account is there, which only they make. */
export async function startControllerManager(
  { programs, credentials }: ControlPlaneOptions,
  api: ApiServerAccess,
  host: ComponentHost,
): Promise<void> {
  const kubeconfig = join(host.folder, 'credentials', 'controller-manager.kubeconfig');
  await writeKubeconfig(kubeconfig, {
    name: 'controller-manager',
    server: api.connection.server,
    ca: api.ca,
    token: credentials.controllerManagerToken,
  });
  await host.start({
    name: 'kube-controller-manager',
    file: programs.paths['kube-controller-manager'],
    args: [
      `--kubeconfig=${kubeconfig}`,
      '--secure-port=0',
      '--leader-elect=false',
      '--use-service-account-credentials=true',
      `--service-account-private-key-file=${credentials.files.serviceAccountKey}`,
      `--root-ca-file=${join('certificates', 'apiserver.crt')}`,
      `--controllers=${CONTROLLERS.join()}`,
      '--profiling=false',
    ],
    ready: {
      what: 'the first service account is there',
      probe: async (_, signal) => {
        const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'default', name: 'default' };
        await ask(api, async (client) => {
          if ((await client.read(account, { signal })) === undefined) throw new Error('none yet');
        });
      },
    },
  });
}
