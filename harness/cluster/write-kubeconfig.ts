import { readFile, writeFile } from 'node:fs/promises';
import { connectWithToken, type KubeConnection } from '../kube/kube-connection.js';

export interface KubeconfigEntry {
  /** Name of the context, of its cluster and of its user. */
  name: string;
  server: string;
  /** Certificate of the authority in PEM. */
  ca: string;
  token: string;
  /** Namespace of commands that name none. Default `default`. */
  namespace?: string;
}

/** A kubeconfig with one context, as JSON, which every reader of YAML takes. */
export function formatKubeconfig({
  name,
  server,
  ca,
  token,
  namespace = 'default',
}: KubeconfigEntry): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Writes a kubeconfig that only its owner can read. */
export async function writeKubeconfig(path: string, entry: KubeconfigEntry): Promise<void> {
  await writeFile(path, formatKubeconfig(entry), { mode: 0o600 });
}

/** The connection that a kubeconfig written here leads to. */
export async function readOwnKubeconfig(path: string): Promise<KubeConnection> {
  const { clusters, users } = JSON.parse(await readFile(path, 'utf8')) as OwnKubeconfig;
  const [{ cluster }] = clusters;
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64').toString('utf8');
  return connectWithToken({ server: cluster.server, ca, token: users[0].user.token });
}

interface OwnKubeconfig {
  clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
  users: [{ user: { token: string } }];
}
