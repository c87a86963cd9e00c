import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { findDrift } from '../../harness/e2e/find-drift.js';
import { waitUntil } from '../../harness/exec/wait-until.js';
import { renderChart } from '../../harness/helm/render-chart.js';
import { refer } from '../../harness/kube/kube-client.js';
import { formatObjectName } from '../../harness/manifest/manifest.js';
import { readObject } from '../../harness/manifest/read-json.js';
import { REPOSITORY } from '../helpers/run-script.js';
import { CHART } from './support/release.js';
import { RELEASE, test } from './support/scenario.js';

const files = (
  await Promise.all(
    ['chart/ci', 'values'].map(async (folder) =>
      (await readdir(join(REPOSITORY, folder))).map((name) => `${folder}/${name}`),
    ),
  )
).flat();

/** Kinds that the operator reads and writes back. */
const OPERATORS_OWN = ['ExternalSecret', 'SecretStore'];

describe.concurrent('objects are after the operator has had them as they were rendered', () => {
  for (const file of files) {
    test(`from ${file}`, async ({ scenario }) => {
      const { client, namespace } = scenario;
      const { manifests } = await renderChart({
        chart: CHART,
        release: RELEASE,
        namespace,
        valuesFiles: [join(REPOSITORY, file)],
      });
      const rendered = manifests
        .map(({ object }) => object)
        .filter(({ kind }) => OPERATORS_OWN.includes(kind))
        .map((object) => ({ ...object, metadata: { ...object.metadata, namespace } }));
      await Promise.all(rendered.map(async (object) => await client.apply(object)));
      const found = rendered.map(async (object) => {
        const live = await waitUntil(
          async () => {
            const one = await client.read(refer(object));
            if (one === undefined || readObject(one, 'status') === undefined)
              throw new Error('no status yet');
            return one;
          },
          { what: `${formatObjectName(object)}: the operator has had it`, timeoutMs: 30_000 },
        );
        return findDrift(object, live).map((text) => `${formatObjectName(object)} ${text}`);
      });
      expect((await Promise.all(found)).flat()).toEqual([]);
    });
  }
});
