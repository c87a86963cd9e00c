import fc from 'fast-check';
import '../../harness/vitest.js';
import { describe, expect, it } from 'vitest';
import { TemplateFailure } from '../../harness/index.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../harness/manifest/manifest.js';
import { NO_WORKLOAD, pick, render, renderOnce } from './support/render.js';

const ENVIRONMENTS = ['dev', 'pr', 'stage', 'staging', 'prod', 'production'];

const segment = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '{system}',
      '{app}',
      '{environment}',
      '_ENV_',
      'db',
      'prod-db',
      'stagings',
      'x.prod',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(...ENVIRONMENTS, 'Prod', 'STAGING') },
);
const anyPath = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join('/')}`);

/** Each place of the values from which a path can be rendered. */
function placePath(place: string, path: string): JsonObject {
  const secret = (entry: JsonObject): JsonObject => ({ externalSecrets: { db: entry } });
  const store = (entry: JsonObject): JsonObject => ({ secretStores: { s: entry } });
  switch (place) {
    case 'path':
      return secret({ path });
    case 'data':
      return secret({ data: { A: path } });
    case 'data.path':
      return secret({ data: { A: { path, property: 'p' } } });
    case 'preset':
      return secret({ preset: 'database', path });
    case 'find':
      return secret({ find: { path } });
    case 'find.name':
      return secret({ find: { name: `^${path}$` } });
    case 'find.tags':
      return secret({ find: { tags: { env: path } } });
    case 'dataFrom.extract':
      return secret({ dataFrom: [{ extract: { key: path } }] });
    case 'dataFrom.find':
      return secret({ dataFrom: [{ find: { path, name: { regexp: '.*' } } }] });
    case 'aws.prefix':
      return store({ aws: { region: 'r', prefix: path } });
    case 'vault.path':
      return store({
        vault: { server: 'https://v', path, auth: { tokenSecretRef: { name: 't', key: 'k' } } },
      });
    case 'vault.namespace':
      return store({
        vault: { server: 'https://v', namespace: path, auth: { tokenSecretRef: { name: 't', key: 'k' } } },
      });
    case 'infisical':
      return store({ infisical: { projectSlug: 'p', environmentSlug: 'e', secretsPath: path, auth: {} } });
    default:
      return store({ kubernetes: { remoteNamespace: path.slice(1), auth: {} } });
  }
}

const PLACES = [
  'path',
  'data',
  'data.path',
  'preset',
  'find',
  'find.name',
  'find.tags',
  'dataFrom.extract',
  'dataFrom.find',
  'aws.prefix',
  'vault.path',
  'vault.namespace',
  'infisical',
  'kubernetes',
];

/** Every text of a spec that is no field of its own kind, such as `ParameterStore`. */
function* listTexts(value: JsonValue | undefined): Generator<string> {
  if (typeof value === 'string') yield value;
  if (Array.isArray(value)) for (const item of value) yield* listTexts(item);
  if (isJsonObject(value)) for (const item of Object.values(value)) yield* listTexts(item);
}

describe('paths of secrets', () => {
  it('never lead into another environment, whatever they hold and wherever they stand', async () => {
    let [passed, refused] = [0, 0];
    const options = fc.record({
      path: anyPath,
      place: fc.constantFrom(...PLACES),
      environment: fc.constantFrom('', ...ENVIRONMENTS, 'moon'),
      isShared: fc.boolean(),
      system: fc.constantFrom('platform', 'staging'),
    });
    const property = fc.asyncProperty(options, async ({ path, place, environment, isShared, system }) => {
      const shared = place === 'kubernetes' ? path.slice(1) : place === 'find.name' ? `^${path}$` : path;
      const values = {
        ...NO_WORKLOAD,
        environment,
        system,
        ...placePath(place, path),
        ...(isShared ? { sharedPaths: { it: shared } } : {}),
      };
      const release = await renderOnce(values).catch((error: unknown) => {
        if (error instanceof TemplateFailure) return error;
        throw error;
      });
      if (release instanceof TemplateFailure) {
        refused += 1;
        expect(release.reason).toMatch(
          /^(environment is not set|environment is not listed|path of another environment): (externalSecrets\.db|secretStores\.s)\./u,
        );
        return;
      }
      passed += 1;
      expect(/\{environment\}|_ENV_/u.test(path) && !ENVIRONMENTS.includes(environment)).toBe(false);
      const specs = release.manifests
        .filter(({ object }) => ['ExternalSecret', 'SecretStore'].includes(object.kind))
        .map(({ object }) => object['spec']);
      const segments = specs.flatMap((spec) =>
        [...listTexts(spec)].flatMap((text) => text.toLowerCase().split(/[/^$:]/u)),
      );
      const others = segments.filter((one) => ENVIRONMENTS.includes(one) && one !== environment);
      if (!isShared) expect(others).toEqual([]);
      expect(segments.join('/')).not.toMatch(/\{|_env_/u);
    });
    await fc.assert(property, { numRuns: 80 });
    expect(passed).toBeGreaterThan(5);
    expect(refused).toBeGreaterThan(5);
  }, 60_000);

  it('are put together from system, application and environment', async () => {
    const values = {
      nameOverride: 'web',
      environment: 'stage',
      externalSecrets: { a: { path: '/{system}/{app}/{environment}/app' }, b: { data: { K: '/x/_ENV_/k' } } },
    };
    const release = await render({ ...NO_WORKLOAD, ...values });
    expect(release).toHaveField(
      'ExternalSecret/demo-web-a',
      'spec.dataFrom[0].extract.key',
      '/platform/web/stage/app',
    );
    expect(release).toHaveField('ExternalSecret/demo-web-b', 'spec.data[0].remoteRef.key', '/x/stage/k');
  });

  it('tell environments apart by whole segments, without regard to case', async () => {
    const path = (path: string) =>
      render({ ...NO_WORKLOAD, environment: 'prod', externalSecrets: { a: { path } } });
    for (const allowed of [
      '/prod/a',
      '/PROD/a',
      '/a/prod-db',
      '/a/development',
      '/dev-tools/a',
      'arn:aws:secretsmanager:r:0:secret:prod/a',
    ]) {
      expect((await path(allowed)).manifests).not.toEqual([]);
    }
    for (const refused of ['/Staging/a', '/a/dev', 'arn:aws:secretsmanager:r:0:secret:dev/a']) {
      await expect(path(refused)).toFailRendering(
        /^path of another environment: externalSecrets\.a\.path: /u,
      );
    }
  });

  it('that are shared are so by their exact text alone, and null ends it', async () => {
    const values = (sharedPaths: JsonObject): JsonObject => ({
      ...NO_WORKLOAD,
      environment: 'dev',
      sharedPaths,
      externalSecrets: { a: { path: '/{system}/prod/ca' } },
    });
    expect((await render(values({ ca: '/platform/prod/ca' }))).manifests).not.toEqual([]);
    expect((await render(values({ ca: '/{system}/prod/ca' }))).manifests).not.toEqual([]);
    await expect(render(values({ ca: '/platform/prod' }))).toFailRendering(/^path of another environment/u);
    await expect(render(values({ ca: null }))).toFailRendering(/^path of another environment/u);
  });

  it('leave the braces of a regular expression alone', async () => {
    const release = await render({
      ...NO_WORKLOAD,
      environment: 'prod',
      externalSecrets: { a: { find: { name: '^/{system}/{environment}/[a-z]{2,3}$' } } },
    });
    expect(pick(release, 'ExternalSecret/demo-a', 'spec', 'dataFrom', 0, 'find', 'name', 'regexp')).toBe(
      '^/platform/prod/[a-z]{2,3}$',
    );
  });
});
