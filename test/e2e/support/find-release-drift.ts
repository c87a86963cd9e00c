import { findDrift } from '../../../harness/e2e/find-drift.js';
import { type ReleasePlace, readReleaseManifests } from '../../../harness/helm/helm-release.js';
import { type KubeClient, refer } from '../../../harness/kube/kube-client.js';
import { formatObjectName } from '../../../harness/manifest/manifest.js';

/** Where objects of a release are no longer as they were rendered. */
export async function findReleaseDrift(
  client: KubeClient,
  place: ReleasePlace,
  release: string,
): Promise<string[]> {
  const found = (await readReleaseManifests(place, release)).map(async ({ object }) => {
    const reference = refer(object);
    const live = await client.read({ ...reference, namespace: reference.namespace ?? place.namespace });
    const name = formatObjectName(object);
    return live === undefined ? [`${name}: gone`] : findDrift(object, live).map((text) => `${name} ${text}`);
  });
  return (await Promise.all(found)).flat();
}
