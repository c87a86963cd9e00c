import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSecret } from '../../../harness/validate/plain-secrets/find-secret.js';
import { isPlaceholder } from '../../../harness/validate/plain-secrets/placeholder.js';
import { judgeName } from '../../../harness/validate/plain-secrets/secret-names.js';
import { check, deployment, tell } from '../../helpers/check-yaml.js';

/** Put together here, so that no scanner takes the samples for real ones. */
const join = (...parts: string[]): string => parts.join('');
const RANDOM = join('kR7vQ2mZ', 'x9Lp4WtB', 'n6YcD3sF');

describe('shapes of tokens', () => {
  it.each([
    ['an AWS access key', join('AKIA', 'QWERTY234567ZXCV')],
    ['a GitHub token', join('ghp_', RANDOM, RANDOM)],
    ['a GitHub token', join('github_pat_', RANDOM)],
    ['a GitLab token', join('glpat-', RANDOM)],
    ['a Slack token', join('xoxb-', '1234567890-', RANDOM)],
    ['a Slack webhook', join('https://hooks.slack.com/services/', 'T0AAAAAAA/B0AAAAAAA/', RANDOM)],
    ['a Stripe key', join('sk_live_', RANDOM)],
    ['a Stripe key', join('whsec_', RANDOM)],
    ['an API key of OpenAI or Anthropic', join('sk-', RANDOM)],
    ['an API key of OpenAI or Anthropic', join('sk-ant-api03-', RANDOM)],
    ['a Google API key', join('AIza', 'SyA1234567890abcdefghijklmnopqrstuv')],
    ['a npm token', join('npm_', RANDOM, 'abcdefghijkl')],
    ['a Vault token', join('hvs.', RANDOM, 'aaaa')],
    ['a JWT', join('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxMjM0NTY3ODkwIn0', '.dozjgNryP4J3jVmNHl0w5N')],
    ['a private key', join('-----BEGIN RSA ', 'PRIVATE KEY-----\nMIIE\n')],
    ['a private key', join('-----BEGIN ', 'PRIVATE KEY-----')],
    ['a URL with a password', 'postgresql://shop:hunter2@db.example.com/shop'],
    ['a URL with a password', 'redis://:hunter2@cache:6379/0'],
    ['Basic credentials', join('Basic ', Buffer.from('shop:hunter2').toString('base64'))],
    ['an Azure storage key', join('DefaultEndpointsProtocol=https;AccountKey=', RANDOM, RANDOM, '==')],
  ])('takes %s for one, whatever its name and what stands around it', (what, token) => {
    for (const text of [token, `prefix ${token} suffix`, `a: 1\nb: ${token}\n`]) {
      expect(findSecret('NOTE', text)?.why, text.slice(0, 10)).toBe(`looks like ${what}`);
    }
  });

  it.each([
    'postgresql://shop@db.example.com/shop',
    'postgresql://shop:$(DB_PASSWORD)@db/shop',
    'postgresql://shop:${DB_PASSWORD}@db/shop',
    'postgresql://shop:{{ .password }}@db/shop',
    'postgresql://user:password@host/db',
    'https://example.com/a:b@c',
    'https://example.com:8080/@scope/package',
    'Basic authentication',
    'AKIAIOSFODNN7EXAMPLE',
    '-----BEGIN CERTIFICATE-----',
    '-----BEGIN PUBLIC KEY-----',
    'task-management-service-for-everybody',
    'https://hooks.slack.com/services/',
  ])('does not take %s for one', (text) => {
    expect(findSecret('NOTE', text)).toBeUndefined();
  });
});

describe('names', () => {
  it.each([
    'PASSWORD',
    'DB_PASSWORD',
    'dbPassword',
    'spring.datasource.password',
    'POSTGRES__PASSWORD',
    'REDIS_PASS',
    'PASSWORD_PROD',
    'SSH_PASSPHRASE',
  ])('takes any value of %s for a secret', (name) => {
    expect(judgeName(name)).toBe('password');
    expect(findSecret(name, 'hunter2')?.because).toBe('name');
  });

  it.each([
    'API_KEY',
    'STRIPE_API_KEY',
    'apiKey',
    'SECRET_KEY',
    'AWS_SECRET_ACCESS_KEY',
    'GITHUB_TOKEN',
    'JWT_SECRET',
    'JWT_KEY',
    'ENCRYPTION_KEY',
    'CLIENT_SECRET',
    'GITHUB_TOKEN_PROD',
  ])('takes a value of %s that looks like one for a secret, not a word or number', (name) => {
    expect(judgeName(name)).toBe('key');
    expect(findSecret(name, 'a1b2c3d4e5f6')?.because).toBe('name');
    for (const value of ['bearer', 'web-tls', '3600', 'vault'])
      expect(findSecret(name, value)).toBeUndefined();
  });

  it.each([
    'PASSWORD_FILE',
    'DB_PASSWORD_PATH',
    'SECRET_NAME',
    'TOKEN_URL',
    'PUBLIC_KEY',
    'JWT_PUBLIC_KEY',
    'PASSWORD_MIN_LENGTH',
    'TOKEN_TTL',
    'TOKEN_EXPIRY_SECONDS',
    'MAX_TOKENS',
    'PASSWORD_HASH_ALGORITHM',
    'SECRET_STORE',
    'SECRETS_MANAGER_REGION',
    'SECRET_BACKEND',
    'AWS_ACCESS_KEY_ID',
    'KEYCLOAK_HOST',
    'MONKEY',
    'COMPASS',
    'BYPASS',
    'PASSENGER',
    'TOKENIZER',
    'KEY',
    'PRIMARY_KEY',
    'CACHE_KEY',
    'registryCredentialHelpers',
    'LOG_LEVEL',
  ])('does not judge by the name %s', (name) => {
    expect(judgeName(name)).toBeUndefined();
    expect(findSecret(name, 'value-of-it-42')).toBeUndefined();
  });

  it.each([
    '',
    ' ',
    'changeme',
    'CHANGE_ME',
    'change-me-please',
    'replace me',
    '<password>',
    '${DB_PASSWORD}',
    '$(DB_PASSWORD)',
    '$DB_PASSWORD',
    '{{ .password }}',
    '{{ .Values.password | quote }}',
    'xxxxxxxx',
    '********',
    'your-api-key',
    'placeholder',
    'null',
    'none',
    'true',
    '/platform/prod/shop/db',
    '/run/secrets/db',
    'file:///run/secrets/db',
    'vault:secret/data/shop#password',
    'arn:aws:ssm:eu-west-1:1:parameter/x',
    'ref+awsssm://shop/db',
    '%(password)s',
    '@password@',
  ])('takes %j for a placeholder', (value) => {
    expect(isPlaceholder(value)).toBe(true);
    expect(findSecret('DB_PASSWORD', value)).toBeUndefined();
  });

  it.each([
    'hunter2',
    'postgres',
    'Tr0ub4dor&3',
    '/dGhpcyBpcyBhIHZlcnkgbG9uZyBzZWNyZXQgdmFsdWU=',
    '123456',
    '$ecret-1',
  ])('does not take %j for a placeholder', (value) => {
    expect(isPlaceholder(value)).toBe(false);
    expect(findSecret('DB_PASSWORD', value)).toBeDefined();
  });
});

describe('randomness', () => {
  it.each([RANDOM, join('wJalrXUtnFEMI', 'K7MDENGbPxRfi', 'CYq3zQw8kd')])('takes %.4s… for a key', (text) => {
    expect(findSecret('SOMETHING', text)?.because).toBe('entropy');
  });

  it.each([
    '550e8400-e29b-41d4-a716-446655440000',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'example.com/shop/web:1.2.3-rc.1@sha256:e3b0c442',
    'arn:aws:iam::123456789012:role/shop-prod-reader',
    'my-very-long-service-name-in-production',
    'MyVeryLongClassNameForTheShopService',
    'com.example.shop.OrderServiceApplication2',
    'eu-west-1.prod.shop.example.com',
    '2030-01-31T12:00:00.000Z',
    'postgresql+asyncpg://db.example.com:5432/shop',
    'https://example.com/very/long/path/with/Many/Parts2/And3',
    'a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p',
    'OrderCreated,OrderShipped,OrderCancelled,OrderReturned2',
    'Europe/Berlin',
    'application/vnd.example.v2+json',
    'SELECT 1 FROM Orders WHERE Id = 42 AND State = 3',
  ])('does not take %s for one', (text) => {
    expect(findSecret('SOMETHING', text)).toBeUndefined();
  });
});

describe('files inside one value', () => {
  it.each([
    [
      'spring.datasource.url=jdbc:postgresql://db/shop\nspring.datasource.password=hunter2\n',
      'spring.datasource.password',
    ],
    ['server:\n  port: 8080\n  adminPassword: "hunter2"\n', 'adminPassword'],
    ['{\n  "clientSecret": "a1B2c3D4e5F6g7",\n  "port": 1\n}', 'clientSecret'],
  ])('finds the setting in %j', (text, inner) => {
    expect(findSecret('application.yaml', text)).toMatchObject({ because: 'name', inner });
  });

  it.each([
    'spring.datasource.password=${DB_PASSWORD}\nport=1\n',
    '#!/bin/sh\nPASSWORD=$(cat /run/secrets/db)\nTOKEN="$1"\nexec app --token "$TOKEN"\n',
    'auth:\n  secret: web-tls\n  tokenTTL: 3600\n  password:\n    minLength: 12\n',
    'log_format main $remote_addr;\nauth_basic_user_file /etc/nginx/htpasswd;\n',
  ])('finds nothing in %j', (text) => {
    expect(findSecret('file', text)).toBeUndefined();
  });
});

describe('secret-in-plain-sight', () => {
  const AT = '/spec/template/spec/containers/0';

  it('says where, how long and why, and never what', () => {
    const yaml = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {DB_PASSWORD: hunter2hunter2}\n`;
    expect(check(yaml)).toEqual([
      {
        rule: 'secret-in-plain-sight',
        severity: 'error',
        object: 'ConfigMap/web',
        pointer: '/data/DB_PASSWORD',
        message: 'the key DB_PASSWORD of a ConfigMap (14 characters): its name says that it is a secret',
        remedy: 'Put it into the parameter store and name its path in externalSecrets.',
        source: { template: '', line: 4 },
      },
    ]);
  });

  it('looks at variables, arguments, annotations and every other field', () => {
    const token = join('ghp_', RANDOM, RANDOM);
    const yaml = deployment({
      container: `env: [{name: API_TOKEN, value: a1b2c3d4e5f6}]\nargs: [--db-password=hunter2, "--header=${token}", --verbose]\nlivenessProbe: {exec: {command: [curl, -H, "${token}"]}}`,
    }).replace(
      'metadata:\n  name: web',
      `metadata:\n  name: web\n  annotations: {example.com/note: "${token}"}`,
    );
    expect(tell('secret-in-plain-sight', yaml)).toEqual([
      `error ${AT}/env/0/value: the variable API_TOKEN (12 characters): its name says that it is a secret`,
      `error ${AT}/args/0: the flag --db-password (7 characters): its name says that it is a secret`,
      `error ${AT}/args/1: the flag --header (52 characters): looks like a GitHub token`,
      'error /metadata/annotations/example.com~1note: the annotation example.com/note (52 characters): looks like a GitHub token',
      `error ${AT}/livenessProbe/exec/command/2: the field 2 (52 characters): looks like a GitHub token`,
    ]);
  });

  it('leaves Secrets to another rule, which names keys and lengths', () => {
    const secret = (type: string, data: string): string =>
      `apiVersion: v1\nkind: Secret\nmetadata: {name: web}\ntype: ${type}\n${data}\n`;
    expect(tell('secret-rendered', secret('Opaque', 'stringData: {PASSWORD: hunter2}'))).toEqual([
      'warning /stringData/PASSWORD: the Secret is rendered with values for PASSWORD (7 characters)',
    ]);
    expect(
      tell(
        'secret-rendered',
        secret('Opaque', `data: {A: ${Buffer.from('hunter2').toString('base64')}, B: ""}`),
      ),
    ).toHaveLength(1);
    expect(check(secret('Opaque', 'stringData: {PASSWORD: changeme}'))).toEqual([]);
    expect(check(secret('Opaque', 'data: {}'))).toEqual([]);
  });

  it('never lets a value into a finding, whatever the value and wherever it stands', () => {
    const value = fc.string({
      unit: fc.constantFrom(...'abcdefXYZ0123456789_-+/'),
      minLength: 10,
      maxLength: 60,
    });
    fc.assert(
      fc.property(value, fc.constantFrom('', 'ghp_', 'sk-', 'postgres://u:'), (text, prefix) => {
        const secret = `${prefix}v${text}q7Zk2Lw9`;
        const quoted = JSON.stringify(secret + (prefix.endsWith(':') ? '@db' : ''));
        const yaml = [
          `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, annotations: {a: ${quoted}}}\ndata: {PASSWORD: ${quoted}, f: "x: 1\\npassword: ${secret}\\n"}\n`,
          `apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData: {A: ${quoted}}\ndata: {B: ${quoted}}\n`,
          deployment({
            container: `env: [{name: TOKEN, value: ${quoted}}]\nargs: [${JSON.stringify(`--password=${secret}`)}, ${quoted}]`,
          }),
        ].join('\n---\n');
        const issues = check(yaml, { values: `config:\n  PASSWORD: ${quoted}\nenv: {TOKEN: ${quoted}}\n` });
        expect(issues.length).toBeGreaterThan(2);
        expect(JSON.stringify(issues)).not.toContain(text);
      }),
      { numRuns: 60 },
    );
  });
});
