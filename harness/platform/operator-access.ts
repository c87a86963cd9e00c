import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { renderChart } from '../helm/render-chart.js';
import type { KubeClient } from '../kube/kube-client.js';
import type { KubernetesObject } from '../manifest/manifest.js';
import type { ExternalSecretsProgram } from '../toolchain/external-secrets-program.js';
import { makeOnce } from '../toolchain/make-once.js';
import { completeOptions, type ToolchainOptions } from '../toolchain/toolchain-options.js';

/** Namespace and service account that the operator's own chart gives it. */
export const OPERATOR_NAMESPACE = 'external-secrets';
const SERVICE_ACCOUNT = 'external-secrets';

const TEMPLATES = ['_helpers.tpl', 'rbac.yaml', 'serviceaccount.yaml'];
const TOKEN_SECONDS = 365 * 24 * 60 * 60;

/**
 * Gives the objects that say what the operator may do, as its own chart renders them; rendered once.
 *
 * @throws SluiceError as `renderChart`.
 */
export async function ensureOperatorAccess(
  program: ExternalSecretsProgram,
  options: ToolchainOptions = {},
): Promise<KubernetesObject[]> {
  const { cacheFolder, env, signal, onProgress } = completeOptions(options);
  const key = createHash('sha256').update(program.chartFolder).digest('hex').slice(0, 16);
  const folder = await makeOnce({
    folder: join(cacheFolder, 'external-secrets', `access-${program.version}-${key}`),
    make: async (draft) => {
      const chart = join(draft, 'chart');
      await copyAccessChart(program.chartFolder, chart);
      const release = await renderChart(
        { chart, release: 'external-secrets', namespace: OPERATOR_NAMESPACE },
        {
          env,
          cacheFolder,
          cache: false,
          ...(signal ? { signal } : {}),
          ...(onProgress ? { onProgress } : {}),
        },
      );
      const objects = release.manifests.map(({ object }) => object);
      await writeFile(join(draft, 'objects.json'), JSON.stringify(objects));
    },
  });
  return JSON.parse(await readFile(join(folder, 'objects.json'), 'utf8')) as KubernetesObject[];
}

// The whole chart names a dependency in a registry, which nothing here needs.
async function copyAccessChart(source: string, target: string): Promise<void> {
  await mkdir(join(target, 'templates'), { recursive: true });
  const chart = parseDocument(await readFile(join(source, 'Chart.yaml'), 'utf8'));
  chart.delete('dependencies');
  await writeFile(join(target, 'Chart.yaml'), chart.toString());
  const files = ['values.yaml', ...TEMPLATES.map((name) => join('templates', name))];
  await Promise.all(files.map(async (file) => await copyFile(join(source, file), join(target, file))));
}

/**
 * Lets the operator do what its chart says and no more, and gives it a token for a year.
 *
 * @throws KubeApiError
 */
export async function grantOperatorAccess(
  objects: readonly KubernetesObject[],
  client: KubeClient,
  signal: AbortSignal,
): Promise<string> {
  await client.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: OPERATOR_NAMESPACE } },
    { signal },
  );
  await Promise.all(objects.map(async (object) => await client.apply(object, { signal })));
  const answer = await client.send({
    method: 'POST',
    path: `/api/v1/namespaces/${OPERATOR_NAMESPACE}/serviceaccounts/${SERVICE_ACCOUNT}/token`,
    body: JSON.stringify({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: TOKEN_SECONDS },
    }),
    signal,
  });
  return (JSON.parse(answer) as { status: { token: string } }).status.token;
}
