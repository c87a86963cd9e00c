import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import '../../harness/vitest.js';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../harness/exec/run-command.js';
import type { RenderOptions } from '../../harness/helm/render-options.js';
import { renderChart } from '../../harness/index.js';
import { findHelm } from '../../harness/toolchain/find-helm.js';
import {
  canRunRegistryHelm,
  DEFAULT_REGISTRY_HELM,
  OLDEST_REGISTRY_HELM,
} from '../../harness/toolchain/registry-helm.js';
import { REPOSITORY } from '../helpers/run-script.js';
import { takeHelm } from './support/helms.js';
import { CHART } from './support/render.js';

const FILES = ['values', 'chart/ci'].flatMap((folder) =>
  readdirSync(join(REPOSITORY, folder)).map((file) => `${folder}/${file}`),
);
const KUBERNETES_VERSIONS = ['1.30', '1.31', '1.32', '1.33', '1.34', '1.35', '1.36'];

/** What the sample values expect from elsewhere. */
const EXTERNALS = { secrets: ['*'], configMaps: ['*'], services: ['*'] };

function optionsFor(file: string): RenderOptions {
  return { chart: CHART, release: 'demo', namespace: 'shop', valuesFiles: [join(REPOSITORY, file)] };
}

describe.each(FILES)('%s', (file) => {
  it('renders the same to the byte with Helm 3.17 and Helm 4, and each time anew', {
    timeout: 120_000,
  }, async (context) => {
    if (!canRunRegistryHelm()) return context.skip('no two helms for this platform');
    const [oldest, newest] = await Promise.all([
      takeHelm(OLDEST_REGISTRY_HELM),
      takeHelm(DEFAULT_REGISTRY_HELM),
    ]);
    expect([oldest.version, newest.version]).toEqual(['3.17.2', '4.1.4']);
    const [first, second, other] = await Promise.all([
      renderChart(optionsFor(file), { helm: newest, cache: false }),
      renderChart(optionsFor(file), { helm: newest, cache: false }),
      renderChart(optionsFor(file), { helm: oldest, cache: false }),
    ]);
    expect(second.text).toBe(first.text);
    expect(other.text).toBe(first.text);
  });

  it('is valid for every Kubernetes version, whose number changes nothing', {
    timeout: 120_000,
  }, async () => {
    const [oldest, newest] = await Promise.all(
      ['1.30', '1.36'].map((kubeVersion) => renderChart({ ...optionsFor(file), kubeVersion })),
    );
    expect(newest?.text).toBe(oldest?.text);
    await expect(newest).toBeValid({ kubernetesVersions: KUBERNETES_VERSIONS, externals: EXTERNALS });
  });

  it('passes helm lint --strict', async () => {
    const helm = await findHelm();
    const { stdout } = await runCommand(helm.path, [
      'lint',
      '--strict',
      CHART,
      '--values',
      join(REPOSITORY, file),
    ]);
    expect(stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
  });
});

describe('the chart', () => {
  it.each(KUBERNETES_VERSIONS)('renders for Kubernetes %s', async (kubeVersion) => {
    const release = await renderChart({ ...optionsFor('chart/ci/full-values.yaml'), kubeVersion });
    await expect(release).toBeValid({ kubernetesVersions: [kubeVersion], externals: EXTERNALS });
  });

  it('is not for an older Kubernetes', async () => {
    const release = renderChart({ ...optionsFor('chart/ci/full-values.yaml'), kubeVersion: '1.29' });
    await expect(release).toFailRendering(/./u);
  });

  it('renders the same for an upgrade as for an installation', async () => {
    const [install, upgrade] = await Promise.all(
      [false, true].map((isUpgrade) =>
        renderChart({ ...optionsFor('chart/ci/workers-values.yaml'), isUpgrade }),
      ),
    );
    expect(upgrade?.text).toBe(install?.text);
  });
});
