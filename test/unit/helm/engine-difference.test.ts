import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runCommand } from '../../../harness/exec/run-command.js';
import { buildStandardInput, buildTemplateArguments } from '../../../harness/helm/build-arguments.js';
import type { RenderOptions } from '../../../harness/helm/render-options.js';
import type { JsonObject, JsonValue } from '../../../harness/manifest/manifest.js';
import { findProgram } from '../../../harness/toolchain/find-program.js';
import {
  type ComparedEngines,
  findObstacle,
  openEngines,
  type Printed,
} from '../../helpers/compare-engines.js';
import { fetchModuleChart, type ModuleChart } from '../../helpers/fetch-module-chart.js';
import { REPOSITORY } from '../../helpers/run-script.js';

const CHART = join(REPOSITORY, 'chart');
const obstacle = await findObstacle();
const go = await findProgram('go');
const files = [...(await listYaml('values')), ...(await listYaml('chart', 'ci'))];

async function listYaml(...folder: string[]): Promise<string[]> {
  const names = await readdir(join(REPOSITORY, ...folder));
  return names.filter((name) => name.endsWith('.yaml')).map((name) => join(...folder, name));
}

let engines: ComparedEngines;

beforeAll(async () => {
  if (obstacle === undefined) engines = await openEngines();
  // So that no test waits for a download; one that fails is told by the tests that need it.
  const modules = [...new Set(charts.map(({ module }) => module))];
  if (obstacle === undefined && go !== undefined)
    await runCommand(go, ['mod', 'download', ...modules], {
      env: { ...process.env, GOFLAGS: '-mod=mod' },
    }).catch(() => undefined);
}, 600_000);

/** Renders by both; what each printed to the byte, under the same names. */
async function expectSame(options: RenderOptions, cwd?: string): Promise<number> {
  const args = buildTemplateArguments(options);
  const stdin = buildStandardInput(options);
  const input = { ...(stdin === undefined ? {} : { stdin }), ...(cwd === undefined ? {} : { cwd }) };
  const [library, { isComplete, ...counting }, binary] = await Promise.all([
    engines.library(args, input),
    engines.counting(args, input),
    engines.binary(args, input),
  ]);
  expect(hideGenerated(library)).toEqual(hideGenerated(binary));
  expect(hideGenerated(counting), 'while it counts what is hit').toEqual(hideGenerated(binary));
  if (binary.exitCode === 0) expect(isComplete, 'templates that count fail where others do not').toBe(true);
  return binary.exitCode;
}

// Certificates that a chart generates are others in each render.
function hideGenerated(printed: Printed): Printed {
  return { ...printed, stdout: printed.stdout.replaceAll(/LS0tLS1CRUdJTi[\w+/=]+/gu, 'PEM') };
}

describe.skipIf(obstacle !== undefined)(
  `the library engine prints what helm prints${obstacle ? `: ${obstacle}` : ''}`,
  () => {
    test.each(files)('for the file %s', async (file) => {
      expect(await expectSame({ chart: 'chart', valuesFiles: [file] }, REPOSITORY)).toBe(0);
    });

    test('for this chart with generated values and choices, right or wrong', {
      timeout: 300_000,
    }, async () => {
      const samples = await Promise.all(
        files.map(async (file) => parse(await readFile(join(REPOSITORY, file), 'utf8')) as JsonObject),
      );
      const ends: number[] = [];
      await fc.assert(
        fc.asyncProperty(generateValues(samples), choices, async (values, chosen) => {
          ends.push(await expectSame({ chart: CHART, values, ...chosen }));
        }),
        { numRuns: 80 },
      );
      // A generator that makes nothing but failures, or none, would prove half.
      expect(ends.filter((end) => end === 0).length).toBeGreaterThan(10);
      expect(ends.filter((end) => end === 1).length).toBeGreaterThan(10);
    });

    test.for(charts)(
      'for the chart $path of $module with its own values',
      { timeout: 120_000 },
      async (chart, { skip }) => {
        skip(go === undefined, 'Go is not on PATH, and the chart comes in a Go module');
        const folder = await fetchModuleChart(chart);
        const own = (await readdir(join(folder, 'ci')).catch(() => [])).filter((name) =>
          /\.ya?ml$/u.test(name),
        );
        expect(await expectSame({ chart: '.', includeCrds: chart.crdsInOrder }, folder)).toBe(0);
        const other = { kubeVersion: '1.29', noHooks: true, isUpgrade: true };
        await expectSame({ chart: '.', ...other }, folder);
        for (const name of own) {
          const valuesFiles = [join('ci', name)];
          await expectSame({ chart: '.', valuesFiles }, folder);
        }
      },
    );
  },
);

interface ComparedChart extends ModuleChart {
  /** False where several subcharts bring definitions: Helm prints those in another order each time. */
  crdsInOrder: boolean;
}

const charts: readonly ComparedChart[] = [
  {
    module: 'github.com/external-secrets/external-secrets@v0.20.4',
    path: 'deploy/charts/external-secrets',
    crdsInOrder: true,
  },
  {
    module: 'github.com/bitnami-labs/sealed-secrets@v0.40.0',
    path: 'helm/sealed-secrets',
    crdsInOrder: true,
  },
  { module: 'sigs.k8s.io/metrics-server@v0.9.0', path: 'charts/metrics-server', crdsInOrder: true },
  { module: 'sigs.k8s.io/kwok@v0.8.0', path: 'charts/kwok', crdsInOrder: true },
  { module: 'sigs.k8s.io/kwok@v0.8.0', path: 'charts/stage-fast', crdsInOrder: true },
  { module: 'github.com/kyverno/kyverno@v1.19.1', path: 'charts/kyverno', crdsInOrder: false },
  { module: 'github.com/kyverno/kyverno@v1.19.1', path: 'charts/kyverno-policies', crdsInOrder: true },
];

/** Parts of the samples put together, and some of their leaves replaced by whatever YAML can hold. */
function generateValues(samples: readonly JsonObject[]): fc.Arbitrary<JsonObject> {
  const parts = samples.flatMap((sample) => Object.entries(sample));
  return fc
    .record({
      chosen: fc.array(fc.constantFrom(...parts), { maxLength: 6 }),
      changes: fc.array(fc.record({ at: fc.nat(), value: leaf }), { maxLength: 2 }),
      config: fc.dictionary(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,12}$/u), scalar, { maxKeys: 4 }),
      wild: fc.option(
        fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue() as fc.Arbitrary<JsonValue>, { maxKeys: 1 }),
        { freq: 8 },
      ),
    })
    .map(({ chosen, changes, config, wild }) => {
      const values: JsonObject = structuredClone({
        image: { repository: 'registry.example.com/demo', tag: '1' },
        ...Object.fromEntries(chosen),
        config,
        ...wild,
      });
      for (const { at, value } of changes) replaceLeaf(values, at, value);
      return values;
    });
}

const scalar: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => !/[\ud800-\udfff]/u.test(text)),
  fc.constantFrom(
    '{{ .Release.Name }}',
    '$(HOME)',
    '0x1F',
    '1e7',
    '~',
    '2026-01-01',
    'a\nb\n',
    '- x',
    '#',
    '<no value>',
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const leaf: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) as fc.Arbitrary<JsonValue> },
);

function replaceLeaf(values: JsonObject, at: number, value: JsonValue): void {
  const places: { holder: JsonObject; key: string }[] = [];
  const visit = (holder: JsonObject): void => {
    for (const [key, one] of Object.entries(holder)) {
      if (typeof one === 'object' && one !== null && !Array.isArray(one)) visit(one as JsonObject);
      else places.push({ holder, key });
    }
  };
  visit(values);
  const place = places[at % Math.max(places.length, 1)];
  if (place !== undefined) place.holder[place.key] = value;
}

/** An option that is not there half of the time. */
function sometimes<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq: 1 });
}

const choices: fc.Arbitrary<Partial<RenderOptions>> = fc
  .record({
    release: sometimes(fc.constantFrom('demo', 'a', 'x'.repeat(53), 'x'.repeat(54), 'Bad_Name')),
    namespace: sometimes(fc.constantFrom('shop', 'kube-system')),
    kubeVersion: sometimes(fc.constantFrom('1.29', 'v1.33.4-gke.1245000', '1.35', 'one')),
    apiVersions: sometimes(fc.constantFrom(['monitoring.coreos.com/v1'], ['a/v1,b/v1', 'c/v1'])),
    showOnly: sometimes(
      fc.constantFrom(
        ['templates/configmap.yaml'],
        ['templates/*.yaml'],
        ['templates/none.yaml'],
        ['templates/tests/*', 'templates/deployment.yaml'],
      ),
    ),
    set: sometimes(
      fc.constantFrom(
        ['image.tag=1,config.A=b'],
        ['config.LIST={a,b}'],
        ['config.A=null'],
        ['a[=1'],
        ['x[-1]=1'],
      ),
    ),
    setString: sometimes(fc.constantFrom(['config.A=1e7'], ['config.A\\.B=1'])),
    setJson: sometimes(fc.constantFrom(['config={"J":1}'], ['{"config":{"K":[1]}}'], ['config={'])),
    skipTests: fc.boolean(),
    noHooks: fc.boolean(),
    isUpgrade: fc.boolean(),
    includeCrds: fc.boolean(),
  })
  .map(
    (all) =>
      Object.fromEntries(
        Object.entries(all).filter(([, one]) => one !== undefined),
      ) as Partial<RenderOptions>,
  );
