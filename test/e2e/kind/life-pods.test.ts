import { randomBytes } from 'node:crypto';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pc from 'picocolors';
import { beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { describeLife, formatLifeStep } from '../../../harness/cli/format-life.js';
import { formatLifeJunit } from '../../../harness/cli/format-life-junit.js';
import { findImages, loadImages } from '../../../harness/cli/load-images.js';
import { type KindCluster, openKindCluster } from '../../../harness/cluster/kind-cluster.js';
import { runLife } from '../../../harness/e2e/life.js';
import type { LifeReport } from '../../../harness/e2e/life-report.js';
import { runCommand } from '../../../harness/exec/run-command.js';
import { KubeClient } from '../../../harness/kube/kube-client.js';
import type { JsonObject } from '../../../harness/manifest/manifest.js';
import { readStringMap } from '../../../harness/manifest/read-json.js';
import { openStore } from '../../../harness/store/open-store.js';
import { buildGoProgram } from '../../../harness/toolchain/go-program.js';
import { REPOSITORY } from '../../helpers/run-script.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';
import { makeNamespace } from '../support/namespace.js';
import { writeImageArchive } from './support/image-archive.js';
import { POD_VALUES } from './support/pods.js';

const colors = pc.createColors(false);
const { signal } = new AbortController();

let cluster: KindCluster;
beforeAll(async () => {
  cluster = (await openKindCluster(inject('clusterName'))).lend();
});

/** A life in the shared cluster, in a namespace, below a path and with a store of its own. */
async function live(values: JsonObject, reading?: (namespace: string) => Promise<void>): Promise<LifeReport> {
  const client = new KubeClient(cluster.connection);
  onTestFinished(() => client.close());
  const namespace = await makeNamespace(client);
  const [system, store] = [
    `life-${randomBytes(4).toString('hex')}`,
    `life-${randomBytes(4).toString('hex')}`,
  ];
  const reference = { apiVersion: 'external-secrets.io/v1', kind: 'ClusterSecretStore', name: store };
  onTestFinished(async () => void (await client.remove(reference)));
  onTestFinished(async () => {
    const parameters = await openStore(cluster.parameterStore);
    await parameters.delete(`/${system}/my-app/stage/app`);
    parameters.close();
  });
  const seen: Promise<void>[] = [];
  const report = await runLife({
    render: {
      chart: join(REPOSITORY, 'chart'),
      release: 'my-app',
      namespace,
      values: {
        ...POD_VALUES,
        // Another test's Reloader would be waited for.
        rollout: { onSecretChange: 'none' },
        ...{ system, environment: 'stage', secretStoreRef: { name: store, kind: 'ClusterSecretStore' } },
        externalSecrets: { app: { path: '/{system}/{app}/{environment}/app' } },
        ...values,
      },
    },
    start: async () => cluster,
    onStep: ({ name }) => {
      if (name === 'rollout' && reading !== undefined) seen.push(reading(namespace));
    },
  });
  await Promise.all(seen);
  return report;
}

/** Steps in one text each, by name; those that went otherwise than well with what they say. */
function tell({ steps }: LifeReport): Record<string, string> {
  return Object.fromEntries(steps.map((step) => [step.name, formatLifeStep(step, colors)]));
}

/** An archive with the sample application under a name of this test's own. */
async function buildImage(name: string): Promise<string> {
  const program = await buildGoProgram({
    ...{ name: 'sample-app', version: '1', folder: join(REPOSITORY, 'test', 'e2e', 'app') },
  });
  const folder = await makeTempFolder();
  await mkdir(join(folder, 'root'));
  await cp(program, join(folder, 'root', 'sample-app'));
  const archive = join(folder, 'image.tar');
  const root = join(folder, 'root');
  await writeImageArchive([{ name, root, entrypoint: ['/sample-app'] }], join(folder, 'parts'), archive);
  return archive;
}

test('a life waits for the pods of an image from this machine, whose processes hold the secret, and its successor once it was rotated', async () => {
  const image = { repository: `registry.example.com/life-${randomBytes(4).toString('hex')}`, tag: '1' };
  const name = `${image.repository}:${image.tag}`;
  const images = await findImages([await buildImage(name)], { env: process.env, cwd: '/', signal });
  await loadImages(cluster, images, { env: process.env, signal });
  onTestFinished(async () => {
    const remove = ['ctr', '--namespace=k8s.io', 'images', 'rm', name];
    await cluster.docker(['exec', cluster.node, ...remove]);
  });

  const client = new KubeClient(cluster.connection);
  onTestFinished(() => client.close());
  let revision: string | undefined;
  const report = await live(
    {
      image,
      config: { LOG_LEVEL: 'info' },
      env: { POD: { field: 'metadata.name' }, BOTH: '$(LOG_LEVEL)-$(POD)' },
      workers: { queue: { image: { repository: 'registry.example.com/nobody-has-it', tag: '1' } } },
    },
    async (namespace) => {
      const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'my-app', namespace };
      const deployment = await client.read(reference);
      revision = readStringMap(deployment?.metadata, 'annotations')['deployment.kubernetes.io/revision'];
    },
  );
  const told = tell(report);
  expect(report.steps.filter(({ status }) => status !== 'passed')).toEqual([]);
  expect(told['pods']).toMatch(/1 pod of 1 workload ready, 1 process holds its 9 variables as foretold$/mu);
  expect(told['pods']).toMatch(
    /Deployment my-app-queue {2}not waited for: image registry\.example\.com\/nobody-has-it:1 cannot be had: \w+$/mu,
  );
  expect(told['rollout']).toMatch(
    /1 pod of 1 workload replaced, the last holds DB_PASSWORD [\d.]+ m?s after it was stored; 1 process holds its 9 variables as foretold$/mu,
  );
  expect(revision).toBe('2');
}, 60_000);

test('a life goes on without pods whose image nobody has, and says at once which image, and why', async () => {
  const report = await live({ image: { repository: 'registry.example.com/nobody-has-it', tag: '1' } });
  const pods = report.steps.find(({ name }) => name === 'pods');
  expect(pods).toMatchObject({
    status: 'skipped',
    text: expect.stringMatching(/^image registry\.example\.com\/nobody-has-it:1 cannot be had: \w+$/u),
  });
  expect(pods?.details.join('\n')).toContain('--load-image IMAGE');
  expect(report.steps.filter(({ status }) => status !== 'passed').map(({ name }) => name)).toEqual([
    'pods',
    'rollout',
  ]);
  expect(formatLifeJunit(report)).toMatch(/skipped="2"/u);
  expect(JSON.stringify(describeLife(report))).toContain('"skipped"');
}, 60_000);

test('an image of a Docker engine is taken from there into the node', async () => {
  const name = `registry.example.com/life-${randomBytes(4).toString('hex')}:1`;
  // The engine that the cluster is in stands for the one of this machine, which may have none.
  const host = await cluster.docker(['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']);
  const env = { ...process.env, DOCKER_HOST: host.trim() };
  await runCommand('docker', ['load', '--input', await buildImage(name)], { env });
  onTestFinished(async () => void (await cluster.docker(['image', 'rm', name])));
  const call = { env, cwd: '/', signal };
  await expect(findImages([`${name}-not`], call)).rejects.toMatchObject({
    code: 'IMAGE_MISSING',
    exitCode: 2,
  });
  await loadImages(cluster, await findImages([name], call), call);
  const inNode = async (...args: string[]) =>
    await cluster.docker(['exec', cluster.node, 'ctr', '--namespace=k8s.io', 'images', ...args]);
  expect(await inNode('ls', '--quiet')).toContain(name);
  await inNode('rm', name);
}, 60_000);
