import type { DockerEngine } from '../docker/docker-engine.js';
import { SluiceError } from '../errors.js';
import { linkSignals } from '../exec/link-signals.js';
import { reservePort } from '../exec/reserve-port.js';
import { runCommand } from '../exec/run-command.js';
import { waitUntil } from '../exec/wait-until.js';
import { LOCAL_CREDENTIALS, LOCAL_REGION, type ParameterStore } from './parameter-store.js';
import { askForParameters } from './start-parameter-store.js';

/** The last release of LocalStack that asks for no account. */
const VERSION = '4.14.0';

/** Image of the parameter store, where it can be pulled. */
export const STORE_IMAGE = `localstack/localstack:${VERSION}`;

const PORT = 4566;
const READY_WITHIN_MS = 120_000;
const ASK_WITHIN_MS = 15_000;
const LAST_LINES = 20;

export interface StoreContainerOptions {
  engine: Pick<DockerEngine, 'docker' | 'env'>;
  /** Of the container. */
  name: string;
  /** Docker network that pods reach. */
  network: string;
  signal: AbortSignal;
}

/** Starts the parameter store as a container beside the nodes. It does not answer yet. */
export async function startStoreContainer(options: StoreContainerOptions): Promise<ParameterStore> {
  const { name, network } = options;
  // One that Docker chooses would be another each time that it is started.
  const { port, host, release } = await reservePort();
  await release();
  await runDocker(options, [
    ...['run', '--detach', `--name=${name}`, `--network=${network}`, `--publish=${host}:${port}:${PORT}`],
    ...['--env=SERVICES=ssm,sts,secretsmanager,kms,iam', '--env=DISABLE_EVENTS=1'],
    ...['--env=SKIP_SSL_CERT_DOWNLOAD=1', STORE_IMAGE],
  ]);
  return await describeStoreContainer(options);
}

/** Ends a store's container, by a power cut where `kill` is set, and starts it again, empty. It does not answer yet. */
export async function restartStoreContainer(
  options: StoreContainerOptions,
  { kill }: { kill: boolean },
): Promise<ParameterStore> {
  await runDocker(options, ['restart', `--time=${kill ? 0 : 5}`, options.name]);
  return await describeStoreContainer(options);
}

/** Where a store's container is reached: by pods perhaps elsewhere when it is started again. */
async function describeStoreContainer(options: StoreContainerOptions): Promise<ParameterStore> {
  const { name, network } = options;
  const format = `{{(index .NetworkSettings.Networks "${network}").IPAddress}} {{(index (index .NetworkSettings.Ports "${PORT}/tcp") 0).HostPort}}`;
  const { stdout } = await runDocker(options, ['inspect', `--format=${format}`, name]);
  const [address = '', port = ''] = stdout.trim().split(' ');
  return {
    name: 'localstack',
    version: VERSION,
    endpointUrl: `http://127.0.0.1:${port}`,
    podUrl: `http://${address}:${PORT}`,
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
  };
}

/** What a store's container has printed last. */
export async function readStoreLog(
  options: Omit<StoreContainerOptions, 'network'>,
  lines: number,
): Promise<string[]> {
  const { stdout, stderr } = await runDocker(options, ['logs', `--tail=${lines}`, options.name]);
  return `${stdout}${stderr}`.split('\n').filter((line) => line.trim() !== '');
}

/**
 * Waits until the store of a container answers a request for parameters.
 *
 * @throws SluiceError `NOT_IN_TIME`; `COMPONENT_DIED` with its last words where it ends instead.
 */
export async function waitForStore(
  options: StoreContainerOptions,
  { endpointUrl = '' }: ParameterStore,
): Promise<void> {
  using link = linkSignals([options.signal]);
  const ended = failWhenEnded({ ...options, signal: link.signal });
  // It is told below, if it is what ends the wait.
  ended.catch(() => undefined);
  const answered = waitUntil(async (signal) => await askOnce(endpointUrl, signal), {
    what: `parameter store at ${endpointUrl}: answers a request for parameters`,
    timeoutMs: READY_WITHIN_MS,
    signal: link.signal,
  });
  answered.catch(() => undefined);
  try {
    await Promise.race([answered, ended]);
  } finally {
    link.abort(new Error('it is known'));
  }
}

// A connection that Docker took for a container that has just ended is answered by nobody.
async function askOnce(endpointUrl: string, signal: AbortSignal): Promise<void> {
  using link = linkSignals([signal]);
  const timer = setTimeout(
    () => link.abort(new Error(`no answer within ${ASK_WITHIN_MS} ms`)),
    ASK_WITHIN_MS,
  );
  try {
    await askForParameters(endpointUrl, link.signal);
  } finally {
    clearTimeout(timer);
  }
}

async function failWhenEnded(options: StoreContainerOptions): Promise<never> {
  const { stdout } = await runDocker(options, ['wait', options.name]);
  const lines = await readStoreLog(options, LAST_LINES);
  throw new SluiceError({
    code: 'COMPONENT_DIED',
    message: `parameter-store (container ${options.name}): has ended, exit code ${stdout.trim()}`,
    evidence: lines.length > 0 ? `its last lines:\n${lines.join('\n')}` : 'it printed nothing',
  });
}

async function runDocker(
  { engine, signal }: Pick<StoreContainerOptions, 'engine' | 'signal'>,
  args: readonly string[],
) {
  return await runCommand(engine.docker, args, { env: { ...process.env, ...engine.env }, signal });
}
