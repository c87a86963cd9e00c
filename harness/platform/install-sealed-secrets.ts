import { installRelease } from '../helm/helm-release.js';
import type { KubeClient } from '../kube/kube-client.js';
import { waitForCondition } from '../kube/wait-for-condition.js';

/** Where kubeseal looks for the controller if it is told nothing else. */
export const SEALED_SECRETS_PLACE = { namespace: 'kube-system', name: 'sealed-secrets-controller' };

const READY_WITHIN_MS = 120_000;

export interface InstallSealedSecretsOptions {
  client: KubeClient;
  kubeconfig: string;
  /** Its own chart. */
  chart: string;
  /** Image that the nodes have. */
  reference: string;
  signal: AbortSignal;
}

/**
 * Installs the controller of Sealed Secrets by its own chart and waits until it unseals.
 *
 * @throws CommandError `INSTALL_FAILED`, SluiceError `NOT_IN_TIME`.
 */
export async function installSealedSecrets(options: InstallSealedSecretsOptions): Promise<void> {
  const { client, kubeconfig, chart, reference, signal } = options;
  const { namespace, name } = SEALED_SECRETS_PLACE;
  const [registry = '', ...rest] = reference.slice(0, reference.lastIndexOf(':')).split('/');
  const image = {
    registry,
    repository: rest.join('/'),
    tag: reference.slice(reference.lastIndexOf(':') + 1),
  };
  await installRelease(
    { kubeconfig, namespace, signal },
    {
      chart,
      release: 'sealed-secrets',
      values: {
        fullnameOverride: name,
        image,
        command: [`/usr/local/bin/${rest.at(-1)}`],
        // It is looked at as soon as it runs, when it has no key yet; its chart would have that seen after ten seconds.
        readinessProbe: { periodSeconds: 1 },
      },
    },
  );
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', name, namespace };
  await waitForCondition(client, deployment, { type: 'Available', timeoutMs: READY_WITHIN_MS, signal });
}
