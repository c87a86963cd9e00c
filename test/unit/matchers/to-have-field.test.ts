import { expect, test } from 'vitest';
import { findManifest } from '../../../harness/manifest/select-manifests.js';
import '../../../harness/vitest.js';
import { failureText } from '../../helpers/failure-text.js';
import { useWebChart } from '../../helpers/web-chart.js';

const web = useWebChart();

const deployment = () => findManifest(web.release.manifests, 'Deployment/web');

test('holds for a pointer, a path, an element chosen by name, and quoted names', () => {
  expect(deployment()).toHaveField('/spec/replicas', 3);
  expect(deployment()).toHaveField('spec.replicas', 3);
  expect(deployment()).toHaveField(
    'spec.template.spec.containers[name=app].image',
    'registry.example.com/web:1',
  );
  expect(deployment()).toHaveField('spec.template.spec.containers[0].env[name=URL].value');
  expect(deployment()).toHaveField('metadata.labels["app.kubernetes.io/name"]', 'web');
  expect(deployment()?.object).toHaveField(
    "metadata.labels['app.kubernetes.io/name']",
    expect.stringMatching(/^w/u),
  );
  expect(web.release).toHaveField('Deployment/web', 'spec.replicas', 3);
  expect(deployment()).not.toHaveField('spec.paused');
  expect(web.release).not.toHaveField('Deployment/web', 'spec.replicas', 4);
});

test('fails with the difference, the template, the line and the value that caused it', async () => {
  const text = await failureText(() =>
    expect(web.release).toHaveField('ConfigMap/web-config', 'data.LOG_LEVEL', 'info'),
  );
  expect(text).toContain('expected data.LOG_LEVEL of ConfigMap/web-config to be another value');
  expect(text).toContain('- info\n+ warning-in-prod');
  expect(text).toMatch(
    /in ConfigMap\/web-config \(web\/templates\/config\.yaml, line \d+ of the rendered text\)/u,
  );
  expect(text).toMatch(/from .*prod\.yaml:3:3 config\.LOG_LEVEL$/u);
});

test('fails with the last place that is there', async () => {
  expect(
    await failureText(() => expect(deployment()).toHaveField('spec.template.spec.volumes[0]')),
  ).toContain(
    'expected spec.template.spec.volumes[0] of Deployment/web, but it is not there; at /spec/template/spec there is containers',
  );
  expect(
    await failureText(() =>
      expect(deployment()).toHaveField('spec.template.spec.containers[name=main].image'),
    ),
  ).toContain('at /spec/template/spec/containers there is a list of 1: app');
});

test('negated, fails with what is there', async () => {
  expect(await failureText(() => expect(deployment()).not.toHaveField('spec.replicas'))).toContain(
    'expected spec.replicas of Deployment/web to be missing, but it is 3',
  );
  expect(await failureText(() => expect(deployment()).not.toHaveField('spec.replicas', 3))).toContain(
    'expected spec.replicas of Deployment/web not to be 3',
  );
});

test('fails in both directions when the object is not there', async () => {
  const message = 'expected Deployment/api with a field, but it was not rendered';
  expect(await failureText(() => expect(web.release).toHaveField('Deployment/api', 'spec', 1))).toContain(
    message,
  );
  expect(await failureText(() => expect(web.release).not.toHaveField('Deployment/api', 'spec', 1))).toContain(
    message,
  );
});

test('never shows what a Secret holds', async () => {
  const secret = findManifest(web.release.manifests, 'Secret');
  expect(secret).toHaveField('stringData.PASSWORD', 'hunter2');
  const text = await failureText(() => expect(secret).toHaveField('stringData.PASSWORD', 'guess'));
  expect(text).toContain('<hidden 1>');
  expect(text + (await failureText(() => expect(secret).not.toHaveField('stringData')))).not.toContain(
    'hunter2',
  );
});

test.each(['spec..replicas', '.spec', 'spec[', 'spec[name=]x]'])('refuses the path %j', async (path) => {
  expect(await failureText(() => expect(deployment()).toHaveField(path))).toContain(
    'not readable at character',
  );
});
