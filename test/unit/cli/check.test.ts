import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../../helpers/run-cli.js';
import { makeSmallChart } from '../../helpers/small-chart.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const chart = resolve('chart');

const sound = `
environment: prod
image: {repository: registry.example.com/shop/web, tag: "1.4.2"}
config: {LOG_LEVEL: info}
externalSecrets:
  external: {path: "/{system}/{app}/{environment}/app"}
`;

test('values with nothing wrong end with 0 and say what was looked at', async () => {
  const cwd = await makeTempFolder({ 'values/prod.yaml': sound });
  const { code, stdout, stderr } = await runCli(['check', '--chart', chart], { cwd });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^✓ values\/prod\.yaml {2}\d+ objects\n\n1 case, \d+ objects rendered by helm [\d.]+: nothing wrong/u,
  );
});

test('a mistyped value is told with the nearest name, the file and the line', async () => {
  const cwd = await makeTempFolder({ 'prod.yaml': `${sound}\nreplicaCuont: 3\n` });
  const { code, stdout } = await runCli(['check', '--chart', chart, '-f', 'prod.yaml'], { cwd });
  expect(code).toBe(1);
  expect(stdout).toContain('✗ prod.yaml  not rendered, 1 error');
  expect(stdout).toContain(
    'error replicaCuont: no such value [values-schema]\n    at prod.yaml:8:1 replicaCuont',
  );
  expect(stdout).toContain('→ Did you mean replicaCount?');
});

test('a mistyped value deep in a map of secrets is told with its whole path', async () => {
  const text = `${sound.trimEnd()}\n  keys: {data: {A: {path: /x, propery: y}}}\n`;
  const cwd = await makeTempFolder({ 'prod.yaml': text });
  const { stdout } = await runCli(['check', '--chart', chart, '-f', 'prod.yaml'], { cwd });
  expect(stdout).toContain('Did you mean externalSecrets.keys.data.A.property?');
});

test('a value of the wrong form is told with what it means, and is not shown', async () => {
  const cwd = await makeTempFolder({ 'prod.yaml': `${sound}\nrefreshInterval: canary-5-minutes\n` });
  const { code, stdout } = await runCli(['check', '--chart', chart, '-f', 'prod.yaml'], { cwd });
  expect(code).toBe(1);
  expect(stdout).toContain('at prod.yaml:8:1 refreshInterval');
  expect(stdout).toContain('A Go duration such as 5m, 90s, 1h30m or 72h.');
  expect(stdout).not.toContain('canary');
});

test('a guard of the chart is told with the place of the value it speaks of', async () => {
  const text = sound.replace('/{system}/{app}/{environment}/app', '/platform/staging/db');
  const cwd = await makeTempFolder({ 'prod.yaml': text });
  const { code, stdout } = await runCli(['check', '--chart', chart, '-f', 'prod.yaml'], { cwd });
  expect(code).toBe(1);
  expect(stdout).toContain('"/platform/staging/db" names "staging" while environment is "prod"');
  expect(stdout).toContain('at prod.yaml:6:14 externalSecrets.external.path');
});

test('every problem of a file is told in one run, errors before warnings', async () => {
  const text = `${sound}\nconfigg: 1\nimagePullSecret: x\n`.replace('LOG_LEVEL: info', 'VERSION: 1.10');
  const cwd = await makeTempFolder({ 'prod.yaml': text });
  const { stdout } = await runCli(['check', '--chart', chart, '-f', 'prod.yaml'], { cwd });
  const marks = [...stdout.matchAll(/^ {2}(error|warning) /gmu)].map((match) => match[1]);
  expect(marks).toEqual(['error', 'error', 'warning']);
});

test('a secret in plain sight is told by name and length; its value is nowhere', async () => {
  const cwd = await makeTempFolder({
    'prod.yaml': sound.replace('LOG_LEVEL: info', 'DB_PASSWORD: canary-7f3A-x'),
  });
  for (const flags of [[], ['--json'], ['--verbose'], ['--junit', 'report.xml']]) {
    const { code, stdout, stderr } = await runCli(['check', '--chart', chart, '-f', 'prod.yaml', ...flags], {
      cwd,
    });
    expect(code).toBe(1);
    expect(stdout).toContain('DB_PASSWORD');
    expect(stdout + stderr).not.toContain('canary');
  }
  expect(await readFile(join(cwd, 'report.xml'), 'utf8')).not.toContain('canary');
});

test('a rule is switched off by its id and a reason, never without one', async () => {
  const cwd = await makeTempFolder({ 'prod.yaml': sound.replace('LOG_LEVEL: info', 'VERSION: 1.10') });
  const check = ['check', '--chart', chart, '-f', 'prod.yaml', '--strict'];
  expect((await runCli(check, { cwd })).code).toBe(1);
  const disabled = [...check, '--disable-rule', 'lossy-scalar=the shortened form is what is meant'];
  expect((await runCli(disabled, { cwd })).code).toBe(0);
  const { code, stdout } = await runCli([...check, '--disable-rule', 'lossy-scalar'], { cwd });
  expect(code).toBe(1);
  expect(stdout).toContain('lossy-scalar');
});

test('a rule of an unknown id cannot be switched off', async () => {
  const cwd = await makeTempFolder({ 'prod.yaml': sound });
  const { code, stdout } = await runCli(
    ['check', '--chart', chart, '-f', 'prod.yaml', '--disable-rule', 'dangling-refrence=because'],
    { cwd },
  );
  expect(code).toBe(1);
  expect(stdout).toContain('dangling-reference');
});

test('warnings end with 0, and with 1 where --strict is asked for', async () => {
  const cwd = await makeTempFolder({ 'prod.yaml': sound.replace('LOG_LEVEL: info', 'VERSION: 1.10') });
  const { code, stdout } = await runCli(['check', '--chart', chart, '-f', 'prod.yaml'], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain('! prod.yaml');
});

test('--quiet prints nothing where nothing is wrong', async () => {
  const cwd = await makeTempFolder({ 'prod.yaml': sound });
  expect(await runCli(['check', '--chart', chart, '-f', 'prod.yaml', '--quiet'], { cwd })).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  });
});

test('--json is one document with every finding and its place', async () => {
  const cwd = await makeTempFolder({ 'prod.yaml': `${sound}\nreplicaCuont: 3\n` });
  const { stdout } = await runCli(['check', '--chart', chart, '-f', 'prod.yaml', '--json'], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({
    cases: [
      {
        values: ['prod.yaml'],
        objects: 0,
        issues: [
          {
            rule: 'values-schema',
            severity: 'error',
            values: { file: 'prod.yaml', line: 8, column: 1, path: 'replicaCuont' },
          },
        ],
      },
    ],
    totals: { error: 1, warning: 0 },
  });
});

test('the JUnit report has a suite for each file, a test for each object, a failure for each with errors', async () => {
  const cwd = await makeTempFolder({
    'values/good.yaml': sound,
    'values/odd.yaml': `${sound}\nenv: {BELL: "a\\u0007b <&> ]]>"}\n`,
    'values/bad.yaml': `${sound}\nreplicaCuont: 3\n`,
  });
  const { code } = await runCli(['check', '--chart', chart, '--junit', 'report.xml'], { cwd });
  expect(code).toBe(1);
  const { create } = await import('xmlbuilder2');
  const report = create(await readFile(join(cwd, 'report.xml'), 'utf8')).root();
  const suites = report.find((node) => node.node.nodeName === 'testsuite', false, true);
  expect(suites).toBeDefined();
  const text = await readFile(join(cwd, 'report.xml'), 'utf8');
  expect([...text.matchAll(/<testsuite name="([^"]+)"/gu)].map((match) => match[1])).toEqual([
    'values/bad.yaml',
    'values/good.yaml',
    'values/odd.yaml',
  ]);
  expect(text).toContain('<testcase classname="values/good.yaml" name="Deployment/release-name"/>');
  expect([...text.matchAll(/<failure /gu)]).toHaveLength(1);
});

test('what differs between Kubernetes versions is told with the versions', async () => {
  const small = await makeSmallChart({
    'templates/job.yaml':
      'apiVersion: resource.k8s.io/v1\nkind: DeviceClass\nmetadata: {name: gpu}\nspec: {selectors: []}\n',
  });
  const args = ['check', '--chart', small, '--kube-version', '1.30', '--kube-version', '1.36', '--strict'];
  const { code, stdout } = await runCli(args, { cwd: await makeTempFolder() });
  expect(code).toBe(1);
  expect(stdout).toContain('(Kubernetes 1.30)');
});

test('kinds that nobody knows are told, and known once a definition is named', async () => {
  const small = await makeSmallChart({
    'templates/widget.yaml':
      'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: 3}\n',
  });
  const cwd = await makeTempFolder({ 'crd.yaml': widgetDefinition });
  expect((await runCli(['check', '--chart', small, '--strict'], { cwd })).stdout).toContain('[unknown-kind]');
  const known = await runCli(['check', '--chart', small, '--strict', '--crd', 'crd.yaml'], { cwd });
  expect([known.code, known.stdout]).toEqual([0, expect.not.stringContaining('unknown-kind')]);
});

test('a file of --crd that holds no definition is wrong usage', async () => {
  const cwd = await makeTempFolder({ 'crd.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' });
  const { code, stderr } = await runCli(['check', '--chart', chart, '--crd', 'crd.yaml'], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain('there is no CustomResourceDefinition in it');
});

test('a missing values file is wrong usage, not a finding', async () => {
  const { code, stderr } = await runCli(['check', '--chart', chart, '-f', 'nope.yaml'], {
    cwd: await makeTempFolder(),
  });
  expect(code).toBe(2);
  expect(stderr).toContain('values file nope.yaml: no such file');
});

test('a key that stands twice in a values file is told with its line', async () => {
  const cwd = await makeTempFolder({ 'prod.yaml': `${sound}\nsystem: a\nsystem: b\n` });
  const { code, stdout } = await runCli(['check', '--chart', chart, '-f', 'prod.yaml'], { cwd });
  expect(code).toBe(1);
  expect(stdout).toContain('at prod.yaml:9:1');
});

test('the project file gives the chart, the release and the rules', async () => {
  const cwd = await makeTempFolder({ 'values/prod.yaml': sound.replace('LOG_LEVEL: info', 'VERSION: 1.10') });
  await writeFile(
    join(cwd, 'sluice.yaml'),
    `chart: ${chart}\nrelease: shop\ndisabledRules: {lossy-scalar: it is meant so}\n`,
  );
  const { code, stdout } = await runCli(['check', '--json', '--strict'], { cwd });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ cases: [{ release: 'shop', chart }] });
});

const widgetDefinition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: {spec: {type: object, properties: {size: {type: integer}}}}
`;
