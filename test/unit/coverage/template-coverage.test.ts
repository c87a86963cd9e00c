import { cp } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { collectCoverage } from '../../../harness/coverage/collect-coverage.js';
import type { CoverageReport } from '../../../harness/coverage/coverage-report.js';
import { renderChart } from '../../../harness/helm/render-chart.js';
import type { JsonObject } from '../../../harness/manifest/manifest.js';
import { ensureHelmEngine } from '../../../harness/toolchain/helm-engine-program.js';
import { coverageObstacle } from '../../helpers/coverage-obstacle.js';
import { makeSmallChart } from '../../helpers/small-chart.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

/** Renders a chart once for each of these values, and gives what that covered. */
async function cover(chart: string, ...cases: readonly JsonObject[]): Promise<CoverageReport> {
  const folder = await makeTempFolder();
  for (const values of cases) {
    await renderChart({ chart, values }, { cache: false, coverage: folder, engine: 'library' }).catch(
      () => undefined,
    );
  }
  return await collectCoverage({ chart, folder });
}

/** `line: hits` of a template's statements, each as written. */
function listHits(report: CoverageReport, path: string): string[] {
  const found = report.templates.find((one) => one.path === path);
  return (found?.statements ?? []).map(({ range, hits }) => {
    const line = found?.text.split('\n')[range.start.line - 1] ?? '';
    const end = range.end.line === range.start.line ? range.end.column : line.length;
    return `${range.start.line} ${line.slice(range.start.column, end)}: ${hits}`;
  });
}

function listBranches(report: CoverageReport, path: string): string[] {
  const found = report.templates.find((one) => one.path === path);
  return (found?.branches ?? []).map(
    ({ range, source, taken, notTaken }) => `${range.start.line} ${source}: ${taken}, ${notTaken}`,
  );
}

function listFunctions(report: CoverageReport): string[] {
  return report.templates.flatMap(({ path, functions }) =>
    functions.map(({ name, hits }) => `${path} ${name}: ${hits}`),
  );
}

describe.skipIf(coverageObstacle !== undefined)(`template coverage${coverageObstacle ?? ''}`, () => {
  test('counts by hand and by machine are the same', async () => {
    const chart = await makeSmallChart({
      'values.yaml': '{}',
      'templates/_a.tpl': [
        '{{- define "a.name" -}}', // 1
        '{{ .Release.Name }}-{{ .part }}', // 2
        '{{- end }}', // 3
        '{{/* never: {{ if }} */}}', // 4
        '{{- define "a.lines" }}', // 5
        'one: {{ .one }}', // 6
        '{{- if .two }}', // 7
        'two: "}}"', // 8
        '{{- else if .three }}', // 9
        'three: {{ "}}" | quote }}', // 10
        '{{- else }}', // 11
        'none: true', // 12
        '{{- end }}', // 13
        '{{- end }}', // 14
        '{{- define "a.unused" }}unused{{ end }}', // 15
      ].join('\n'),
      'templates/config.yaml': [
        'kind: {{ "Config" }}', // 1
        'name: {{ include "a.name" (dict "Release" .Release "part" "x") | upper | quote }}', // 2
        '{{- with .Values.outer }}', // 3
        'outer: {{ .name }}', // 4
        '{{-   with .inner }}', // 5
        'inner: {{ . }}', // 6
        '{{-   end }}', // 7
        '{{- else }}', // 8
        'outer: none', // 9
        '{{- end }}', // 10
        'list:', // 11
        '{{- range $at, $item := .Values.list }}', // 12
        '{{-   if eq $item "skip" }}{{ continue }}{{ end }}', // 13
        '- {{ $item }}', // 14
        '{{-   if eq $item "stop" }}{{ break }}{{ end }}', // 15
        '{{- else }} []', // 16
        '{{- end }}', // 17
        '{{- include "a.lines" .Values | nindent 0 }}', // 18
        '{{- $text := tpl "{{ if .Values.two }}{{ include \\"a.name\\" . }}{{ end }}" . }}', // 19
        'tpl: {{ $text | quote }}', // 20
      ].join('\n'),
    });
    const report = await cover(
      chart,
      { one: 1, two: true, list: ['a', 'skip', 'stop', 'b'], outer: { name: 'n', inner: 'i' } },
      { one: 1, list: [], outer: { name: 'n' } },
    );
    expect(report.renders).toBe(2);
    expect(listHits(report, 'templates/config.yaml')).toEqual([
      '1 kind:: 2',
      '1 {{ "Config" }}: 2',
      '2 name:: 2',
      '2 {{ include "a.name" (dict "Release" .Release "part" "x") | upper | quote }}: 2',
      '3 {{- with .Values.outer }}: 2',
      '4 outer:: 2',
      '4 {{ .name }}: 2',
      '5 {{-   with .inner }}: 2',
      '6 inner:: 1',
      '6 {{ . }}: 1',
      '9 outer: none: 0',
      '11 list:: 2',
      '12 {{- range $at, $item := .Values.list }}: 2',
      // a, skip and stop; b comes behind the break.
      '13 {{-   if eq $item "skip" }}: 3',
      '13 {{ continue }}: 1',
      '14 -: 2',
      '14 {{ $item }}: 2',
      '15 {{-   if eq $item "stop" }}: 2',
      '15 {{ break }}: 1',
      '16 []: 1',
      '18 {{- include "a.lines" .Values | nindent 0 }}: 2',
      '19 {{- $text := tpl "{{ if .Values.two }}{{ include \\"a.name\\" . }}{{ end }}" . }}: 2',
      '20 tpl:: 2',
      '20 {{ $text | quote }}: 2',
    ]);
    expect(listBranches(report, 'templates/config.yaml')).toEqual([
      '3 with .Values.outer: 2, 0',
      '5 with .inner: 1, 1',
      '12 range $at, $item := .Values.list: 3, 1',
      '13 if eq $item "skip": 1, 2',
      '15 if eq $item "stop": 1, 1',
    ]);
    expect(listHits(report, 'templates/_a.tpl')).toEqual([
      // Two by config.yaml, and one more by the text that tpl renders.
      '2 {{ .Release.Name }}: 3',
      '2 -: 3',
      '2 {{ .part }}: 3',
      '6 one:: 2',
      '6 {{ .one }}: 2',
      '7 {{- if .two }}: 2',
      '8 two: "}}": 1',
      '9 {{- else if .three }}: 1',
      '10 three:: 0',
      '10 {{ "}}" | quote }}: 0',
      '12 none: true: 1',
      '15 unused: 0',
    ]);
    expect(listBranches(report, 'templates/_a.tpl')).toEqual(['7 if .two: 1, 1', '9 else if .three: 0, 1']);
    expect(listFunctions(report)).toEqual([
      'templates/_a.tpl a.name: 3',
      'templates/_a.tpl a.lines: 2',
      'templates/_a.tpl a.unused: 0',
    ]);
    expect(report.totals).toMatchObject({
      statements: { covered: 32, total: 36 },
      branches: { covered: 12, total: 14 },
      functions: { covered: 2, total: 3 },
    });
  });

  test('what stops a render is hit, and nothing behind it', async () => {
    const chart = await makeSmallChart({
      'templates/config.yaml': 'a: 1\n{{- if .Values.bad }}\n{{ fail "no" }}\nb: 2\n{{- end }}\nc: 3\n',
    });
    const report = await cover(chart, { bad: true }, {});
    expect(listHits(report, 'templates/config.yaml')).toEqual([
      '1 a: 1: 2',
      '2 {{- if .Values.bad }}: 2',
      '3 {{ fail "no" }}: 1',
      '4 b: 2: 0',
      '6 c: 3: 1',
    ]);
  });

  test('a define that another file takes the place of is never called, and blocks are called where they stand', async () => {
    const chart = await makeSmallChart({
      'templates/_one.tpl': '{{ define "same" }}first{{ end }}{{ define "gone" }}{{ end }}',
      'templates/config.yaml':
        '{{ define "same" }}second{{ end }}a: {{ template "same" }}\n{{ block "b" . }}b: 1{{ end }}\n',
    });
    const report = await cover(chart, {});
    const called = listFunctions(report);
    expect(called).toContain('templates/config.yaml b: 1');
    // Which of the two wins is Helm's to say; one of them is called, once.
    expect(called.filter((line) => line.includes(' same: ')).sort()).toEqual([
      'templates/_one.tpl same: 1',
      'templates/config.yaml same: 0',
    ]);
    expect(called).toContain('templates/_one.tpl gone: 0');
  });

  test('a loop that cannot be empty has one side alone', async () => {
    const chart = await makeSmallChart({
      'templates/config.yaml': [
        '{{- range list "a" "b" }}{{ end }}', // 1
        '{{- if .Values.data }}{{ range $key, $value := .Values.data }}{{ end }}{{ end }}', // 2
        '{{- with .Values.data }}{{ range . }}{{ end }}{{ end }}', // 3
        '{{- with .Values }}{{ range .data }}{{ end }}{{ end }}', // 4
        '{{- if .Values.data }}{{ with .Values }}{{ range .Values }}{{ end }}{{ end }}{{ end }}', // 5
        '{{- range list }}{{ end }}', // 6
        '{{- if .Values.data }}{{ else }}{{ range .Values.data }}{{ end }}{{ end }}', // 7
      ].join('\n'),
    });
    const report = await cover(chart, {});
    const loops = listBranches(report, 'templates/config.yaml').filter((line) => line.includes(' range '));
    expect(loops).toEqual([
      '1 range list "a" "b": 2, undefined',
      '2 range $key, $value := .Values.data: 1, undefined',
      '3 range .: 1, undefined',
      '4 range .data: 1, 0',
      '5 range .Values: 0, 1',
      '6 range list: 0, 1',
      '7 range .Values.data: 0, 0',
    ]);
  });

  test('letters beyond ASCII do not move a column', async () => {
    const chart = await makeSmallChart({ 'templates/config.yaml': 'ä: "€𝄞" # {{ "x" }}\n' });
    const report = await cover(chart, {});
    expect(listHits(report, 'templates/config.yaml')).toEqual(['1 ä: "€𝄞" #: 1', '1 {{ "x" }}: 1']);
  });

  test('templates of subcharts count under their own name, by whatever alias they are used', async () => {
    const chart = await makeSmallChart({
      'Chart.yaml':
        'apiVersion: v2\nname: top\nversion: 1.0.0\ndependencies:\n- {name: kid, version: 1.0.0, alias: one, condition: one.enabled}\n- {name: kid, version: 1.0.0, alias: two, condition: two.enabled}\n',
      'charts/kid/Chart.yaml': 'apiVersion: v2\nname: kid\nversion: 1.0.0\n',
      'charts/kid/values.yaml': 'size: 1\nenabled: true\n',
      'charts/kid/templates/a.yaml': 'size: {{ .Values.size }}\n',
    });
    const report = await cover(chart, { one: { size: 3 }, two: { enabled: false } }, {});
    expect(listHits(report, 'charts/kid/templates/a.yaml')).toEqual([
      '1 size:: 3',
      '1 {{ .Values.size }}: 3',
    ]);
    expect(report.leaves.filter(({ chart: folder }) => folder === 'charts/kid')).toMatchObject([
      { path: 'size', variants: 2, hasEffect: true, status: 'covered' },
      { path: 'enabled', readBy: ['Chart.yaml'], hasEffect: true, status: 'covered' },
    ]);
  });

  test('a render that the cache knows counts as often as it is asked for', async () => {
    const chart = await makeSmallChart();
    const folder = await makeTempFolder();
    const cacheFolder = await makeTempFolder();
    const { path } = await ensureHelmEngine();
    await cp(dirname(path), join(cacheFolder, 'tools', basename(dirname(path))), { recursive: true });
    for (let times = 0; times < 3; times += 1) {
      const release = await renderChart({ chart }, { coverage: folder, cacheFolder, engine: 'library' });
      expect(release.fromCache).toBe(times > 0);
    }
    const report = await collectCoverage({ chart, folder });
    expect(report.renders).toBe(3);
    expect(listHits(report, 'templates/config.yaml')).toContain('5 {{ .Release.Namespace }}: 3');
  });

  test('a template that was changed since is not counted as what it is now', async () => {
    const folder = await makeTempFolder();
    const before = await makeSmallChart({ 'templates/a.yaml': 'a: 1\n' });
    await renderChart({ chart: before }, { coverage: folder, cache: false });
    const after = await makeSmallChart({ 'templates/a.yaml': 'a: 2\n' });
    const report = await collectCoverage({ chart: after, folder });
    expect(listHits(report, 'templates/a.yaml')).toEqual(['1 a: 2: 0']);
    expect(listHits(report, 'templates/config.yaml')).toContain('5 {{ .Release.Namespace }}: 1');
  });

  test('with the binary engine the library counts beside it, and the binary prints', async () => {
    const chart = await makeSmallChart();
    const folder = await makeTempFolder();
    const release = await renderChart({ chart }, { coverage: folder, engine: 'binary', cache: false });
    expect(release.engine).toBe('binary');
    const report = await collectCoverage({ chart, folder });
    expect(report.totals.statements).toEqual({ covered: 10, total: 10 });
  });
});
