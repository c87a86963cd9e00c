import { expect, test } from 'vitest';
import '../../../harness/vitest.js';
import { failureText } from '../../helpers/failure-text.js';
import { useWebChart } from '../../helpers/web-chart.js';

const web = useWebChart();

test('holds for what is rendered, by name, selector and content', () => {
  expect(web.release).toHaveManifest('Deployment/web');
  expect(web.release).toHaveManifest({ kind: 'Deployment', labels: { 'app.kubernetes.io/name': 'web' } });
  expect(web.release).toHaveManifest('Deployment/web', { spec: { replicas: 3 } });
  expect(web.release.manifests).toHaveManifest('ConfigMap');
  expect(web.release).not.toHaveManifest('Deployment/api');
  expect(web.release).not.toHaveManifest('Deployment/web', { spec: { replicas: 4 } });
});

test('fails with what there is of that kind', async () => {
  expect(await failureText(() => expect(web.release).toHaveManifest('Deployment/api'))).toBe(
    'expected Deployment/api, but it was not rendered; of kind Deployment there is\n  Deployment/web  (web/templates/deployment.yaml)',
  );
  expect(await failureText(() => expect(web.release).toHaveManifest('Job'))).toContain(
    'expected Job, but it was not rendered; there is\n  Secret/web-secret  (web/templates/secret.yaml)',
  );
});

test('fails with the difference and the place, and nothing that was not asked for', async () => {
  const text = await failureText(() =>
    expect(web.release).toHaveManifest('Deployment/web', { spec: { replicas: 2 } }),
  );
  expect(text).toContain('-     "replicas": 2,\n+     "replicas": 3,');
  expect(text).toMatch(
    /in Deployment\/web \(web\/templates\/deployment\.yaml, line \d+ of the rendered text\)$/u,
  );
  expect(text).not.toContain('registry.example.com');
});

test('negated, fails with where the object is', async () => {
  expect(await failureText(() => expect(web.release).not.toHaveManifest('Deployment/web'))).toMatch(
    /^expected no Deployment\/web, but there is\n {2}Deployment\/web \(web\/templates\/deployment\.yaml, line \d+/u,
  );
  expect(
    await failureText(() =>
      expect(web.release).not.toHaveManifest('Deployment/web', { spec: { replicas: 3 } }),
    ),
  ).toContain('expected no Deployment/web with this content, but there is');
});

test('never shows what a Secret holds', async () => {
  const text = await failureText(() =>
    expect(web.release).toHaveManifest('Secret/web-secret', { stringData: { PASSWORD: 'other' } }),
  );
  expect(text).toContain('<hidden 1>');
  expect(text).not.toContain('hunter2');
});

test.each([
  [undefined, 'it was given undefined'],
  [Promise.resolve(1), 'it was given a promise'],
  [[1], 'it was given a list with other things in it'],
  [{ a: 1 }, 'it was given an object with a'],
  ['text', 'it was given a string'],
])('refuses what is no release: %s', async (received, evidence) => {
  for (const expectation of [
    () => expect(received).toHaveManifest('Deployment/web'),
    () => expect(received).not.toHaveManifest('Deployment/web'),
  ]) {
    expect(await failureText(expectation)).toContain(evidence);
  }
});
