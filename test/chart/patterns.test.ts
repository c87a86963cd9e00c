import { join } from 'node:path';
import '../../harness/vitest.js';
import { describe, expect, it } from 'vitest';
import { effectiveEnv, type Release, renderChart } from '../../harness/index.js';
import { REPOSITORY } from '../helpers/run-script.js';
import { CHART, containerOf, listNames, pick } from './support/render.js';

async function renderPattern(name: string, set: readonly string[] = []): Promise<Release> {
  return await renderChart({
    chart: CHART,
    release: 'rel',
    namespace: 'shop',
    valuesFiles: [join(REPOSITORY, `values/${name}.yaml`)],
    set,
  });
}

describe('one JSON object for each environment', () => {
  it.each(['dev', 'pr', 'staging', 'prod'])(
    'reaches the pods of %s after their configuration',
    async (environment) => {
      const release = await renderPattern(environment);
      expect(release).toHaveEnvFrom(['ConfigMap/rel-my-app-config', 'Secret/rel-my-app-external']);
      expect(release).toHaveEnvFrom(`store aws-parameter-store /platform/my-app/${environment}/app`);
      expect(release).toHaveEnv(['APP_ENV', 'LOG_LEVEL', 'MY_API_URL']);
      expect(effectiveEnv(release.manifests)[0]?.openEnded).toHaveLength(1);
    },
  );
});

describe('one parameter for each key', () => {
  it('fills the environment into _ENV_, and labels what may be synced', async () => {
    const release = await renderPattern('pattern-per-key-gitops');
    expect(release).toHaveEnv({
      DATABASE_URL: { from: /\/zerotouch\/prod\/my-service\/database_url/u, secret: true },
      JWT_PRIVATE_KEY: { from: /\/zerotouch\/prod\/my-service\/jwt_private_key/u },
      PLATFORM_JWKS_URL: { from: /\/zerotouch-platform\/jwks_url/u },
    });
    for (const key of ['db', 'llm-keys', 'signing', 'platform']) {
      expect(release).toHaveManifest(`ExternalSecret/rel-my-service-${key}`, {
        metadata: { labels: { 'zerotouch.io/managed': 'true' } },
      });
    }
    expect(pick(release, 'ExternalSecret/rel-my-service-llm-keys', 'spec', 'refreshInterval')).toBe('6h0m0s');
  });

  it.each([
    ['environment=', /^environment is not set: externalSecrets\.db\.data\.DATABASE_URL: /u],
    ['environment=moon', /^environment is not listed: externalSecrets\.db\.data\.DATABASE_URL: /u],
    [
      'externalSecrets.db.data.DATABASE_URL=/zerotouch/staging/x',
      /^path of another environment: externalSecrets\.db\.data\.DATABASE_URL: /u,
    ],
  ])('is refused with %s', async (set, text) => {
    await expect(renderPattern('pattern-per-key-gitops', [set])).toFailRendering(text);
  });
});

describe('credentials of CloudNativePG', () => {
  it('have the names that nested settings read, single keys under other names', async () => {
    const release = await renderPattern('pattern-cloudnativepg');
    expect(release).toHaveEnv({
      POSTGRES__HOST: 'rem-postgres-rw.shop.svc.cluster.local',
      POSTGRES__PASSWORD: { from: /Secret rem-postgres-app/u, secret: true },
      LLM__ANTHROPIC_API_KEY: { from: /\/rem\/llm\/anthropic-api-key/u, secret: true },
      AUTH__JWT_SECRET: { from: /Secret rem-jwt-secret/u },
    });
    expect(release).toHaveEnvFrom(['ConfigMap/rel-rem-api-config']);
    expect(
      effectiveEnv(release.manifests).flatMap(({ variables }) =>
        variables.flatMap(({ problems }) => problems),
      ),
    ).toEqual([]);
  });
});

describe('a URL made by the operator', () => {
  it('keeps its braces, and reads one Secret as the application', async () => {
    const release = await renderPattern('pattern-url-template');
    expect(
      pick(release, 'ExternalSecret/rel-phoenix-postgres-url', 'spec', 'target', 'template', 'data'),
    ).toEqual({
      PHOENIX_SQL_DATABASE_URL:
        'postgresql://{{ .username }}:{{ .password }}@rem-postgres-rw.rem-api.svc.cluster.local:5432/{{ .dbname }}',
    });
    expect(pick(release, 'Role/rel-phoenix', 'rules')).toMatchObject([
      { resourceNames: ['rem-postgres-app'], verbs: ['get'] },
    ]);
    expect(release).toHaveEnv({
      PHOENIX_SQL_DATABASE_URL: { secret: true },
      PHOENIX_API_KEY: { secret: true },
    });
  });
});

describe('presets and several stores', () => {
  it('read each from its store, and keep the certificate out of the environment', async () => {
    const release = await renderPattern('pattern-presets');
    expect(release).toHaveEnv({
      DB_PASSWORD: { from: /databases\/postgres\/main/u, secret: true },
      STRIPE_API_KEY: { from: /external\/stripe/u },
      TWILIO_AUTH_TOKEN: { from: /TWILIO/u },
    });
    expect(release).not.toHaveEnv('tls.key');
    expect(pick(release, 'Ingress/rel-payments', 'spec', 'tls')).toEqual([
      { hosts: ['payments.example.com'], secretName: 'rel-payments-certificate' },
    ]);
  });
});

describe('Secrets Manager and several workloads', () => {
  it('give workers and CronJobs what the application has', async () => {
    const release = await renderPattern('pattern-secrets-manager');
    const main = containerOf(release, 'Deployment/rel-devplatform')['envFrom'];
    expect(containerOf(release, 'Deployment/rel-devplatform-celery')['envFrom']).toEqual(main);
    expect(containerOf(release, 'CronJob/rel-devplatform-cleanup')['envFrom']).toEqual(main);
    expect(pick(release, 'SecretStore/aws-secrets-manager', 'spec', 'provider', 'aws', 'service')).toBe(
      'SecretsManager',
    );
    expect(
      pick(release, 'ExternalSecret/rel-devplatform-settings', 'spec', 'dataFrom', 0, 'find', 'path'),
    ).toBe('/devplatform/prod/config');
  });
});

describe('secrets as files, sealed, or of others', () => {
  it('are files whose paths are in the environment', async () => {
    const release = await renderPattern('pattern-file-mounts');
    expect(release).toHaveEnv({ JWT_SECRET_KEY_FILE: '/run/secrets/app/JWT_SECRET_KEY' });
    expect(release).not.toHaveEnv('JWT_SECRET_KEY');
    expect(effectiveEnv(release.manifests)[0]?.files.map(({ path }) => path)).toEqual(
      ['JWT_SECRET_KEY', 'POSTGRES_PASSWORD', 'S3_SECRET_KEY'].map((key) => `/run/secrets/app/${key}`),
    );
  });

  it('are sealed under the name they were sealed for', async () => {
    const release = await renderPattern('pattern-sealed-secrets');
    expect(listNames(release)).toContain('SealedSecret/backend-sealed-app');
    expect(release).toHaveEnv({ JWT_SECRET_KEY: { secret: true } });
  });

  it('of others are told where nobody declares them', async () => {
    const release = await renderPattern('pattern-existing-secrets');
    await expect(release).toHaveIssue({ rule: 'dangling-reference', message: /rem-google-oauth/u });
    await expect(release).toBeValid({ externals: { secrets: ['rem-*'], configMaps: ['cluster-settings'] } });
  });
});
