import type { ReservedPort } from '../exec/reserve-port.js';
import type { StartedProcess } from '../exec/start-process.js';
import type { ExternalSecretsProgram } from '../toolchain/external-secrets-program.js';
import type { ComponentHost } from './component.js';

export interface StartOperatorOptions {
  program: ExternalSecretsProgram;
  /** What it logs in to the API server with. */
  kubeconfig: string;
  /** Endpoint of the parameter store that stands in for all of AWS; left out: AWS itself. */
  storeEndpointUrl?: string | undefined;
  metricsPort: ReservedPort;
  livePort: ReservedPort;
}

/** The operator while it runs as a process. */
export interface StartedOperator {
  version: string;
  /** Prometheus metrics, requests to providers among them. */
  metricsUrl: string;
}

/**
 * Starts the external-secrets operator as a process and waits until its controllers work. Its definitions must be
 * installed.
 *
 * Its webhook does not run: what it would refuse is accepted.
 *
 * @throws CommandError `PROCESS_DIED`, SluiceError `NOT_IN_TIME`.
 */
export async function startExternalSecrets(
  options: StartOperatorOptions,
  host: ComponentHost,
): Promise<StartedOperator> {
  const { program, kubeconfig, storeEndpointUrl, metricsPort, livePort } = options;
  await Promise.all([metricsPort.release(), livePort.release()]);
  await host.start({
    name: 'external-secrets',
    file: program.path,
    args: [
      `--metrics-addr=127.0.0.1:${metricsPort.port}`,
      `--live-addr=127.0.0.1:${livePort.port}`,
      '--concurrent=4',
      '--loglevel=info',
      '--zap-time-encoding=rfc3339nano',
    ],
    env: {
      KUBECONFIG: kubeconfig,
      ...(storeEndpointUrl === undefined ? {} : redirectAws(storeEndpointUrl)),
    },
    ready: { what: 'its controllers work', probe: lookForWorkers },
  });
  return { version: program.version, metricsUrl: `http://127.0.0.1:${metricsPort.port}/metrics` };
}

const CONTROLLERS = ['externalsecret', 'secretstore', 'clustersecretstore'];

// Its health endpoint answers before any controller does.
async function lookForWorkers(operator: StartedProcess): Promise<void> {
  requireWorkers(await operator.readLog(2000));
}

/** Throws where the operator's log does not tell that its controllers work. */
export function requireWorkers(log: readonly string[]): void {
  const started = log.filter((line) => line.includes('"Starting workers"'));
  const waiting = CONTROLLERS.filter((name) => !started.some((line) => line.includes(`"${name}"`)));
  if (waiting.length > 0) throw new Error(`${waiting.join(', ')}: no workers yet`);
}

/** Environment that leads the operator to one endpoint for all of AWS. */
export function redirectAws(endpointUrl: string): Record<string, string> {
  return {
    AWS_SSM_ENDPOINT: endpointUrl,
    AWS_STS_ENDPOINT: endpointUrl,
    AWS_SECRETSMANAGER_ENDPOINT: endpointUrl,
  };
}
