import type { RequestOptions } from 'node:https';
import { SluiceError } from '../errors.js';

/** How an API server is reached: where it is, whom it must be, who we are. */
export interface KubeConnection {
  /** Such as `https://127.0.0.1:21034`. */
  readonly server: string;
  /** Adds what this server must be known by and what we are known by. Called for every request: credentials change. */
  readonly prepare: (options: RequestOptions) => Promise<void> | void;
}

export interface TokenConnectionOptions {
  server: string;
  /** Certificate of the authority that the server's must come from, in PEM. */
  ca: string;
  token: string;
}

/** A connection by bearer token to a server whose certificate is checked against one authority. */
export function connectWithToken({ server, ca, token }: TokenConnectionOptions): KubeConnection {
  return {
    server,
    prepare: (options) => {
      options.ca = ca;
      options.headers = { ...options.headers, Authorization: `Bearer ${token}` };
    },
  };
}

export interface KubeconfigOptions {
  /** Default: what kubectl would read: `KUBECONFIG`, else `~/.kube/config`. */
  path?: string | undefined;
  /** Default: the file's current context. */
  context?: string | undefined;
}

/** A context of a kubeconfig, ready to be used. */
export interface KubeconfigContext {
  connection: KubeConnection;
  context: string;
  cluster: string;
  /** Namespace that the context names. */
  namespace: string | undefined;
  /** This context alone as a kubeconfig, in JSON, which is YAML too. Holds credentials. */
  exported: string;
}

/**
 * Reads a context out of a kubeconfig, with every way of logging in that kubectl's own files know: certificates,
 * tokens, plugins, OIDC.
 *
 * @throws SluiceError `KUBECONFIG_UNREADABLE`, `CONTEXT_UNKNOWN` (lists those that are there); both exit code 2.
 */
export async function readKubeconfig({ path, context }: KubeconfigOptions = {}): Promise<KubeconfigContext> {
  // Loaded here alone: it takes longer to load than everything else together.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    if (path === undefined) config.loadFromDefault();
    else config.loadFromFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  if (context !== undefined) config.setCurrentContext(context);
  const name = config.getCurrentContext();
  const found = config.getContextObject(name);
  const cluster = config.getCurrentCluster();
  if (found === null || cluster === null) {
    throw unknownContext(
      name,
      config.getContexts().map((one) => one.name),
      path,
    );
  }
  return {
    context: name,
    cluster: cluster.name,
    namespace: found.namespace,
    exported: exportContext(config),
    connection: {
      server: cluster.server,
      prepare: async (options) => await config.applyToHTTPSOptions(options),
    },
  };
}

function exportContext(config: { exportConfig: () => string; currentContext: string }): string {
  const whole = JSON.parse(config.exportConfig()) as ExportedConfig;
  const contexts = whole.contexts.filter(({ name }) => name === config.currentContext);
  const [current] = contexts;
  return JSON.stringify({
    ...whole,
    contexts,
    clusters: whole.clusters.filter(({ name }) => name === current?.context.cluster),
    users: whole.users.filter(({ name }) => name === current?.context.user),
  });
}

interface ExportedConfig {
  contexts: { name: string; context: { cluster: string; user: string } }[];
  clusters: { name: string }[];
  users: { name: string }[];
}

function unreadable(path: string | undefined, error: unknown): SluiceError {
  return new SluiceError({
    code: 'KUBECONFIG_UNREADABLE',
    message: `kubeconfig ${path ?? '(KUBECONFIG or ~/.kube/config)'}: cannot be read`,
    evidence: error instanceof Error ? error.message : String(error),
    remedy: 'Name one with --kubeconfig, or set KUBECONFIG.',
    exitCode: 2,
    cause: error,
  });
}

function unknownContext(name: string, known: readonly string[], path: string | undefined): SluiceError {
  return new SluiceError({
    code: 'CONTEXT_UNKNOWN',
    message: name === '' ? 'kubeconfig: no current context' : `context ${name}: not in the kubeconfig`,
    evidence: `${path ?? 'KUBECONFIG or ~/.kube/config'} has ${known.length > 0 ? known.join(', ') : 'no contexts'}`,
    remedy: 'Name one with --context.',
    exitCode: 2,
  });
}
