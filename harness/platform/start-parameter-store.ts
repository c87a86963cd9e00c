import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReservedPort } from '../exec/reserve-port.js';
import type { ParameterStoreProgram } from '../toolchain/parameter-store-program.js';
import type { ComponentHost } from './component.js';
import { provideLocalStackIndex } from './localstack-index.js';
import { LOCAL_CREDENTIALS, LOCAL_REGION, type ParameterStore } from './parameter-store.js';

const READY_WITHIN_MS = 120_000;

/** A parameter store's program with what makes its start short. */
export interface PreparedStoreProgram extends ParameterStoreProgram {
  /** Folder from `ensureLocalStackIndex`. */
  index?: string | undefined;
}

/**
 * Starts the parameter store as a process on a port that was reserved for it and waits until it answers a request for
 * parameters. What one before it in the same host left is removed: nothing of it counts.
 *
 * @throws CommandError `PROCESS_DIED`, SluiceError `NOT_IN_TIME`.
 */
export async function startParameterStore(
  program: PreparedStoreProgram,
  port: ReservedPort,
  host: ComponentHost,
): Promise<ParameterStore> {
  const folder = join(host.folder, 'store');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  const endpointUrl = `http://${port.host}:${port.port}`;
  const { args, env } = program.name === 'localstack' ? runLocalStack(port, folder) : runMoto(port);
  if (program.index !== undefined) await provideLocalStackIndex(program.index, folder);
  await port.release();
  await host.start({
    name: 'parameter-store',
    file: program.python,
    args,
    env: { ...env, HOME: folder, TMPDIR: folder },
    // It holds nothing worth an orderly end, and LocalStack sometimes does not listen to SIGTERM.
    graceMs: 200,
    ready: {
      what: `${program.name} at ${endpointUrl} answers a request for parameters`,
      timeoutMs: READY_WITHIN_MS,
      probe: async (_, signal) => await askForParameters(endpointUrl, signal),
    },
  });
  return {
    name: program.name,
    version: program.version,
    reason: program.reason,
    endpointUrl,
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
  };
}

interface StoreCommand {
  args: string[];
  env: Record<string, string>;
}

function runLocalStack({ port, host }: ReservedPort, folder: string): StoreCommand {
  return {
    args: ['-m', 'localstack.runtime.main'],
    env: {
      OVERRIDE_IN_DOCKER: '0',
      FILESYSTEM_ROOT: folder,
      // Any other server of its listens on every address.
      GATEWAY_SERVER: 'hypercorn',
      GATEWAY_LISTEN: `${host}:${port}`,
      SERVICES: 'ssm,sts,secretsmanager,kms,iam',
      // A service that is not asked for costs no memory.
      EAGER_SERVICE_LOADING: '0',
      SKIP_SSL_CERT_DOWNLOAD: '1',
      DISABLE_EVENTS: '1',
      DNS_ADDRESS: '0',
      PYTHONUNBUFFERED: '1',
    },
  };
}

function runMoto({ port, host }: ReservedPort): StoreCommand {
  return {
    args: ['-m', 'moto.server', '-H', host, '-p', String(port)],
    env: { PYTHONUNBUFFERED: '1' },
  };
}

/**
 * Throws where no store answers a request for parameters there.
 *
 * By hand: the SDK takes half a second to load, and nothing else of it is needed here.
 */
export async function askForParameters(endpointUrl: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(endpointUrl, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': 'AmazonSSM.DescribeParameters',
      Authorization: `AWS4-HMAC-SHA256 Credential=${LOCAL_CREDENTIALS.accessKeyId}/20240101/${LOCAL_REGION}/ssm/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: '{}',
    signal,
  }).catch((error: unknown) => {
    throw describeFetchError(error);
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text.slice(0, 500)}`);
}

function describeFetchError(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? new Error(cause.message || cause.name, { cause: error }) : error;
}
