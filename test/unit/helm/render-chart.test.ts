import { readdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../../../harness/exec/run-command.js';
import { type Release, renderChart } from '../../../harness/helm/render-chart.js';
import { TemplateFailure, ValuesSchemaError } from '../../../harness/helm/render-error.js';
import type { RenderOptions } from '../../../harness/helm/render-options.js';
import { findHelm } from '../../../harness/toolchain/find-helm.js';
import { makeSmallChart, smallChartFiles } from '../../helpers/small-chart.js';
import { makeTempFolder, writeFiles } from '../../helpers/temp-folder.js';

async function render(options: RenderOptions): Promise<Release> {
  return await renderChart(options, { cache: false });
}

test('a rendered object knows its template and its line in the output', async () => {
  const release = await render({ chart: await makeSmallChart(), release: 'shop', namespace: 'shop-prod' });
  expect(release.manifests).toHaveLength(1);
  const [manifest] = release.manifests;
  expect(manifest?.object).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'shop-config', namespace: 'shop-prod' },
    data: { COLOR: 'green' },
  });
  expect(manifest?.source).toEqual({ template: 'small/templates/config.yaml', index: 0, line: 2 });
  expect(release.text.split('\n')[1]).toBe('# Source: small/templates/config.yaml');
});

test('later values files win over earlier ones, data over files, and --set over all', async () => {
  const chart = await makeSmallChart({
    'a.yaml': 'data: {A: file, B: file, C: file}',
    'b.yaml': 'data: {B: later}',
  });
  const release = await render({
    chart,
    valuesFiles: [join(chart, 'a.yaml'), join(chart, 'b.yaml')],
    values: { data: { C: 'data', D: 'data' } },
    set: ['data.D=set'],
  });
  expect(release.manifests[0]?.object['data']).toEqual({
    A: 'file',
    B: 'later',
    C: 'data',
    D: 'set',
    COLOR: 'green',
  });
});

test('values given as data never appear among the arguments', async () => {
  const chart = await makeSmallChart();
  const seen: string[] = [];
  await renderChart(
    { chart, values: { data: { TOKEN: 'canary-7f3a' } } },
    {
      cache: false,
      run: async (file, args, options) => {
        seen.push(file, ...args);
        return await runCommand(file, args, options);
      },
    },
  );
  expect(seen.join(' ')).not.toContain('canary-7f3a');
});

test('the namespace is the one asked for, not the one of the user’s Helm settings', async () => {
  const chart = await makeSmallChart();
  const env = { ...process.env, HELM_NAMESPACE: 'elsewhere' };
  const release = await renderChart({ chart }, { cache: false, env });
  expect(release.manifests[0]?.object.metadata['namespace']).toBe('default');
});

test('a chart in a folder with spaces and quotes renders', async () => {
  const folder = await makeTempFolder();
  const chart = join(folder, `it's a "chart"`);
  await writeFiles(chart, smallChartFiles);
  expect((await render({ chart })).manifests).toHaveLength(1);
});

test('dependencies that are not there are built in a copy, and the chart stays as it was', async () => {
  const folder = await makeTempFolder();
  await writeFiles(join(folder, 'library'), smallChartFiles);
  await writeFiles(join(folder, 'parent'), {
    'Chart.yaml':
      'apiVersion: v2\nname: parent\nversion: 0.1.0\ndependencies:\n  - {name: small, version: 0.1.0, repository: "file://../library"}\n',
  });
  const chart = join(folder, 'parent');
  const context = { cacheFolder: await makeTempFolder(), helm: await findHelm() };
  const release = await renderChart({ chart }, context);
  expect(release.manifests[0]?.source.template).toBe('parent/charts/small/templates/config.yaml');
  expect(await readdir(chart)).toEqual(['Chart.yaml']);
});

test('a dependency that cannot be had is told with Helm’s words', async () => {
  const chart = await makeSmallChart({
    'Chart.yaml':
      'apiVersion: v2\nname: small\nversion: 0.1.0\ndependencies:\n  - {name: other, version: 1.0.0, repository: "file://../nowhere"}\n',
  });
  const context = { cacheFolder: await makeTempFolder(), helm: await findHelm() };
  await expect(renderChart({ chart }, context)).rejects.toMatchObject({
    code: 'CHART_DEPENDENCIES',
    exitCode: 3,
  });
});

test('a fail in a template is told with its exact text and place', async () => {
  const chart = await makeSmallChart({
    'templates/guard.yaml': '{{ if .Values.bad }}\n{{ fail "bad: must not be (here: or there)" }}\n{{ end }}',
  });
  const error = await render({ chart, values: { bad: true } }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TemplateFailure);
  expect(error).toMatchObject({
    code: 'TEMPLATE_FAILED',
    exitCode: 1,
    reason: 'bad: must not be (here: or there)',
    template: 'small/templates/guard.yaml',
    line: 2,
  });
});

test('a template that is broken is told with file and line', async () => {
  const chart = await makeSmallChart({ 'templates/broken.yaml': 'a: 1\n{{ if }}\n' });
  await expect(render({ chart })).rejects.toMatchObject({
    code: 'TEMPLATE_BROKEN',
    shortMessage: `chart ${chart}: small/templates/broken.yaml, line 2 cannot be rendered`,
  });
});

test('a value that is looked up in nothing is told with file and line', async () => {
  const chart = await makeSmallChart({ 'templates/broken.yaml': '\n\na: {{ .Values.no.such.thing }}\n' });
  await expect(render({ chart })).rejects.toMatchObject({
    code: 'TEMPLATE_BROKEN',
    shortMessage: `chart ${chart}: small/templates/broken.yaml, line 3 cannot be rendered`,
  });
});

test.each(['broken.yaml', 'broken by us.yaml'])(
  'a template that renders to no YAML is told by its name: %s',
  async (name) => {
    const chart = await makeSmallChart({ [`templates/${name}`]: 'a: b: c\n' });
    await expect(render({ chart })).rejects.toMatchObject({
      code: 'TEMPLATE_YAML',
      shortMessage: `chart ${chart}: small/templates/${name} renders to something that is not YAML`,
    });
  },
);

test('every name the schema does not know is told with its place', async () => {
  const chart = await makeSmallChart({
    'values.schema.json': JSON.stringify({
      type: 'object',
      additionalProperties: false,
      properties: { data: { type: 'object' }, image: { type: 'object', additionalProperties: false } },
    }),
  });
  const error = await render({ chart, values: { datum: 1, image: { tga: 'x' } } }).catch(
    (reason: unknown) => reason,
  );
  if (!(error instanceof ValuesSchemaError)) throw error;
  expect(error.code).toBe('VALUES_SCHEMA');
  const unknown = error.violations.flatMap(({ pointer, unknownNames }) =>
    unknownNames.map((name) => `${pointer}/${name}`),
  );
  expect(unknown.sort()).toEqual(['/datum', '/image/tga']);
});

test('a values file that is missing is wrong usage', async () => {
  const chart = await makeSmallChart();
  await expect(render({ chart, valuesFiles: ['no-such.yaml'] })).rejects.toMatchObject({
    code: 'VALUES_MISSING',
    exitCode: 2,
    shortMessage: 'values file no-such.yaml: no such file',
  });
});

test('a folder given as values file is told as unreadable', async () => {
  const chart = await makeSmallChart();
  await expect(render({ chart, valuesFiles: [chart] })).rejects.toMatchObject({
    code: 'VALUES_UNREADABLE',
    exitCode: 2,
  });
});

test.each(['tab.yaml', 'of the team.yaml'])(
  'a tab in a values file is told with file and line: %s',
  async (name) => {
    const chart = await makeSmallChart({ [name]: 'data:\n\tA: 1\n' });
    const file = join(chart, name);
    await expect(render({ chart, valuesFiles: [file] })).rejects.toMatchObject({
      code: 'VALUES_UNPARSABLE',
      shortMessage: `values file ${file}: not readable as YAML`,
      evidence: expect.stringContaining('line 2'),
    });
  },
);

test('fifty megabytes of values are refused before helm is started', async () => {
  const chart = await makeSmallChart({ 'big.yaml': '' });
  const file = join(chart, 'big.yaml');
  await truncate(file, 50 * 1024 * 1024);
  await expect(render({ chart, valuesFiles: [file] })).rejects.toMatchObject({
    code: 'VALUES_TOO_LARGE',
    shortMessage: `values file ${file}: 50.0 MiB is more than the 8 MiB that are read`,
  });
});

test('an anchor bomb is refused in one error and soon', async () => {
  const levels = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 12; level += 1) {
    const name = String.fromCharCode(97 + level);
    const below = `*${String.fromCharCode(96 + level)}`;
    levels.push(`${name}: &${name} [${Array.from({ length: 9 }, () => below).join(', ')}]`);
  }
  const chart = await makeSmallChart({ 'bomb.yaml': levels.join('\n') });
  await expect(render({ chart, valuesFiles: [join(chart, 'bomb.yaml')] })).rejects.toMatchObject({
    code: 'VALUES_UNPARSABLE',
  });
});

test('a folder that is no chart is wrong usage', async () => {
  const chart = await makeTempFolder({ 'readme.txt': '' });
  await expect(render({ chart })).rejects.toMatchObject({ code: 'CHART_MISSING', exitCode: 2 });
  await expect(render({ chart: '/nowhere' })).rejects.toMatchObject({ code: 'CHART_MISSING', exitCode: 2 });
});

test('a link that leads out of the chart is refused by name', async () => {
  const chart = await makeSmallChart();
  await symlink('/etc/hostname', join(chart, 'files.txt'));
  await expect(render({ chart })).rejects.toMatchObject({
    code: 'CHART_SYMLINK',
    shortMessage: `chart file ${chart}/files.txt: a link that leads out of the chart`,
  });
});

test('a link that stays inside the chart is followed', async () => {
  const chart = await makeSmallChart();
  await symlink('config.yaml', join(chart, 'templates', 'again.yaml'));
  expect((await render({ chart })).manifests).toHaveLength(2);
});

test('a link that leads back into itself does not hang', async () => {
  const chart = await makeSmallChart({ 'files/a.txt': 'a' });
  await symlink('..', join(chart, 'files', 'loop'));
  const error = await render({ chart }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: expect.stringMatching(/^(CHART_SYMLINK|HELM_FAILED)$/u) });
});

test('a helm that is killed half-way is told as killed', async () => {
  const chart = await makeSmallChart();
  const folder = await makeTempFolder();
  const helm = join(folder, 'helm');
  await writeFile(helm, '#!/bin/sh\nkill -KILL $$\n', { mode: 0o755 });
  const context = {
    cache: false,
    helm: { path: helm, version: '4.0.0', digest: 'x', origin: 'PATH' as const },
  };
  await expect(renderChart({ chart }, context)).rejects.toMatchObject({
    code: 'HELM_KILLED',
    shortMessage: `chart ${chart}: helm was ended by SIGKILL before it had finished`,
  });
});

test('an abort ends the render with its reason', async () => {
  const chart = await makeSmallChart();
  const controller = new AbortController();
  const rendering = renderChart({ chart }, { cache: false, signal: controller.signal });
  controller.abort(new Error('interrupted by SIGINT'));
  await expect(rendering).rejects.toThrow('interrupted by SIGINT');
});

test('a value given by --set is in no error, whatever helm fails on', async () => {
  const chart = await makeSmallChart();
  const folder = await makeTempFolder();
  const helm = join(folder, 'helm');
  await writeFile(helm, '#!/bin/sh\necho "Error: something else" >&2\nexit 1\n', { mode: 0o755 });
  const context = {
    cache: false,
    helm: { path: helm, version: '4.0.0', digest: 'x', origin: 'PATH' as const },
  };
  const options = {
    chart,
    set: ['data.A=canary-1,data.B=x\\,canary-2'],
    setJson: ['data={"C":1,"D":"canary-3"}'],
  };
  const error = await renderChart(options, context).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'HELM_FAILED', message: expect.stringContaining('data.A=…') });
  expect((error as Error).message).not.toContain('canary');
});
