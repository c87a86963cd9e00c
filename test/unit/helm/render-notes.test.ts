import { expect, test } from 'vitest';
import { renderNotes } from '../../../harness/helm/render-notes.js';
import { findCacheFolder } from '../../../harness/toolchain/cache-folder.js';
import { findHelm } from '../../../harness/toolchain/find-helm.js';
import {
  canRunRegistryHelm,
  DEFAULT_REGISTRY_HELM,
  installRegistryHelm,
  OLDEST_REGISTRY_HELM,
} from '../../../harness/toolchain/registry-helm.js';
import { makeSmallChart } from '../../helpers/small-chart.js';

const notes =
  'Installed {{ .Release.Name }} in {{ .Release.Namespace }}.\n"quotes": {{ .Values.data.COLOR }}\n';

test.runIf(canRunRegistryHelm()).each([OLDEST_REGISTRY_HELM, DEFAULT_REGISTRY_HELM])(
  'notes are rendered without a cluster by helm $version',
  async (registryHelm) => {
    const path = await installRegistryHelm({ cacheFolder: findCacheFolder(), helm: registryHelm });
    const helm = await findHelm({ env: { ...process.env, SLUICE_HELM: path } });
    const chart = await makeSmallChart({ 'templates/NOTES.txt': notes });
    const text = await renderNotes({ chart, release: 'shop', namespace: 'prod' }, { helm });
    expect(text).toBe('Installed shop in prod.\n"quotes": green\n');
  },
);

test('a chart without notes has none', async () => {
  expect(await renderNotes({ chart: await makeSmallChart() })).toBeUndefined();
});
