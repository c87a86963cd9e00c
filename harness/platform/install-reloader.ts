import { installRelease, uninstallRelease } from '../helm/helm-release.js';

// The release of the chart that was made for this release of Reloader.
const CHART = { chart: 'oci://ghcr.io/stakater/charts/reloader', version: '2.2.14' };
const IMAGE = { name: 'ghcr.io/stakater/reloader', tag: 'v1.4.19' };

/** Image of Reloader, where it can be pulled. Its sources are served by no registry of modules. */
export const RELOADER_IMAGE = `${IMAGE.name}:${IMAGE.tag}`;

const RELEASE = 'reloader';
const READY_WITHIN_MS = 120_000;

/**
 * Installs Reloader by its own chart and waits until it runs. It watches every namespace, and makes up for what changed
 * while it was down.
 *
 * @throws CommandError `INSTALL_FAILED`.
 */
export async function installReloader(kubeconfig: string, signal: AbortSignal): Promise<void> {
  // There is a namespace of this name in every cluster, and none has to be made.
  const place = { kubeconfig, namespace: 'kube-system', signal };
  try {
    await installRelease(place, {
      ...CHART,
      release: RELEASE,
      values: {
        image: { repository: IMAGE.name, tag: IMAGE.tag },
        reloader: { syncAfterRestart: true },
      },
      waitMs: READY_WITHIN_MS,
    });
  } catch (error) {
    // One that came late would replace pods that nobody expects it to.
    await uninstallRelease(place, RELEASE).catch(() => undefined);
    throw error;
  }
}
