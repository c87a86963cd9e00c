import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dryRunRelease } from '../../harness/check/dry-run-release.js';
import { listClusters } from '../../harness/cluster/cluster-state.js';
import { renderChart } from '../../harness/helm/render-chart.js';
import { KubeClient } from '../../harness/kube/kube-client.js';
import type { KubernetesObject, Manifest } from '../../harness/manifest/manifest.js';
import { loadSchemas } from '../../harness/schemas/load-schemas.js';
import { findCacheFolder } from '../../harness/toolchain/cache-folder.js';
import { validate } from '../../harness/validate/validate.js';
import { runCli } from '../helpers/run-cli.js';
import { REPOSITORY } from '../helpers/run-script.js';
import { makeTempFolder } from '../helpers/temp-folder.js';
import { classify, DISAGREEMENT_CLASSES } from './support/disagreement-classes.js';
import { listMutations, type Mutation } from './support/mutations.js';
import { makeNamespace } from './support/namespace.js';
import { useSharedCluster } from './support/shared.js';

const CHART = join(REPOSITORY, 'chart');

// All of them take half a minute: SLUICE_TRUTH=all.
const EVERY = process.env['SLUICE_TRUTH'] === 'all' ? 1 : 5;

// What a server judges too, of one object alone.
const JUDGED_BY_SERVER =
  /^(?:schema-|api-version$|object-name$|object-size$|part-name$|label-syntax$|duplicate-|unknown-volume$|env-)/u;

let client: KubeClient;
beforeAll(async () => {
  client = new KubeClient((await useSharedCluster()).connection);
});
afterAll(() => client.close());

interface Disagreement extends Mutation {
  id: string | undefined;
  words: string;
}

test('of what was changed about the chart’s objects the server and validate() say the same, but for known classes', async () => {
  const namespace = await makeNamespace(client);
  const objects = await renderAll(namespace);
  await provideServiceAccounts(objects, namespace);
  const mutations = listMutations(objects).filter((_, at) => at % EVERY === 0);
  const judged = await Promise.all(mutations.map(async (mutation) => await judge(mutation, namespace)));
  const tried = judged.filter((one) => one !== undefined);
  const disagreements = tried.flatMap(({ disagreement }) => disagreement ?? []);
  print(tried.length, disagreements);

  expect(disagreements.filter(({ id }) => id === undefined).map(describe)).toEqual([]);
  expect(tried.length).toBeGreaterThan(800);
  expect(disagreements.length / tried.length).toBeLessThan(0.12);
  const falseAlarms = disagreements.filter(({ id }) => id === 'empty-means-default');
  expect(falseAlarms.length / tried.length).toBeLessThan(0.01);
}, 120_000);

test('the untouched objects of every sample are taken by the server', async () => {
  const namespace = await makeNamespace(client);
  const objects = await renderAll(namespace);
  await provideServiceAccounts(objects, namespace);
  const issues = await dryRunRelease(objects.map(toManifest), { client, namespace, unknownKind: 'info' });
  expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('every class of disagreement is explained in the documentation', async () => {
  const text = await readFile(join(REPOSITORY, 'docs', 'server-truth.md'), 'utf8');
  for (const { id } of DISAGREEMENT_CLASSES) expect(text).toContain(`\`${id}\``);
});

async function renderAll(namespace: string): Promise<KubernetesObject[]> {
  const folders = [join(CHART, 'ci'), join(REPOSITORY, 'values')];
  const files = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).sort().map((name) => join(folder, name))),
  );
  const releases = await Promise.all(
    files
      .flat()
      .map(
        async (file) => await renderChart({ chart: CHART, release: 'truth', namespace, valuesFiles: [file] }),
      ),
  );
  return releases.flatMap(({ manifests }) => manifests.map(({ object }) => object));
}

// A pod of an account that is not there is refused for that, whatever else is wrong with it.
async function provideServiceAccounts(
  objects: readonly KubernetesObject[],
  namespace: string,
): Promise<void> {
  const names = new Set(
    objects.filter(({ kind }) => kind === 'ServiceAccount').map((one) => one.metadata.name),
  );
  for (const name of [...names, 'default']) {
    await client.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } });
  }
}

function toManifest(object: KubernetesObject): Manifest {
  return { object, source: { template: '', index: 0, line: 1 }, text: JSON.stringify(object) };
}

/** Undefined where the server does not know the kind, or where somebody else refuses the object. */
async function judge(
  mutation: Mutation,
  namespace: string,
): Promise<{ disagreement: Disagreement | undefined } | undefined> {
  const manifest = toManifest(mutation.object);
  const answer = await dryRunRelease([manifest], { client, namespace, unknownKind: 'info' });
  if (answer.some(({ severity, pointer }) => severity === 'info' && pointer === '/kind')) return undefined;
  // Webhooks judge more than a server does; what the operator's refuses is compared by itself, in kind.
  if (answer.some(({ message }) => message.includes('admission webhook'))) return undefined;
  const options = { schemas: loadSchemas(), kubernetesVersions: ['1.35'] };
  const found = validate({ manifests: [manifest], namespace }, options).filter(
    ({ rule, severity }) => severity === 'error' && JUDGED_BY_SERVER.test(rule),
  );
  const [refusal] = answer;
  const [finding] = found;
  if ((refusal === undefined) === (finding === undefined)) return { disagreement: undefined };
  const words = refusal?.message ?? finding?.rule ?? '';
  const id = classify(refusal === undefined ? 'validate' : 'server', words);
  return { disagreement: { ...mutation, id, words } };
}

function describe({ kind, place, change, words }: Disagreement): string {
  return `${kind} ${place} ${change}: ${words.slice(0, 300)}`;
}

function print(tried: number, disagreements: readonly Disagreement[]): void {
  const rate = ((100 * disagreements.length) / tried).toFixed(1);
  const lines = DISAGREEMENT_CLASSES.map(({ id, refusedBy }) => {
    const count = disagreements.filter((one) => one.id === id).length;
    return `  ${id.padEnd(26)} refused by ${refusedBy.padEnd(8)} ${count}`;
  });
  process.stderr.write(
    `server truth: ${tried} changed objects, ${disagreements.length} judged differently (${rate} %)\n${lines.join('\n')}\n`,
  );
}

test('sluice check --context lists what that server refuses, with its place in the values, and makes nothing', async () => {
  const { kubeconfig } = await useSharedCluster();
  const folder = await makeTempFolder({
    'values.yaml': [
      'image: {repository: registry.example.com/shop, tag: "1"}',
      'config: {LOG_LEVEL: info}',
      'extraObjects:',
      '  job:',
      '    apiVersion: batch/v1',
      '    kind: CronJob',
      '    spec: {schedule: "61 * * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}}',
      '  missing: {apiVersion: example.com/v1, kind: Gadget}',
    ].join('\n'),
  });
  const args = ['check', '--chart', CHART, '-f', 'values.yaml', '--kubeconfig', kubeconfig, '--json'];
  const result = await runCli([...args, '--namespace', 'default'], { cwd: folder });
  expect(result.code).toBe(1);
  const { cases } = JSON.parse(result.stdout) as { cases: [{ issues: { rule: string }[] }] };
  expect(cases[0].issues.filter(({ rule }) => rule === 'server-dry-run')).toEqual([
    expect.objectContaining({
      severity: 'error',
      pointer: '/spec/schedule',
      message: expect.stringContaining('end of range (61) above maximum (59)'),
      values: expect.objectContaining({
        file: 'values.yaml',
        line: 7,
        path: 'extraObjects.job.spec.schedule',
      }),
    }),
    expect.objectContaining({
      severity: 'error',
      pointer: '/kind',
      object: expect.stringMatching(/^Gadget/u),
    }),
  ]);

  const nowhere = await runCli([...args, '--namespace', 'not-there'], { cwd: folder });
  expect(nowhere.stdout).toContain('namespaces \\"not-there\\" not found');
  expect(await client.read({ apiVersion: 'v1', kind: 'Namespace', name: 'not-there' })).toBeUndefined();
});

test('without a cluster a server is started for the check, and nothing of it stays', async () => {
  const result = await runCli(['check', '-f', 'values/dev.yaml', '--server'], { cwd: REPOSITORY });
  expect(result).toMatchObject({ code: 0 });
  expect(result.stderr).toMatch(/trying every object on .*, Kubernetes 1\.35/u);
  // Other processes may start such servers too.
  const own = (await listClusters(findCacheFolder())).filter(({ state }) => state.owner?.pid === process.pid);
  expect(own.map(({ state }) => state.name).filter((name) => name.startsWith('check-'))).toEqual([]);
});
