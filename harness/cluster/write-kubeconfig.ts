import { writeFile } from 'node:fs/promises';

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
