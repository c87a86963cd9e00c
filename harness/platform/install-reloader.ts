import { installRelease } from '../helm/helm-release.js';

// The release of the chart that was made for this release of Reloader.
const CHART = { chart: 'oci://ghcr.io/stakater/charts/reloader', version: '2.2.14' };
const IMAGE = { name: 'ghcr.io/stakater/reloader', tag: 'v1.4.19' };

/** Image of Reloader, where it can be pulled. Its sources are served by no registry of modules. */
export const RELOADER_IMAGE = `${IMAGE.name}:${IMAGE.tag}`;

const READY_WITHIN_MS = 120_000;

/**
 * Installs Reloader by its own chart and waits until it runs. It watches every namespace, and makes up for what changed
 * while it was down.
 *
 * @throws CommandError `INSTALL_FAILED`.
 */
export async function installReloader(kubeconfig: string, signal: AbortSignal): Promise<void> {
  await installRelease(
    // There is a namespace of this name in every cluster, and none has to be made.
    { kubeconfig, namespace: 'kube-system', signal },
    {
      ...CHART,
      release: 'reloader',
      values: {
        image: { repository: IMAGE.name, tag: IMAGE.tag },
        reloader: { syncAfterRestart: true },
      },
      waitMs: READY_WITHIN_MS,
    },
  );
}
