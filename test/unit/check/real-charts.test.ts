import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { checkValues } from '../../../harness/check/check-values.js';
import { runCommand } from '../../../harness/exec/run-command.js';
import { copyChart } from '../../../harness/helm/copy-chart.js';
import { renderNotes } from '../../../harness/helm/render-notes.js';
import { findProgram } from '../../../harness/toolchain/find-program.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

interface RealChart {
  module: string;
  /** Path of the chart in the module. */
  path: string;
  /** What is found, as `rule: object`, and rightly so: each with its reason beside it. */
  findings: readonly string[];
  objects: number;
}

// Charts that others wrote, each from the Go module that carries it.
const charts: readonly RealChart[] = [
  {
    module: 'github.com/external-secrets/external-secrets@v0.20.4',
    path: 'deploy/charts/external-secrets',
    findings: [],
    objects: 19,
  },
  {
    module: 'github.com/bitnami-labs/sealed-secrets@v0.40.0',
    path: 'helm/sealed-secrets',
    findings: [],
    objects: 10,
  },
  { module: 'sigs.k8s.io/metrics-server@v0.9.0', path: 'charts/metrics-server', findings: [], objects: 9 },
  { module: 'sigs.k8s.io/kwok@v0.8.0', path: 'charts/kwok', findings: [], objects: 7 },
  {
    module: 'sigs.k8s.io/kwok@v0.8.0',
    path: 'charts/stage-fast',
    // Its definitions come with the chart kwok, which is another release.
    findings: ['unknown-kind: Stage/node-heartbeat-with-lease'],
    objects: 5,
  },
  { module: 'github.com/kyverno/kyverno@v1.19.1', path: 'charts/kyverno', findings: [], objects: 60 },
  {
    module: 'github.com/kyverno/kyverno@v1.19.1',
    path: 'charts/kyverno-policies',
    // Its definitions come with the chart kyverno.
    findings: ['unknown-kind: ValidatingPolicy/disallow-capabilities'],
    objects: 11,
  },
];

const go = await findProgram('go');

test.for(charts)('the chart $path of $module is checked without a false finding', async (chart, { skip }) => {
  skip(go === undefined, 'Go is not on PATH, and the chart comes in a Go module');
  const folder = await fetchChart(chart);
  const { issues, release } = await checkValues({ render: { chart: folder } }, { cache: false });
  const told = issues.filter(({ severity }) => severity !== 'info');
  expect(told.map(({ rule, object }) => `${rule}: ${object}`)).toEqual(chart.findings);
  expect(release?.manifests.length).toBeGreaterThanOrEqual(chart.objects);
  await renderNotes({ chart: folder });
});

async function fetchChart({ module, path }: RealChart): Promise<string> {
  const { stdout } = await runCommand('go', ['mod', 'download', '-json', module], {
    env: { ...process.env, GOFLAGS: '-mod=mod' },
  });
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  const folder = join(await makeTempFolder(), 'chart');
  await copyChart(join(Dir, path), folder);
  await dropRemoteDependencies(join(folder, 'Chart.yaml'));
  return folder;
}

// What the module does not carry would have to come from the chart's own repository on the network.
async function dropRemoteDependencies(file: string): Promise<void> {
  const document = parseDocument(await readFile(file, 'utf8'));
  const dependencies = document.toJS().dependencies as { name: string; repository?: string }[] | undefined;
  if (dependencies === undefined) return;
  document.set(
    'dependencies',
    dependencies.filter(({ repository }) => !/^(https?|oci):/u.test(repository ?? '')),
  );
  await writeFile(file, document.toString());
}
