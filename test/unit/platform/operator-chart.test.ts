import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { renderChart } from '../../../harness/helm/render-chart.js';
import { selectManifests } from '../../../harness/manifest/select-manifests.js';
import { chooseOperatorValues, ensureOperatorChart } from '../../../harness/platform/operator-chart.js';
import {
  type ExternalSecretsFiles,
  ensureExternalSecretsFiles,
} from '../../../harness/toolchain/external-secrets-program.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

interface Pod {
  spec: { template: { spec: { containers: { image: string; env?: unknown; readinessProbe?: unknown }[] } } };
}

const FETCHED_WITHIN_MS = 600_000;

let files: ExternalSecretsFiles;
// Where they are not there yet they are fetched, and Go before them: that takes as long as the network does.
beforeAll(async () => {
  files = await ensureExternalSecretsFiles();
}, FETCHED_WITHIN_MS);

async function render(storeEndpointUrl?: string) {
  const chart = await ensureOperatorChart(files, { cacheFolder: await makeTempFolder() });
  const values = chooseOperatorValues({ reference: 'localhost:5000/operator:v1', storeEndpointUrl });
  const { manifests } = await renderChart({ chart, release: 'external-secrets', values }, { cache: false });
  const containers = selectManifests(manifests, { kind: 'Deployment' }).flatMap(
    ({ object }) => (object as unknown as Pod).spec.template.spec.containers,
  );
  return { chart, manifests, containers };
}

test('the operator’s own chart is installed with its webhook and certificate controller, all of one image, without its definitions', async () => {
  const { manifests, containers } = await render();
  expect(containers.map(({ image }) => image)).toEqual(Array(3).fill('localhost:5000/operator:v1'));
  expect(selectManifests(manifests, { kind: 'ValidatingWebhookConfiguration' })).toHaveLength(2);
  expect(selectManifests(manifests, { kind: 'CustomResourceDefinition' })).toEqual([]);
});

test('the copy of it names no registry’s chart, and looks at once whether a webhook is ready', async () => {
  const { chart, containers } = await render();
  expect(await readFile(join(chart, 'Chart.yaml'), 'utf8')).not.toContain('dependencies');
  const probes = containers.flatMap(({ readinessProbe }) => (readinessProbe ? [readinessProbe] : []));
  expect(probes).toHaveLength(2);
  for (const probe of probes) expect(probe).toMatchObject({ initialDelaySeconds: 1, periodSeconds: 1 });
});

test('a store that stands in for AWS is the operator’s endpoint of every service, and without one AWS itself is', async () => {
  const names = ['AWS_SSM_ENDPOINT', 'AWS_STS_ENDPOINT', 'AWS_SECRETSMANAGER_ENDPOINT'];
  const led = await render('http://192.0.2.1:4566');
  expect(led.containers.flatMap(({ env }) => env ?? [])).toEqual(
    expect.arrayContaining(names.map((name) => ({ name, value: 'http://192.0.2.1:4566' }))),
  );
  const text = JSON.stringify((await render()).containers);
  for (const name of names) expect(text).not.toContain(name);
});
