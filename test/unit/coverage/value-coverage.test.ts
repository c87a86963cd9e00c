import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { collectCoverage } from '../../../harness/coverage/collect-coverage.js';
import type { CoverageReport } from '../../../harness/coverage/coverage-report.js';
import { renderChart } from '../../../harness/helm/render-chart.js';
import type { JsonObject } from '../../../harness/manifest/manifest.js';
import { coverageObstacle } from '../../helpers/coverage-obstacle.js';
import { makeSmallChart } from '../../helpers/small-chart.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

interface Case {
  values?: JsonObject;
  files?: string[];
}

async function cover(chart: string, ...cases: readonly Case[]): Promise<CoverageReport> {
  const folder = await makeTempFolder();
  for (const { values = {}, files = [] } of cases) {
    const options = { chart, values, valuesFiles: files };
    await renderChart(options, { cache: false, coverage: folder, engine: 'library' });
  }
  return await collectCoverage({ chart, folder });
}

/** Statuses of leaves by their path. */
function listStatuses({ leaves }: CoverageReport): Record<string, string> {
  return Object.fromEntries(leaves.map(({ path, status }) => [path, status]));
}

const TEMPLATE = 'templates/config.yaml';

describe.skipIf(coverageObstacle !== undefined)(`values coverage${coverageObstacle ?? ''}`, () => {
  test('tells what no template names, what no render came to, what is read for nothing, and what matters', async () => {
    const chart = await makeSmallChart({
      'values.yaml':
        'color: red\nsize: 1\ndebug: false\nlevel: low\nimage:\n  tag: a\n  digset: ""\nunused: 1\nlist: [1]\n',
      [TEMPLATE]:
        'color: {{ .Values.color }}\n{{ $size := .Values.size }}{{ if .Values.debug }}level: {{ .Values.level }}{{ end }}\ntag: {{ .Values.image.tag }}\nlist: {{ toJson .Values.list }}\n',
    });
    const report = await cover(chart, {}, { values: { color: 'blue' } });
    expect(listStatuses(report)).toEqual({
      color: 'covered',
      size: 'ineffective',
      debug: 'covered',
      level: 'unreached',
      'image.tag': 'covered',
      'image.digset': 'dead',
      unused: 'dead',
      list: 'covered',
    });
    const color = report.leaves.find(({ path }) => path === 'color');
    expect(color).toMatchObject({
      readBy: [TEMPLATE],
      variants: 2,
      place: { file: 'values.yaml', line: 1, column: 1 },
    });
    expect(report.totals.values).toEqual({ covered: 4, total: 8 });
    expect(report.totals.variation).toEqual({ covered: 1, total: 8 });
  });

  // A value is known wherever a template takes it along.
  test.each([
    ['a variable', '{{ $v := .Values.a }}{{ $v.b }}'],
    ['a field of what is in parentheses', '{{ (.Values.a).b }}'],
    ['with and dot', '{{ with .Values.a }}{{ .b }}{{ end }}'],
    ['the root from within a loop', '{{ range list 1 }}{{ $.Values.a.b }}{{ end }}'],
    ['a dictionary', '{{ $d := dict "x" .Values.a }}{{ $d.x.b }}'],
    ['an included template', '{{ define "t" }}{{ .b }}{{ end }}{{ include "t" .Values.a }}'],
    ['a called template', '{{ define "t" }}{{ .b }}{{ end }}{{ template "t" .Values.a }}'],
    ['index', '{{ index .Values "a" "b" }}'],
    ['index with a name that is worked out', '{{ $k := print "b" "" }}{{ index .Values.a $k }}'],
    ['get', '{{ get .Values.a "b" }}'],
    ['dig', '{{ dig "a" "b" "" (.Values | merge (dict)) }}'],
    ['pluck', '{{ pluck "b" .Values.a | first }}'],
    ['a loop over the map', '{{ range $k, $v := .Values.a }}{{ $k }}{{ $v }}{{ end }}'],
    ['all of it printed', '{{ toYaml .Values.a | quote }}'],
    ['all above it printed', '{{ .Values | toJson | quote }}'],
    ['a deep copy', '{{ $c := deepCopy .Values.a }}{{ $c.b }}'],
    ['a merge', '{{ $m := merge (dict "z" 1) .Values.a }}{{ $m.b }}'],
    ['a merge that is deep', '{{ $m := mergeOverwrite (dict "a" (dict "z" 1)) .Values }}{{ $m.a.b }}'],
    ['pick', '{{ $p := pick .Values.a "b" }}{{ $p.b }}'],
    ['omit', '{{ $o := omit .Values.a "c" }}{{ $o.b }}'],
    ['values', '{{ values .Values.a | sortAlpha | join "" }}'],
    ['tpl', '{{ tpl "{{ .Values.a.b }}" . }}'],
    ['a comparison', '{{ if eq .Values.a.b "x" }}yes{{ end }}'],
    ['a pipe', '{{ .Values.a.b | default "y" | upper }}'],
    ['ternary and default', '{{ (ternary .Values.a dict true).b }}'],
  ])('follows a value through %s', async (_, template) => {
    const chart = await makeSmallChart({
      'values.yaml': 'a: {b: x, c: y}\nother: {b: x}\n',
      [TEMPLATE]: `# ${template}\n`,
    });
    const report = await cover(chart, {});
    const readAll = /toJson|range|toYaml|values /u.test(template);
    const statuses = listStatuses(report);
    expect(statuses['a.b']).toMatch(/^covered$/u);
    if (!readAll) expect(statuses['a.c'], 'a.c').not.toBe('covered');
    if (!template.includes('toJson')) expect(statuses['other.b'], 'other.b').not.toBe('covered');
  });

  test('a subchart reads what its parent gives it, and the globals of all', async () => {
    const chart = await makeSmallChart({
      'values.yaml': 'global: {zone: a, spare: b}\nkid: {size: 1, typo: 2}\n',
      'charts/kid/Chart.yaml': 'apiVersion: v2\nname: kid\nversion: 1.0.0\n',
      'charts/kid/values.yaml': 'size: 3\n',
      'charts/kid/templates/a.yaml': 'size: {{ .Values.size }}\nzone: {{ .Values.global.zone }}\n',
      [TEMPLATE]: 'a: 1\n',
    });
    const report = await cover(chart, {});
    const own = report.leaves.filter(({ chart: folder }) => folder === '');
    expect(listStatuses({ ...report, leaves: own })).toEqual({
      'global.zone': 'covered',
      'global.spare': 'dead',
      'kid.size': 'covered',
      'kid.typo': 'dead',
    });
    const kid = report.leaves.filter(({ chart: folder }) => folder === 'charts/kid');
    expect(listStatuses({ ...report, leaves: kid })).toEqual({ size: 'covered' });
  });

  test('packed subcharts do not count unless they are asked for', async () => {
    const chart = await makeSmallChart({
      'charts/kid/Chart.yaml': 'apiVersion: v2\nname: kid\nversion: 1.0.0\n',
      'charts/kid/templates/a.yaml': 'kind: Kid\n',
    });
    const folder = await makeTempFolder();
    await renderChart({ chart }, { coverage: folder, cache: false });
    const count = async (subcharts: 'none' | 'unpacked' | 'all') =>
      (await collectCoverage({ chart, folder, subcharts })).templates.length;
    expect(await count('unpacked')).toBe(2);
    expect(await count('all')).toBe(2);
    expect(await count('none')).toBe(1);
  });

  test('an effect is a manifest that changes, not notes; a refusal is one too', async () => {
    const chart = await makeSmallChart({
      'values.yaml': 'greeting: hello\nlimit: 1\nmode: a\n',
      [TEMPLATE]:
        '{{ if gt (int .Values.limit) 5 }}{{ fail "too many" }}{{ end }}{{ if eq .Values.mode "b" }}b: 1{{ else }}a: 1{{ end }}\n',
      'templates/NOTES.txt': '{{ .Values.greeting }}',
    });
    const alone = await cover(chart, {});
    expect(listStatuses(alone)).toEqual({ greeting: 'ineffective', limit: 'covered', mode: 'ineffective' });
    // That b is a mode at all is known from a render that has it.
    const both = await cover(chart, {}, { values: { mode: 'b' } });
    expect(listStatuses(both)['mode']).toBe('covered');
  });

  test('what templates make anew each time counts as no effect', async () => {
    const chart = await makeSmallChart({
      'values.yaml': 'a: 1\n',
      [TEMPLATE]: '{{ $a := .Values.a }}id: {{ uuidv4 }}\n',
    });
    expect(listStatuses(await cover(chart, {}))).toEqual({ a: 'ineffective' });
  });

  test('keys of a values file that nothing knows are told with the nearest name, the others apart', async () => {
    const chart = await makeSmallChart({
      'values.yaml': 'image: {repository: r, tag: a}\nconfig: {}\ningress: {enabled: false, host: ""}\n',
      [TEMPLATE]:
        'image: {{ .Values.image.repository }}:{{ .Values.image.tag }}\nconfig: {{ toJson .Values.config }}\n{{ if .Values.ingress.enabled }}host: {{ .Values.ingress.host }}{{ end }}\nextra: {{ .Values.extraArg }}\n',
      'mine.yaml':
        'image:\n  repositry: x\n  tag: "2"\ntag: "3"\nconfig:\n  ANY: thing\ningress:\n  host: a.example.com\nextraArg: 1\nextraArgs: 2\nsomething:\n  else: 1\n',
    });
    const file = join(chart, 'mine.yaml');
    const report = await cover(chart, { files: [file] });
    const told = report.unreadKeys.map(({ place, isUnknown, nearest }) => [
      `${place.line} ${place.path}`,
      isUnknown,
      nearest,
    ]);
    expect(told).toEqual([
      ['2 image.repositry', true, 'image.repository'],
      ['4 tag', true, 'image.tag'],
      ['8 ingress.host', false, undefined],
      ['10 extraArgs', true, 'extraArg'],
      ['12 something.else', true, undefined],
    ]);
    const once = await cover(
      chart,
      { files: [file] },
      { files: [file], values: { ingress: { enabled: true } } },
    );
    expect(once.unreadKeys.map(({ place }) => place.path)).not.toContain('ingress.host');
  });

  test('leaves that the schema lets be anything are told, and no others', async () => {
    const chart = await makeSmallChart({
      'values.yaml': 'typed: a\nfree: 1\nlisted: x\nbelow: {open: 1, closed: 2}\nreferred: 1\nmatched: 1\n',
      'values.schema.json': JSON.stringify({
        properties: {
          typed: { type: 'string' },
          free: { description: 'anything' },
          listed: { enum: ['x'] },
          below: { type: 'object', properties: { closed: { minimum: 1 } } },
          referred: { $ref: '#/$defs/number' },
        },
        patternProperties: { '^match': { type: 'integer' } },
        $defs: { number: { type: 'number' } },
      }),
    });
    const report = await cover(chart, {});
    expect(report.openLeaves.map(({ path }) => path)).toEqual(['free', 'below.open']);
  });
});
