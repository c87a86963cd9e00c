import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { renderChart } from '../../../harness/helm/render-chart.js';
import { type KubeClient, refer } from '../../../harness/kube/kube-client.js';
import { KubeApiError } from '../../../harness/kube/kube-error.js';
import type { JsonObject, KubernetesObject, Manifest } from '../../../harness/manifest/manifest.js';
import { loadSchemas } from '../../../harness/schemas/load-schemas.js';
import { validate } from '../../../harness/validate/validate.js';
import { REPOSITORY } from '../../helpers/run-script.js';
import { listMutations } from '../support/mutations.js';
import { CHART } from '../support/release.js';
import { test } from './support/pods.js';

const KINDS = new Set(['ExternalSecret', 'SecretStore', 'ClusterSecretStore']);

describe('what the operator’s webhook refuses', () => {
  test('sluice check refuses too: of every sample with one thing changed, and of what only the webhook knows', async ({
    scenario,
  }) => {
    const { client, namespace } = scenario;
    const objects = [...(await renderSamples(namespace)), ...listWrong(namespace)];
    const tried = [
      ...listMutations(objects.filter(({ kind }) => KINDS.has(kind))).map(
        ({ object, kind, place, change }) => ({
          object,
          what: `${kind} ${place} ${change}`,
        }),
      ),
      ...objects.map((object) => ({ object, what: `${object.kind} ${object.metadata.name}` })),
    ];
    const refused = (
      await Promise.all(
        tried.map(async ({ object, what }) => {
          const words = await askWebhook(client, object, namespace);
          return words === undefined ? [] : [{ object, what, words }];
        }),
      )
    ).flat();
    scenario.tell(`${tried.length} objects tried, ${refused.length} refused by the webhook`);
    expect(refused.length).toBeGreaterThanOrEqual(listWrong(namespace).length);
    const missed = refused.filter(({ object }) => isAccepted(object, namespace));
    expect(missed.map(({ what, words }) => `${what}: ${words}`)).toEqual([]);
    const wrong = listWrong(namespace).map(({ metadata }) => metadata.name);
    expect(refused.map(({ object }) => object.metadata.name)).toEqual(expect.arrayContaining(wrong));
  }, 120_000);
});

async function renderSamples(namespace: string): Promise<KubernetesObject[]> {
  const folders = [join(CHART, 'ci'), join(REPOSITORY, 'values')];
  const files = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).sort().map((name) => join(folder, name))),
  );
  const releases = await Promise.all(
    files
      .flat()
      .map(
        async (file) =>
          await renderChart({ chart: CHART, release: 'samples', namespace, valuesFiles: [file] }),
      ),
  );
  const objects = releases.flatMap(({ manifests }) => manifests.map(({ object }) => object));
  return objects.filter(({ kind }) => KINDS.has(kind));
}

/** What no schema forbids. */
function listWrong(namespace: string): KubernetesObject[] {
  const build = (kind: string, name: string, spec: JsonObject): KubernetesObject => ({
    apiVersion: 'external-secrets.io/v1',
    kind,
    metadata: { name, ...(kind === 'ClusterSecretStore' ? {} : { namespace }) },
    spec,
  });
  const secretStoreRef = { name: 'parameters', kind: 'SecretStore' };
  const extract = { key: '/shop/app' };
  const keys = (reference: JsonObject): JsonObject => ({
    aws: {
      service: 'ParameterStore',
      region: 'eu-west-1',
      auth: {
        secretRef: {
          accessKeyIDSecretRef: { name: 'a', key: 'k', ...reference },
          secretAccessKeySecretRef: { name: 'a', key: 'k', ...reference },
        },
      },
    },
  });
  const secret = (name: string, spec: JsonObject) =>
    build('ExternalSecret', name, { secretStoreRef, ...spec });
  return [
    secret('nothing', {}),
    secret('empty', { data: [] }),
    secret('two-sources', { dataFrom: [{ extract, find: { path: '/shop' } }] }),
    secret('no-source', { dataFrom: [{ rewrite: [] }] }),
    secret('delete-merge', {
      dataFrom: [{ extract }],
      target: { creationPolicy: 'Merge', deletionPolicy: 'Delete' },
    }),
    secret('merge-none', {
      dataFrom: [{ extract }],
      target: { creationPolicy: 'None', deletionPolicy: 'Merge' },
    }),
    build('SecretStore', 'other-namespace', { provider: keys({ namespace: 'kube-system' }) }),
    build('SecretStore', 'short-recovery', {
      provider: {
        aws: {
          service: 'SecretsManager',
          region: 'eu-west-1',
          secretsManager: { recoveryWindowInDays: 3 },
        },
      },
    }),
  ];
}

/** What the webhook says against an object; undefined where it has nothing against it, or the server was first. */
async function askWebhook(
  client: KubeClient,
  object: KubernetesObject,
  namespace: string,
): Promise<string | undefined> {
  const placed =
    object.kind === 'ClusterSecretStore'
      ? object
      : { ...object, metadata: { ...object.metadata, namespace } };
  try {
    await client.tryText(JSON.stringify(placed), refer(placed));
    return undefined;
  } catch (error) {
    if (!(error instanceof KubeApiError)) throw error;
    const { message } = error;
    return message.includes('admission webhook') && message.includes('external-secrets.io')
      ? message
      : undefined;
  }
}

function isAccepted(object: KubernetesObject, namespace: string): boolean {
  const manifest: Manifest = {
    object,
    source: { template: '', index: 0, line: 1 },
    text: JSON.stringify(object),
  };
  const options = { schemas: loadSchemas(), kubernetesVersions: ['1.35'] };
  return !validate({ manifests: [manifest], namespace }, options).some(
    ({ severity, rule }) => severity === 'error' && rule !== 'dangling-reference',
  );
}
