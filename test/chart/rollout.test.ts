import '../../harness/vitest.js';
import { describe, expect, it } from 'vitest';
import type { Release } from '../../harness/index.js';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { pick, render } from './support/render.js';

const SECRET = 'secret.reloader.stakater.com/reload';
const CONFIG = 'configmap.reloader.stakater.com/reload';

function annotationsOf(release: Release, name = 'Deployment/demo'): { own: unknown; pod: unknown } {
  return {
    own: pick(release, name, 'metadata', 'annotations'),
    pod: pick(release, name, 'spec', 'template', 'metadata', 'annotations'),
  };
}

const EVERYTHING: JsonObject = {
  environment: 'dev',
  config: { A: 'x' },
  externalSecrets: {
    db: { path: '/a' },
    alone: { envFrom: false, path: '/b' },
    files: { mountAs: 'files', path: '/c' },
  },
  inlineSecrets: { local: { data: { I: 'x' } } },
  sealedSecrets: { sealed: { encryptedData: { S: 'AA' } } },
  existingSecrets: ['given'],
  existingConfigMaps: ['settings'],
  env: {
    ONE: { externalSecret: { name: 'alone', key: 'k' } },
    TWO: { secret: { name: 'direct', key: 'k' } },
    THREE: { configMap: { name: 'map', key: 'k' } },
  },
  volumes: {
    mounted: { secret: { secretName: 'volume-secret' } },
    projected: {
      projected: {
        sources: [{ secret: { name: 'projected-secret' } }, { configMap: { name: 'projected-map' } }],
      },
    },
  },
  workers: {
    bare: { inheritEnv: false },
    mail: { env: { OWN: { secret: { name: 'mail-secret', key: 'k' } } } },
  },
};

describe('a rollout', () => {
  it('follows configuration by a checksum and the operator’s secrets by Reloader, nothing by both', async () => {
    const { own, pod } = annotationsOf(await render(EVERYTHING));
    expect(own).toEqual({
      [SECRET]: 'demo-alone,demo-db,demo-files,demo-sealed,direct,given,projected-secret,volume-secret',
      [CONFIG]: 'map,projected-map,settings',
    });
    expect(pod).toEqual({
      'checksum/config': expect.stringMatching(/^[0-9a-f]{64}$/u),
      'checksum/inline-secrets': expect.stringMatching(/^[0-9a-f]{64}$/u),
    });
  });

  it('of a worker follows what the worker uses', async () => {
    const release = await render(EVERYTHING);
    expect(annotationsOf(release, 'Deployment/demo-mail').own).toMatchObject({
      [SECRET]: expect.stringContaining('demo-db,demo-files,demo-sealed,direct,given,mail-secret,'),
    });
    expect(annotationsOf(release, 'Deployment/demo-bare')).toEqual({
      own: { [SECRET]: 'projected-secret,volume-secret', [CONFIG]: 'projected-map' },
      pod: undefined,
    });
  });

  it('follows what is rendered, not how it is written', async () => {
    const checksum = async (values: JsonObject): Promise<unknown> =>
      pick(
        await render(values),
        'Deployment/demo',
        'spec',
        'template',
        'metadata',
        'annotations',
        'checksum/config',
      );
    const first = await checksum({ config: { A: 1, B: null } });
    expect(await checksum({ config: { A: '1' } })).toBe(first);
    expect(
      await checksum({ config: { A: 1 }, commonLabels: { a: 'b' }, externalSecrets: { x: { path: '/a' } } }),
    ).toBe(first);
    expect(await checksum({ config: { A: 2 } })).not.toBe(first);
    expect(await checksum({ config: { A: 1, B: '' } })).not.toBe(first);
  });

  it.each<[string, JsonObject, unknown, unknown]>([
    ['of nothing', { rollout: { onConfigChange: false, onSecretChange: 'none' } }, undefined, undefined],
    [
      'of secrets alone',
      { rollout: { onConfigChange: false } },
      { [SECRET]: 'demo-db,demo-local' },
      undefined,
    ],
    [
      'of configuration alone',
      { rollout: { onSecretChange: 'none' } },
      undefined,
      { 'checksum/config': expect.anything(), 'checksum/inline-secrets': expect.anything() },
    ],
  ])('can be asked %s', async (...[, values, own, pod]) => {
    const release = await render({
      environment: 'dev',
      config: { A: 'x' },
      externalSecrets: { db: { path: '/a' } },
      inlineSecrets: { local: { data: { I: 'x' } } },
      ...values,
    });
    expect(annotationsOf(release)).toEqual({ own, pod });
  });

  it('keeps annotations of its own beside people’s', async () => {
    const release = await render({
      config: { A: 'x' },
      externalSecrets: { db: { path: '/a' } },
      deployment: { annotations: { note: 'mine', [SECRET]: 'other' } },
      podAnnotations: { a: 'b' },
    });
    expect(annotationsOf(release)).toMatchObject({
      own: { note: 'mine', [SECRET]: 'other' },
      pod: { a: 'b', 'checksum/config': expect.anything() },
    });
  });

  it('comes in the waves of Argo CD where they are asked for', async () => {
    const values: JsonObject = {
      config: { A: 'x' },
      externalSecrets: { db: { path: '/a' } },
      secretStores: { s: { spec: { a: 1 } } },
      jobs: { migrate: {} },
    };
    const waves = (release: Release) =>
      Object.fromEntries(
        release.manifests.map(({ object }) => [
          object.kind,
          (object.metadata['annotations'] as JsonObject | undefined)?.['argocd.argoproj.io/sync-wave'],
        ]),
      );
    expect(waves(await render({ ...values, argocd: { syncWaves: true } }))).toEqual({
      ConfigMap: '-2',
      Deployment: '0',
      ExternalSecret: '-2',
      Job: '-1',
      Pod: undefined,
      SecretStore: '-3',
      Service: '0',
      ServiceAccount: '-2',
    });
    expect(Object.values(waves(await render(values))).filter((wave) => wave !== undefined)).toEqual([]);
  });
});
