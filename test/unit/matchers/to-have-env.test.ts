import { expect, test } from 'vitest';
import { parseManifests } from '../../../harness/manifest/parse-manifests.js';
import '../../../harness/vitest.js';
import { failureText } from '../../helpers/failure-text.js';
import { useWebChart } from '../../helpers/web-chart.js';

const web = useWebChart();

test('holds for names, values and origins, of all containers or one', () => {
  expect(web.release).toHaveEnv('LOG_LEVEL');
  expect(web.release).toHaveEnv(['LOG_LEVEL', 'PASSWORD']);
  expect(web.release).toHaveEnv({ URL: 'https://warning-in-prod.example.com', LOG_LEVEL: 'debug' });
  expect(web.release).toHaveEnv('Deployment/web', { PASSWORD: 'hunter2' });
  expect(web.release).toHaveEnv('Deployment/web/app', {
    PASSWORD: { from: 'Secret web-secret', secret: true },
    LOG_LEVEL: { value: 'debug', from: /^literal$/u, secret: false },
    URL: expect.stringContaining('example.com'),
  });
  expect(web.release).toHaveEnv('app', 'POD_IP');
  expect(web.release).not.toHaveEnv('NOPE');
  expect(web.release).not.toHaveEnv({ LOG_LEVEL: 'info' });
  expect(web.release).not.toHaveEnv({ POD_IP: '' });
});

test('fails with the value there is, where it is from, and what it hides', async () => {
  const text = await failureText(() => expect(web.release).toHaveEnv({ LOG_LEVEL: 'info' }));
  expect(text).toContain(
    'LOG_LEVEL of Deployment/web › app\n  expected the value "info"\n  but it is           "debug"',
  );
  expect(text).toMatch(/from literal, in Deployment\/web \(web\/templates\/deployment\.yaml, line \d+/u);
  expect(text).toContain('which wins over ConfigMap web-config');
});

test('fails with the origin there is', async () => {
  const text = await failureText(() =>
    expect(web.release).toHaveEnv({ PASSWORD: { from: 'ConfigMap web-config' } }),
  );
  expect(text).toContain(
    'expected it from ConfigMap web-config\n  but it is from   Secret web-secret › PASSWORD',
  );
  expect(await failureText(() => expect(web.release).toHaveEnv({ PASSWORD: { secret: false } }))).toContain(
    'expected plain text, but it is a secret',
  );
});

test('fails with the names there are, and the sources that may hold any', async () => {
  expect(await failureText(() => expect(web.release).toHaveEnv('DB_PASSWORD'))).toBe(
    [
      'DB_PASSWORD of Deployment/web › app: not there',
      '  it has PASSWORD, URL, LOG_LEVEL, POD_IP',
      '  and any name that store aws-parameter-store /platform/web/prod/app holds, which is known only once the operator has read it',
    ].join('\n'),
  );
});

test('never shows a secret', async () => {
  const text = await failureText(() => expect(web.release).toHaveEnv({ PASSWORD: 'guess' }));
  expect(text).toContain('but it is           another secret (hidden)');
  expect(text).not.toContain('hunter2');
});

test('negated, fails when one container has it', async () => {
  expect(await failureText(() => expect(web.release).not.toHaveEnv('PASSWORD'))).toBe(
    'expected other variables\n  Deployment/web › app has PASSWORD from Secret web-secret',
  );
});

test('fails in both directions when there is no such container', async () => {
  const message = 'no container Deployment/api; there are\n  Deployment/web › app';
  expect(await failureText(() => expect(web.release).toHaveEnv('Deployment/api', 'A'))).toBe(message);
  expect(await failureText(() => expect(web.release).not.toHaveEnv('Deployment/api', 'A'))).toBe(message);
});

test('looks at every workload, but not at init containers and the pods of helm test unless they are named', () => {
  const manifests = parseManifests(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {initContainers: [{name: setup}], containers: [{name: app, env: [{name: A, value: x}]}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web-test, annotations: {helm.sh/hook: test}}
spec: {containers: [{name: probe}]}
`);
  expect(manifests).toHaveEnv('A');
  expect(manifests).not.toHaveEnv('setup', 'A');
  expect(manifests).not.toHaveEnv('Pod/web-test', 'A');
});
