import { beforeAll, expect, test } from 'vitest';
import { checkValues } from '../../../harness/check/check-values.js';
import { runCommand } from '../../../harness/exec/run-command.js';
import { renderNotes } from '../../../harness/helm/render-notes.js';
import { findProgram } from '../../../harness/toolchain/find-program.js';
import { fetchModuleChart, type ModuleChart } from '../../helpers/fetch-module-chart.js';

interface RealChart extends ModuleChart {
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

// So that no test waits for a download; one that fails is told by the tests that need it.
beforeAll(async () => {
  const modules = [...new Set(charts.map(({ module }) => module))];
  if (go !== undefined)
    await runCommand(go, ['mod', 'download', ...modules], {
      env: { ...process.env, GOFLAGS: '-mod=mod' },
    }).catch(() => undefined);
}, 600_000);

test.for(charts)('the chart $path of $module is checked without a false finding', async (chart, { skip }) => {
  skip(go === undefined, 'Go is not on PATH, and the chart comes in a Go module');
  const folder = await fetchModuleChart(chart);
  const { issues, release } = await checkValues({ render: { chart: folder } }, { cache: false });
  const told = issues.filter(({ severity }) => severity !== 'info');
  expect(told.map(({ rule, object }) => `${rule}: ${object}`)).toEqual(chart.findings);
  expect(release?.manifests.length).toBeGreaterThanOrEqual(chart.objects);
  await renderNotes({ chart: folder });
});
