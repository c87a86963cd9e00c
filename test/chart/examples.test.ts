import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderChart } from '../../harness/index.js';
import { formatObjectName, type JsonObject, type KubernetesObject } from '../../harness/manifest/manifest.js';
import { parseManifests } from '../../harness/manifest/parse-manifests.js';
import { findKustomize } from '../helpers/kustomize.js';
import { REPOSITORY } from '../helpers/run-script.js';
import { makeTempFolder } from '../helpers/temp-folder.js';

const CHART = join(REPOSITORY, 'chart');

function byName(text: string): Record<string, KubernetesObject> {
  const objects = parseManifests(text).map(({ object }) => [formatObjectName(object), object] as const);
  return Object.fromEntries(objects.sort(([a], [b]) => a.localeCompare(b)));
}

describe('the Kustomize example', () => {
  it.for(['dev', 'staging', 'prod'])(
    'gives in the overlay %s what helm template gives',
    { timeout: 120_000 },
    async (environment, context) => {
      const kustomize = await findKustomize();
      if ('missing' in kustomize) return context.skip(kustomize.missing);
      const built = byName(
        await kustomize.build(join(REPOSITORY, 'docs/examples/kustomize/overlays', environment)),
      );
      const release = await renderChart({
        chart: CHART,
        release: 'my-app',
        namespace: `my-app-${environment}`,
        valuesFiles: [join(REPOSITORY, `values/${environment}.yaml`)],
        skipTests: true,
      });
      expect(Object.keys(built)).toContain(`Deployment/my-app-${environment}/my-app`);
      expect(built).toEqual(byName(release.text));
    },
  );

  it('builds nothing for an environment that does not exist', async (context) => {
    const kustomize = await findKustomize();
    if ('missing' in kustomize) return context.skip(kustomize.missing);
    const overlay = await readFile(
      join(REPOSITORY, 'docs/examples/kustomize/overlays/prod/kustomization.yaml'),
      'utf8',
    );
    const folder = await makeTempFolder({
      'kustomization.yaml': overlay
        .replace(/chartHome: .*/u, `chartHome: ${REPOSITORY}`)
        .replace(/valuesFile: .*/u, `valuesFile: ${join(REPOSITORY, 'values/prod.yaml')}`)
        .replace(/skipTests: true/u, 'valuesInline: {environment: moon}'),
    });
    await expect(kustomize.build(folder)).rejects.toThrow('environment "moon"');
  });
});

interface Application {
  spec: {
    source: {
      path: string;
      helm: { releaseName: string; valueFiles: string[]; valuesObject: JsonObject };
    };
    destination: { namespace: string };
  };
}

describe('the Argo CD example', () => {
  it('names a chart and values that render, with the waves that it speaks of', async () => {
    const file = join(REPOSITORY, 'docs/examples/argocd/application.yaml');
    const { source, destination } = (parse(await readFile(file, 'utf8')) as Application).spec;
    const { manifests } = await renderChart({
      chart: join(REPOSITORY, source.path),
      release: source.helm.releaseName,
      namespace: destination.namespace,
      valuesFiles: source.helm.valueFiles.map((path) => join(REPOSITORY, source.path, path)),
      values: source.helm.valuesObject,
    });
    const waveOf = (kind: string) =>
      manifests.find(({ object }) => object.kind === kind)?.object.metadata['annotations'];
    expect(waveOf('ExternalSecret')).toMatchObject({ 'argocd.argoproj.io/sync-wave': '-2' });
    expect(waveOf('ConfigMap')).toMatchObject({ 'argocd.argoproj.io/sync-wave': '-2' });
    expect(waveOf('Deployment')).not.toHaveProperty('argocd.argoproj.io/sync-wave', '-2');
  });
});
