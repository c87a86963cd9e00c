import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../../helpers/run-cli.js';
import { makeTempFolder } from '../../helpers/temp-folder.js';

const chart = resolve('chart');

const values = `
nameOverride: web
environment: prod
image: {repository: registry.example.com/shop/web, tag: "1.4.2"}
config: {LOG_LEVEL: info, HOST: shop.example.com}
externalSecrets:
  external: {path: "/{system}/{app}/{environment}/app"}
  keys: {data: {STRIPE_KEY: {path: "/{system}/{environment}/stripe", property: key, version: "3"}}}
env:
  URL: "https://$(HOST)/"
  DSN: "redis://:$(STRIPE_KEY)@$(HOST)"
`;

async function runEnv(text: string, ...flags: string[]) {
  const cwd = await makeTempFolder({ 'prod.yaml': text });
  return await runCli(['env', '--chart', chart, '--release', 'web', '-f', 'prod.yaml', ...flags], { cwd });
}

test('each variable is shown with where it comes from, down to path, property and version', async () => {
  const { code, stdout } = await runEnv(values);
  expect(code).toBe(0);
  expect(stdout.replaceAll(/(?<=\S) {2,}(?=\S)/gu, '  ')).toBe(
    [
      'prod.yaml',
      '',
      'Deployment/web › app',
      '  VARIABLE    VALUE                               FROM',
      '  HOST        shop.example.com                    ConfigMap web-config',
      '  LOG_LEVEL   info                                ConfigMap web-config',
      '  STRIPE_KEY  secret, from the store              store aws-parameter-store /platform/prod/stripe › key (version 3)',
      '  DSN         redis://:$(STRIPE_KEY)@shop.example.com      literal',
      '  URL         https://shop.example.com/           literal',
      '  *           any name, known after the sync      store aws-parameter-store /platform/web/prod/app',
      '',
    ]
      .join('\n')
      .replaceAll(/(?<=\S) {2,}(?=\S)/gu, '  '),
  );
});

test('a password that stands in the configuration is not shown, nor what is composed of it', async () => {
  const text = `${values}  LEAK: "x-$(DB_PASSWORD)-x"\n`.replace(
    'LOG_LEVEL: info',
    'DB_PASSWORD: canary-7f3A-x',
  );
  for (const flags of [[], ['--json']]) {
    const { stdout, stderr } = await runEnv(text, ...flags);
    expect(stdout).toContain('LEAK');
    expect(stdout + stderr).not.toContain('canary');
  }
});

test('what a variable hides is said beside it', async () => {
  const { stdout } = await runEnv(`${values}  LOG_LEVEL: debug\n`);
  expect(stdout).toMatch(/LOG_LEVEL +debug +literal +hides ConfigMap web-config/u);
});

test('a reference that nothing provides is a problem and ends with 1', async () => {
  const { code, stdout } = await runEnv(
    values.replace('/app"}', '/app", envFrom: false}').replace('$(HOST)/', '$(HOTS)/'),
  );
  expect(code).toBe(1);
  expect(stdout).toMatch(/✗ .*HOTS/u);
});

test('workloads that see the same share one table', async () => {
  const { stdout } = await runEnv(`${values}workers: {mailer: {command: [mail]}}\n`);
  expect(stdout).toContain('Deployment/web › app\nDeployment/web-mailer › app\n  VARIABLE');
});

test('one workload can be asked for, and a workload that is not there is wrong usage', async () => {
  const text = `${values}workers: {mailer: {command: [mail], env: {ONLY: here}}}\n`;
  const { stdout } = await runEnv(text, '--workload', 'Deployment/web-mailer');
  expect(stdout).toContain('ONLY');
  expect(stdout).not.toContain('Deployment/web ›');
  const missing = await runEnv(text, '--workload', 'Deployment/nope');
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain('Deployment/nope: not in what was rendered');
});

test('the pods of helm test are shown on demand', async () => {
  expect((await runEnv(values)).stdout).not.toContain('Pod/');
  expect((await runEnv(values, '--tests')).stdout).toContain('Pod/web-test › app');
});

test('--json has every variable with its origin as data', async () => {
  const { stdout } = await runEnv(values, '--json');
  const [one] = (JSON.parse(stdout) as { cases: { containers: { variables: { name: string }[] }[] }[] })
    .cases;
  expect(one?.containers[0]?.variables.find(({ name }) => name === 'STRIPE_KEY')).toMatchObject({
    secret: true,
    state: 'unknown',
    reason: 'from-secret-store',
    origin: {
      type: 'external-secret',
      remote: { key: '/platform/prod/stripe', property: 'key', version: '3' },
    },
  });
});

test('in a narrow terminal the table wraps and stays within it', async () => {
  const cwd = await makeTempFolder({ 'prod.yaml': values });
  const args = ['env', '--chart', chart, '-f', 'prod.yaml', '--no-color'];
  const { stdout } = await runCli(args, { cwd, columns: 60 });
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
});

test('a file that does not render is told, and the others are still shown', async () => {
  const cwd = await makeTempFolder({ 'values/a.yaml': 'nope: 1\n', 'values/b.yaml': values });
  const { code, stdout, stderr } = await runCli(['env', '--chart', chart], { cwd });
  expect(code).toBe(1);
  expect(stdout).toContain('values/b.yaml\n\nDeployment/');
  expect(stderr).toContain('[VALUES_SCHEMA]');
});
