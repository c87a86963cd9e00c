import { expect, test } from 'vitest';
import '../../../harness/vitest.js';
import { failureText } from '../../helpers/failure-text.js';
import { useWebChart } from '../../helpers/web-chart.js';

const web = useWebChart();

test('holds for one source, the whole list in order, and what a source is read from', () => {
  expect(web.release).toHaveEnvFrom('Secret/web-secret');
  expect(web.release).toHaveEnvFrom('Deployment/web', [
    'ConfigMap/web-config',
    'Secret/web-secret',
    'Secret/web-external',
  ]);
  expect(web.release).toHaveEnvFrom('store aws-parameter-store /platform/web/prod/app');
  expect(web.release).toHaveEnvFrom('ConfigMap web-config');
  expect(web.release).not.toHaveEnvFrom('Secret/other');
  expect(web.release).not.toHaveEnvFrom(['Secret/web-secret', 'ConfigMap/web-config']);
});

test('fails with the difference of the lists, or with what there is', async () => {
  const list = await failureText(() =>
    expect(web.release).toHaveEnvFrom(['ConfigMap/web-config', 'Secret/other']),
  );
  expect(list).toContain('expected another envFrom of Deployment/web › app');
  expect(list).toContain('-   "Secret/other",\n+   "Secret/web-secret",\n+   "Secret/web-external",');
  expect(await failureText(() => expect(web.release).toHaveEnvFrom('Secret/other'))).toBe(
    [
      'expected Secret/other in envFrom of Deployment/web › app; it has ConfigMap/web-config, Secret/web-secret, Secret/web-external, which hold',
      '  store aws-parameter-store /platform/web/prod/app',
      '  Secret web-secret › PASSWORD',
      '  ConfigMap web-config › LOG_LEVEL',
    ].join('\n'),
  );
});

test('negated, fails with what there is', async () => {
  expect(await failureText(() => expect(web.release).not.toHaveEnvFrom('Secret/web-secret'))).toBe(
    'expected another envFrom of Deployment/web › app, but it is ConfigMap/web-config, Secret/web-secret, Secret/web-external',
  );
});
