import { expect, test } from 'vitest';
import { runCli } from '../../helpers/run-cli.js';

const run = async (...flags: string[]) =>
  await runCli(['iam', 'policy', ...flags], {
    env: { AWS_REGION: '', AWS_DEFAULT_REGION: '', AWS_ENDPOINT_URL: undefined },
  });

test('the policy of an environment is JSON that AWS takes as it is, with notes beside it', async () => {
  const { code, stdout, stderr } = await run('-f', 'values/prod.yaml', '--region', 'eu-west-1');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'ReadParameters',
        Effect: 'Allow',
        Action: ['ssm:GetParameter'],
        Resource: ['arn:aws:ssm:eu-west-1:*:parameter/platform/my-app/prod/app'],
      },
    ],
  });
  expect(stderr).toContain('note: its names say * for the account');
  expect(stderr).toContain('note: it allows no key');
});

test('another environment has another policy', async () => {
  const { stdout } = await run('-f', 'values/staging.yaml', '--quiet');
  expect(stdout).toContain('/staging/');
  expect(stdout).not.toContain('/prod/');
});

test('with --json the policy comes with the stores it is for', async () => {
  const { stdout } = await run(
    '-f',
    'values/pattern-secrets-manager.yaml',
    '--json',
    '--secret-store',
    'aws-secrets-manager',
  );
  expect(JSON.parse(stdout)).toMatchObject({
    name: 'my-app-secrets-operator',
    for: 'operator',
    policy: { Statement: [{ Sid: 'ReadSecrets' }] },
    stores: [
      { kind: 'SecretStore', name: 'aws-secrets-manager', service: 'SecretsManager', region: 'us-east-1' },
    ],
  });
});

test('Terraform finds out the account by itself, and is not told that it is missing', async () => {
  const { stdout, stderr } = await run(
    '-f',
    'values/prod.yaml',
    '--format',
    'terraform',
    '--for',
    'writer',
    '--kms-key',
    'alias/app',
  );
  expect(stderr).toBe('');
  expect(stdout).toContain(
    '${data.aws_caller_identity.current.account_id}:parameter/platform/my-app/prod/app',
  );
  expect(stdout).toContain('resource "aws_iam_policy" "my_app_secrets_writer"');
  expect(stdout).toContain('"alias/app"');
});

test.each([
  { what: 'no environment, where there are several', flags: [], said: 'Name its values' },
  {
    what: 'a release that reads nothing from AWS',
    flags: ['-f', 'values/pattern-sealed-secrets.yaml'],
    said: 'reads nothing from AWS',
  },
  {
    what: 'a store that the release does not have',
    flags: ['-f', 'values/prod.yaml', '--secret-store', 'nope'],
    said: 'aws-parameter-store',
  },
  {
    what: 'a number that is none of an account',
    flags: ['-f', 'values/prod.yaml', '--account', '12'],
    said: 'twelve digits',
  },
  {
    what: 'somebody who has no policy',
    flags: ['-f', 'values/prod.yaml', '--for', 'everybody'],
    said: 'operator',
  },
])('$what is wrong usage', async ({ flags, said }) => {
  const { code, stdout, stderr } = await run(...flags);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(said);
});
