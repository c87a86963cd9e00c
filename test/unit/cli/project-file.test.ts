import { expect, test } from 'vitest';
import { readProjectFile } from '../../../harness/cli/project-file.js';
import { listCases } from '../../../harness/cli/values-cases.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

test('a folder without a project file has nothing said of it', async () => {
  expect(await readProjectFile(await makeTempFolder())).toEqual({});
});

test('paths of a project file are taken from its folder', async () => {
  const folder = await makeTempFolder({ 'sluice.yaml': 'chart: deploy/chart\nvalues: deploy/values\n' });
  expect(await readProjectFile(folder)).toEqual({
    chart: `${folder}/deploy/chart`,
    values: `${folder}/deploy/values`,
  });
});

test.each([
  { what: 'an unknown name', text: 'chart: c\nrelaese: web\n', line: 2, evidence: 'relaese is not known' },
  { what: 'a wrong type', text: 'chart: c\n\nrelease: [a]\n', line: 3, evidence: 'release must be string' },
  {
    what: 'a rule switched off without a reason',
    text: 'disabledRules:\n  dangling-reference: ""\n',
    line: 2,
    evidence: /disabledRules.dangling-reference must NOT have fewer/u,
  },
  {
    what: 'a version that is none',
    text: 'kubeVersions: [latest]\n',
    line: 1,
    evidence: /kubeVersions.0 must match pattern/u,
  },
  {
    what: 'a case without values',
    text: 'cases:\n  prod: {release: a}\n',
    line: 2,
    evidence: /cases.prod must have required property 'values'/u,
  },
  { what: 'text that is not YAML', text: 'a: [\n', line: 2, evidence: /./u },
])('$what in a project file is refused with file and line', async ({ text, line, evidence }) => {
  const folder = await makeTempFolder({ 'sluice.yaml': text });
  await expect(readProjectFile(folder)).rejects.toMatchObject({
    code: 'PROJECT_FILE',
    exitCode: 2,
    shortMessage: `${folder}/sluice.yaml:${line}: not a project file that sluice understands`,
    evidence: expect.stringMatching(evidence),
  });
});

test('without -f every values file is a case, in the order of names', async () => {
  const cwd = await makeTempFolder({ 'values/b.yaml': '', 'values/a.yml': '', 'values/readme.md': '' });
  const cases = await listCases({ files: [], cwd, project: {} });
  expect(cases.map(({ name }) => name)).toEqual(['values/a.yml', 'values/b.yaml']);
});

test('files that a case of the project file takes are not checked alone again', async () => {
  const cwd = await makeTempFolder({
    'values/base.yaml': '',
    'values/prod.yaml': '',
    'values/other.yaml': '',
  });
  const project = { cases: { prod: { values: ['values/base.yaml', 'values/prod.yaml'], release: 'web' } } };
  expect(await listCases({ files: [], cwd, project })).toEqual([
    { name: 'prod', files: ['values/base.yaml', 'values/prod.yaml'], release: 'web' },
    { name: 'values/other.yaml', files: ['values/other.yaml'] },
  ]);
});

test('files named by hand are one case, and keep the release of the case they are', async () => {
  const project = { cases: { prod: { values: ['a.yaml', 'b.yaml'], release: 'web' } } };
  expect(await listCases({ files: ['a.yaml', 'b.yaml'], cwd: '/', project })).toMatchObject([
    { release: 'web' },
  ]);
  expect(await listCases({ files: ['b.yaml'], cwd: '/', project })).toEqual([
    { name: 'b.yaml', files: ['b.yaml'] },
  ]);
});

test('a folder of values that the project file names and that is not there is refused', async () => {
  const cwd = await makeTempFolder();
  await expect(listCases({ files: [], cwd, project: { values: `${cwd}/values` } })).rejects.toMatchObject({
    code: 'VALUES_MISSING',
    exitCode: 2,
  });
});

test('a repository without values files has the chart’s own values as its one case', async () => {
  expect(await listCases({ files: [], cwd: await makeTempFolder(), project: {} })).toEqual([
    { name: 'the chart’s own values', files: [] },
  ]);
});
