import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Release, renderChart } from '../../harness/index.js';
import type { JsonValue } from '../../harness/manifest/manifest.js';
import { findCacheFolder } from '../../harness/toolchain/cache-folder.js';
import { findHelm } from '../../harness/toolchain/find-helm.js';
import {
  canRunRegistryHelm,
  installRegistryHelm,
  OLDEST_REGISTRY_HELM,
} from '../../harness/toolchain/registry-helm.js';
import { REPOSITORY } from '../helpers/run-script.js';

const CHART = join(REPOSITORY, 'chart');
const files = readdirSync(join(REPOSITORY, 'values')).sort();

async function renderSample(
  file: string,
  options: { set?: string[]; helmPath?: string } = {},
): Promise<Release> {
  const { set = [], helmPath } = options;
  const env = helmPath === undefined ? process.env : { ...process.env, SLUICE_HELM: helmPath };
  const helm = await findHelm({ env });
  return await renderChart(
    { chart: CHART, release: 'my-app', valuesFiles: [join(REPOSITORY, 'values', file)], set },
    { helm },
  );
}

function specOf(release: Release, kind: string): Record<string, JsonValue> {
  const found = release.manifests.find(({ object }) => object.kind === kind);
  return (found?.object['spec'] ?? {}) as Record<string, JsonValue>;
}

describe('each file in values/', () => {
  it.for(files)(
    '%s renders alone, the same with Helm 3.17 and Helm 4',
    { timeout: 120_000 },
    async (file, context) => {
      const newest = await renderSample(file);
      expect(newest.manifests.length).toBeGreaterThan(3);
      if (!canRunRegistryHelm()) return context.skip('no second helm for this platform');
      const helmPath = await installRegistryHelm({
        cacheFolder: findCacheFolder(),
        helm: OLDEST_REGISTRY_HELM,
      });
      expect((await renderSample(file, { helmPath })).text).toBe(newest.text);
    },
  );
});

describe('the sample application', () => {
  it.each([
    ['dev', '5m0s'],
    ['pr', '15m0s'],
    ['staging', '5m0s'],
    ['prod', '1h0m0s'],
  ])('reads in %s its own path, every %s', async (environment, refreshInterval) => {
    const release = await renderSample(`${environment}.yaml`);
    expect(specOf(release, 'ExternalSecret')).toMatchObject({
      refreshInterval,
      dataFrom: [{ extract: { key: `/platform/my-app/${environment}/app` } }],
    });
  });

  it.each(['dev', 'pr', 'staging', 'prod'])(
    'has in %s the three settings and no secret',
    async (environment) => {
      const release = await renderSample(`${environment}.yaml`);
      const config = release.manifests.find(({ object }) => object.kind === 'ConfigMap');
      expect(Object.keys(config?.object['data'] ?? {})).toEqual(['APP_ENV', 'LOG_LEVEL', 'MY_API_URL']);
      expect(release.manifests.map(({ object }) => object.kind)).not.toContain('Secret');
    },
  );

  it('scales in prod and has a fixed number of pods elsewhere', async () => {
    expect(specOf(await renderSample('prod.yaml'), 'Deployment')).not.toHaveProperty('replicas');
    expect(specOf(await renderSample('prod.yaml'), 'HorizontalPodAutoscaler')).toMatchObject({
      minReplicas: 3,
    });
    expect(specOf(await renderSample('staging.yaml'), 'Deployment')).toHaveProperty('replicas', 2);
  });

  it('is not rendered for an environment that does not exist', async () => {
    await expect(renderSample('prod.yaml', { set: ['environment=moon'] })).rejects.toThrow(
      'environment "moon"',
    );
  });

  it('is not rendered in prod with the path of staging', async () => {
    const set = ['externalSecrets.external.path=/platform/my-app/staging/app'];
    await expect(renderSample('prod.yaml', { set })).rejects.toThrow('/platform/my-app/staging/app');
  });
});
