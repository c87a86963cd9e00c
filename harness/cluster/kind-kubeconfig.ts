import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { KubeConnection } from '../kube/kube-connection.js';

/**
 * The connection that a kubeconfig of kind's leads to.
 *
 * Its form is known: reading any that there may be would take a second longer.
 */
export async function readKindKubeconfig(path: string): Promise<KubeConnection> {
  const { clusters, users } = parse(await readFile(path, 'utf8')) as KindKubeconfig;
  const [{ cluster }] = clusters;
  const [{ user }] = users;
  const ca = decode(cluster['certificate-authority-data']);
  const cert = decode(user['client-certificate-data']);
  const key = decode(user['client-key-data']);
  return {
    server: cluster.server,
    prepare: (options) => {
      Object.assign(options, { ca, cert, key });
    },
  };
}

interface KindKubeconfig {
  clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
  users: [{ user: { 'client-certificate-data': string; 'client-key-data': string } }];
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
