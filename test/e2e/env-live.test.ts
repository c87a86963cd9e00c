import { expect } from 'vitest';
import { runCli } from '../helpers/run-cli.js';
import { test } from './support/scenario.js';

const values = {
  config: { LOG_LEVEL: 'info' },
  externalSecrets: { external: { path: '/{system}/{app}/{environment}/app' } },
  env: { DSN: 'redis://:$(REDIS_PASSWORD)@cache' },
};

test('sluice env --live shows what a pod gets now, where from, and no secret', async ({ scenario }) => {
  await scenario.put('shop/stage/app', { REDIS_PASSWORD: 'canary-one', API_KEY: 'canary-two' });
  await scenario.install(values);
  await scenario.synced('external');
  const place = ['--kubeconfig', scenario.cluster.kubeconfig, '--namespace', scenario.namespace];
  const { code, stdout, stderr } = await runCli(['env', '--live', ...place, '--workload', 'Deployment/shop']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Deployment\/shop › app\n/u);
  expect(stdout).toMatch(/ {2}LOG_LEVEL +info +ConfigMap shop-config/u);
  expect(stdout).toMatch(/ {2}API_KEY +secret +\S.*\/shop\/stage\/app/u);
  expect(stdout).toMatch(/ {2}DSN +secret +literal/u);
  const json = await runCli(['env', '--live', ...place, '--json']);
  const { namespace, containers } = JSON.parse(json.stdout) as { namespace: string; containers: unknown[] };
  expect([namespace, containers.length]).toEqual([scenario.namespace, 1]);
  expect(stdout + json.stdout).not.toContain('canary');
});

test('sluice env --live tells what keeps a pod from starting', async ({ scenario }) => {
  await scenario.put('shop/stage/app', { API_KEY: 'canary-two' });
  await scenario.install({ ...values, env: { URL: { externalSecret: { name: 'external', key: 'URL' } } } });
  await scenario.synced('external');
  const place = ['--kubeconfig', scenario.cluster.kubeconfig, '--namespace', scenario.namespace];
  const { code, stdout } = await runCli(['env', '--live', ...place, '--quiet']);
  expect(code).toBe(1);
  expect(stdout).toContain(
    'Secret shop-external has no key URL (it has API_KEY); the container will not start',
  );
  expect(stdout).not.toContain('canary');
});

test('sluice env --live says that a namespace has no workload, or not this one', async ({ scenario }) => {
  const place = ['--kubeconfig', scenario.cluster.kubeconfig, '--namespace', scenario.namespace];
  const { code, stderr } = await runCli(['env', '--live', ...place, '--workload', 'web']);
  expect(code).toBe(2);
  expect(stderr).toContain(`web: none in namespace ${scenario.namespace}`);
});
