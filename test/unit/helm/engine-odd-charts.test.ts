import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../../harness/exec/run-command.js';
import { buildStandardInput, buildTemplateArguments } from '../../../harness/helm/build-arguments.js';
import type { RenderOptions } from '../../../harness/helm/render-options.js';
import { type ComparedEngines, findObstacle, openEngines } from '../../helpers/compare-engines.js';
import { makeSmallChart } from '../../helpers/small-chart.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

type Files = Readonly<Record<string, string>>;

const obstacle = await findObstacle();
let engines: ComparedEngines;

beforeAll(async () => {
  if (obstacle === undefined) engines = await openEngines();
}, 600_000);

interface OddChart {
  what: string;
  files?: Files;
  options?: Partial<RenderOptions>;
  exitCode?: 1;
}

const child = (name: string, more: Files = {}): Files =>
  Object.fromEntries(
    Object.entries({
      'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
      'values.yaml': `own: ${name}\nexports:\n  shared: {given: by-${name}}\nnested: {deep: {a: 1, gone: 2}}\n`,
      'templates/one.yaml': 'kind: Child\nchart: {{ .Chart.Name }}\nvalues: {{ .Values | toJson }}\n',
      ...more,
    }).map(([path, text]) => [`charts/${name}/${path}`, text]),
  );

const parent = (dependencies: string): Files => ({
  'Chart.yaml': `apiVersion: v2\nname: parent\nversion: 0.1.0\ndependencies:\n${dependencies}`,
  'templates/all.yaml':
    'kind: Parent\nvalues: {{ .Values | toJson }}\nsub: {{ .Subcharts | keys | sortAlpha | join "," }}\n',
});

const schema = (properties: string): string => `{"type":"object","properties":${properties}}`;

const charts: readonly OddChart[] = [
  { what: 'nothing special' },
  {
    what: 'a subchart that is switched off by a condition',
    files: { ...parent('- {name: kid, version: 1.0.0, condition: kid.enabled}\n'), ...child('kid') },
    options: { set: ['kid.enabled=false'] },
  },
  {
    what: 'a subchart that is switched on by a tag',
    files: {
      ...parent(
        '- {name: kid, version: 1.0.0, tags: [extra]}\n- {name: kit, version: 1.0.0, tags: [other]}\n',
      ),
      ...child('kid'),
      ...child('kit'),
    },
    options: { set: ['tags.extra=true', 'tags.other=false'] },
  },
  {
    what: 'a condition that is no truth value',
    files: { ...parent('- {name: kid, version: 1.0.0, condition: kid.enabled}\n'), ...child('kid') },
    options: { set: ['kid.enabled=perhaps'] },
  },
  {
    what: 'aliases of one subchart',
    files: {
      ...parent(
        '- {name: kid, version: 1.0.0, alias: first}\n- {name: kid, version: 1.0.0, alias: second}\n',
      ),
      ...child('kid'),
    },
    options: { set: ['first.own=a', 'second.own=b', 'global.all=1'] },
  },
  {
    what: 'values imported from a subchart',
    files: {
      ...parent(
        '- name: kid\n  version: 1.0.0\n  import-values: [shared, {child: nested, parent: taken}, {child: none, parent: nowhere}]\n',
      ),
      ...child('kid'),
    },
  },
  {
    what: 'a null that takes a default away',
    files: { ...parent('- {name: kid, version: 1.0.0}\n'), ...child('kid') },
    options: { values: { kid: { nested: { deep: { gone: null } } }, data: null } },
  },
  {
    what: 'a table where a scalar was',
    options: { values: { data: { COLOR: { a: 1 } } } },
  },
  { what: 'a scalar where a table was', options: { set: ['data=1'] } },
  {
    what: 'a subchart given no table',
    files: { ...parent('- {name: kid, version: 1.0.0}\n'), ...child('kid') },
    options: { set: ['kid=1'] },
    exitCode: 1,
  },
  {
    what: 'schemas of chart and subchart that refuse',
    files: {
      ...parent('- {name: kid, version: 1.0.0}\n'),
      'values.schema.json': schema('{"size":{"type":"integer"}}'),
      ...child('kid', { 'values.schema.json': schema('{"own":{"type":"integer"}}') }),
    },
    options: { set: ['size=big'] },
    exitCode: 1,
  },
  { what: 'a schema that is no JSON', files: { 'values.schema.json': '{' }, exitCode: 1 },
  {
    what: 'a schema that names one that is not there',
    files: { 'values.schema.json': schema('{"data":{"$ref":"file:///nowhere/data.json"}}') },
    exitCode: 1,
  },
  {
    what: 'a schema that names a URN',
    files: { 'values.schema.json': schema('{"data":{"$ref":"urn:example:data"}}') },
    options: { set: ['x=1'] },
  },
  { what: 'notes that fail', files: { 'templates/NOTES.txt': '{{ fail "no notes today" }}' }, exitCode: 1 },
  { what: 'notes that are told to nobody', files: { 'templates/NOTES.txt': 'Hello {{ .Release.Name }}' } },
  {
    what: 'required values that are not there',
    files: { 'templates/a.yaml': '{{ required "a value is needed" .Values.none }}' },
    exitCode: 1,
  },
  { what: 'a function that does not exist', files: { 'templates/a.yaml': '{{ nothing }}' }, exitCode: 1 },
  { what: 'an include of nothing', files: { 'templates/a.yaml': '{{ include "nothing" . }}' }, exitCode: 1 },
  {
    what: 'an error deep in includes',
    files: {
      'templates/_a.tpl':
        '{{ define "a" }}{{ include "b" . }}{{ end }}\n{{ define "b" }}\n{{ .Values.x.y.z }}{{ end }}',
      'templates/a.yaml': '\na: {{ include "a" . | nindent 2 }}',
    },
    exitCode: 1,
  },
  {
    what: 'an error inside tpl',
    files: { 'templates/a.yaml': 'a: {{ tpl "{{ .Values.x.y.z }}" . }}' },
    exitCode: 1,
  },
  {
    what: 'includes without end',
    files: {
      'templates/_a.tpl': '{{ define "a" }}{{ include "a" . }}{{ end }}',
      'templates/a.yaml': '{{ include "a" . }}',
    },
    exitCode: 1,
  },
  { what: 'what is no YAML', files: { 'templates/a.yaml': 'a: b: c\n' }, exitCode: 1 },
  {
    what: 'hooks of several weights and kinds',
    files: {
      'templates/hooks.yaml': ['pre-install', 'test', 'post-install', 'nonsense']
        .map(
          (hook, at) =>
            `kind: Job\nmetadata:\n  name: ${hook}\n  annotations: {helm.sh/hook: ${hook}, helm.sh/hook-weight: "${5 - at}"}\n`,
        )
        .join('---\n'),
    },
  },
  {
    what: 'hooks without tests',
    files: { 'templates/t.yaml': 'kind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test}}\n' },
    options: { skipTests: true },
  },
  {
    what: 'definitions of custom resources',
    files: { 'crds/a.yaml': 'kind: CustomResourceDefinition\nmetadata: {name: a}\n' },
    options: { includeCrds: true },
  },
  {
    what: 'what a render can tell of its helm and cluster',
    files: {
      'templates/a.yaml':
        'kind: A\nhelm: {{ .Capabilities.HelmVersion | toJson }}\nkube: {{ .Capabilities.KubeVersion | toJson }}\napis: {{ .Capabilities.APIVersions | toJson }}\nhas: {{ .Capabilities.APIVersions.Has "a/v1" }}\nrelease: {{ .Release | toJson }}\ntemplate: {{ .Template | toJson }}\nchart: {{ .Chart | toJson }}\n',
    },
    options: { apiVersions: ['a/v1'], kubeVersion: 'v1.30.2-gke.7', isUpgrade: true },
  },
  {
    what: 'what is looked up',
    files: {
      'templates/a.yaml':
        'kind: A\none: {{ lookup "v1" "Secret" "a" "b" | toJson }}\nmany: {{ (lookup "v1" "Secret" "" "").items | toJson }}\nhost: {{ getHostByName "localhost" | quote }}\n',
    },
  },
  {
    what: 'files of the chart',
    files: {
      'files/a.txt': '\ufeffa\r\nb',
      'files/b.json': '{"b":1}',
      '.helmignore': 'files/*.md\n',
      'files/c.md': 'c',
      'templates/a.yaml':
        'kind: A\ndata: {{ (.Files.Glob "files/*").AsConfig | toJson }}\nb: {{ .Files.Get "files/b.json" | fromJson | toJson }}\nlines: {{ .Files.Lines "files/a.txt" | toJson }}\n',
    },
  },
  {
    what: 'a chart that needs another Kubernetes',
    files: { 'Chart.yaml': 'apiVersion: v2\nname: small\nversion: 0.1.0\nkubeVersion: ">=1.99"\n' },
    exitCode: 1,
  },
  {
    what: 'a deprecated chart',
    files: {
      'Chart.yaml': 'apiVersion: v2\nname: small\nversion: 0.1.0\ndeprecated: true\n',
      'templates/a.yaml': '{{ fail "stop" }}',
    },
    exitCode: 1,
  },
  {
    what: 'a library chart',
    files: { 'Chart.yaml': 'apiVersion: v2\nname: small\nversion: 0.1.0\ntype: library\n' },
    exitCode: 1,
  },
  {
    what: 'a chart of the third form',
    files: { 'Chart.yaml': 'apiVersion: v3\nname: small\nversion: 0.1.0\n' },
    exitCode: 1,
  },
  {
    what: 'a chart of an unknown form',
    files: { 'Chart.yaml': 'apiVersion: v9\nname: small\nversion: 0.1.0\n' },
    exitCode: 1,
  },
  {
    what: 'a chart without a version',
    files: { 'Chart.yaml': 'apiVersion: v2\nname: small\n' },
    exitCode: 1,
  },
  {
    what: 'a chart of the first form with its requirements',
    files: {
      'Chart.yaml': 'apiVersion: v1\nname: small\nversion: 0.1.0\n',
      'requirements.yaml': 'dependencies:\n- {name: kid, version: 1.0.0}\n',
      ...child('kid'),
    },
  },
  {
    what: 'requirements in a chart of the second form',
    files: {
      'requirements.yaml': 'dependencies:\n- {name: kid, version: 1.0.0}\n',
      ...child('kid'),
      'templates/a.yaml': '{{ fail "stop" }}',
    },
    exitCode: 1,
  },
  {
    what: 'a dependency that is not there',
    files: parent('- {name: kid, version: 1.0.0, repository: "https://charts.example.com"}\n'),
    exitCode: 1,
  },
  { what: 'values of the chart that are no YAML', files: { 'values.yaml': 'a: [1\n' }, exitCode: 1 },
  {
    what: 'a values file of several documents',
    files: { 'more.yaml': 'data: {A: one}\n---\ndata: {B: two}\n' },
    options: { valuesFiles: ['more.yaml'] },
  },
  {
    what: 'a values file with a tab',
    files: { 'bad.yaml': 'data:\n\tA: 1\n' },
    options: { valuesFiles: ['bad.yaml'] },
    exitCode: 1,
  },
  {
    what: 'a values file that is no table',
    files: { 'list.yaml': '- a\n- b\n' },
    options: { valuesFiles: ['list.yaml'] },
    exitCode: 1,
  },
  {
    what: 'every way to set a value',
    files: { 'text.txt': 'from a file, {with} signs\n' },
    options: {
      valuesFiles: ['values.yaml'],
      values: { data: { V: '\u2028 \u0085 é 😀' } },
      setJson: ['data.J={"a":[1,null]}', '{"data":{"K":1.0}}'],
      set: ['data.S=1\\,2', 'data.L[0]=a', 'data.N=null', 'data.T=true'],
      setString: ['data.X=007'],
      setFile: ['data.F=text.txt'],
    },
  },
  {
    what: 'numbers of every size',
    options: { values: { data: { big: 1.2345678901234567e19, whole: 10000000, small: 1e-7, negative: -0 } } },
  },
  {
    what: 'templates that change what they are given',
    files: {
      'templates/a.yaml':
        '{{ $_ := set .Values.data "COLOR" "red" }}{{ $_ := set .Values "new" 1 }}{{ $_ := set .Chart "Name" "other" }}kind: A\n',
    },
  },
  {
    what: 'documents without a new line after their mark',
    files: { 'templates/a.yaml': '---kind: A\n---\n\n---\nkind: B\n# a comment\n---\n# only a comment\n' },
  },
];

const title = `the library engine prints what helm prints${obstacle === undefined ? '' : `: ${obstacle}`}`;

describe.skipIf(obstacle !== undefined)(title, () => {
  test.each(charts)(
    'of a chart with $what, each time it is asked',
    async ({ files, options, exitCode = 0 }) => {
      const cwd = await makeSmallChart(files);
      await expectSame({ chart: '.', ...options }, cwd, exitCode);
    },
  );

  test('of a packed chart, and of one whose subchart is packed', async () => {
    const cwd = await makeTempFolder({ ...child('kid'), ...parent('- {name: kid, version: 1.0.0}\n') });
    await runCommand('tar', ['-czf', 'kid.tgz', '-C', 'charts', 'kid'], { cwd });
    await runCommand('rm', ['-r', 'charts'], { cwd });
    await runCommand('mkdir', ['charts'], { cwd });
    await runCommand('mv', ['kid.tgz', 'charts/kid-1.0.0.tgz'], { cwd });
    await expectSame({ chart: '.' }, cwd, 0);
    await expectSame({ chart: 'charts/kid-1.0.0.tgz' }, cwd, 0);
  });

  test('of a chart with links inside', async () => {
    const cwd = await makeSmallChart({ 'other/b.txt': 'b' });
    await symlink(join(cwd, 'other'), join(cwd, 'linked'));
    await expectSame({ chart: '.' }, cwd, 0);
  });

  test('of a chart in a folder with blanks, named from elsewhere', async () => {
    const cwd = await makeTempFolder({
      'my charts/a b/Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\n',
      'my charts/a b/templates/a.yaml': 'kind: A\n',
    });
    await expectSame({ chart: 'my charts/a b' }, cwd, 0);
  });
});

// Twice: what the first render changed or remembered must not show in the second.
async function expectSame(options: RenderOptions, cwd: string, exitCode: number): Promise<void> {
  const args = buildTemplateArguments(options);
  const stdin = buildStandardInput(options);
  const input = { cwd, ...(stdin === undefined ? {} : { stdin }) };
  const binary = await engines.binary(args, input);
  expect(await engines.library(args, input)).toEqual(binary);
  expect(await engines.library(args, input)).toEqual(binary);
  expect(binary.exitCode, binary.stderr).toBe(exitCode);
}
