import fc from 'fast-check';
import '../../harness/vitest.js';
import { describe, expect, it } from 'vitest';
import { effectiveEnv } from '../../harness/index.js';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { containerOf, pick, render, renderOnce } from './support/render.js';

const NAMES = ['A', 'B', 'C', 'D', 'E', 'F', 'G'] as const;

type References = Record<string, string[] | null>;

function referencesAmong(
  order: readonly string[],
  candidatesOf: (index: number) => string[],
): fc.Arbitrary<References> {
  const each = order.map((name, index) => [
    name,
    fc.option(fc.subarray([...candidatesOf(index), 'GIVEN', 'UNKNOWN']), { nil: null }),
  ]);
  return fc.record(Object.fromEntries(each) as Record<string, fc.Arbitrary<string[] | null>>);
}

const shuffled = fc.shuffledSubarray([...NAMES], { minLength: NAMES.length });
const anyReferences = fc.oneof(
  {
    weight: 3,
    arbitrary: shuffled.chain((order) => referencesAmong(order, (index) => order.slice(0, index))),
  },
  { weight: 1, arbitrary: referencesAmong(NAMES, () => [...NAMES]) },
);

/** What Kubernetes makes of the values when every reference is expanded; undefined for a cycle. */
function expandAll(
  texts: ReadonlyMap<string, string>,
  given: ReadonlyMap<string, string>,
): Map<string, string> | undefined {
  const done = new Map<string, string>();
  const expand = (name: string, path: readonly string[]): string | undefined => {
    const known = done.get(name);
    if (known !== undefined) return known;
    if (path.includes(name)) return undefined;
    let isCycle = false;
    const text = (texts.get(name) ?? '').replaceAll(
      /\$\$|\$\(([A-Z]+)\)/gu,
      (whole, other: string | undefined) => {
        if (other === undefined) return '$';
        if (!texts.has(other)) return given.get(other) ?? whole;
        const inner = expand(other, [...path, name]);
        if (inner === undefined) isCycle = true;
        return inner ?? '';
      },
    );
    if (isCycle) return undefined;
    done.set(name, text);
    return text;
  };
  const all = [...texts.keys()].map((name) => expand(name, []));
  return all.includes(undefined) ? undefined : done;
}

describe('variables', () => {
  it('are ordered so that Kubernetes expands every reference, and a cycle is refused', async () => {
    const property = fc.asyncProperty(anyReferences, fc.boolean(), async (references, hasEscape) => {
      const texts = new Map(
        Object.entries(references).flatMap(([name, others]) => {
          if (others === null) return [];
          const text = `${name.toLowerCase()}${others.map((other) => `-$(${other})`).join('')}${hasEscape ? '-$$(A)' : ''}`;
          return [[name, text] as const];
        }),
      );
      const rendered = renderOnce({
        config: { GIVEN: 'given' },
        env: Object.fromEntries(texts),
        tests: { enabled: false },
      });
      const expected = expandAll(texts, new Map([['GIVEN', 'given']]));
      if (expected === undefined) {
        await expect(rendered).toFailRendering(
          /^variables refer to each other: env\.[A-G]: ([A-G]) (-> [A-G] )*-> \1\. /u,
        );
        return;
      }
      const release = await rendered;
      const variables = effectiveEnv(release.manifests, { namespace: 'shop' })[0]?.variables ?? [];
      expect(
        new Map(variables.filter(({ name }) => texts.has(name)).map(({ name, value }) => [name, value])),
      ).toEqual(
        new Map([...texts.keys()].map((name) => [name, { state: 'known', text: expected.get(name) }])),
      );
      expect(
        variables.flatMap(({ problems }) => problems).filter(({ code }) => code !== 'unresolved-reference'),
      ).toEqual([]);
    });
    await fc.assert(property, {
      numRuns: 30,
      examples: [[{ A: ['A'], B: null, C: null, D: null, E: null, F: null, G: null }, false]],
    });
  }, 60_000);

  it('may extend what a source of the same name gives', async () => {
    const release = await render({ config: { PATHS: '/bin' }, env: { PATHS: '$(PATHS):/opt' } });
    expect(release).toHaveEnv({ PATHS: '/bin:/opt' });
    await expect(render({ env: { PATHS: '$(PATHS):/opt' } })).toFailRendering(
      'variables refer to each other: env.PATHS: PATHS -> PATHS. Take one of the $(…) out, or write $$(…) for the text itself.',
    );
  });

  it('come from their sources in the documented order, each over those before', async () => {
    const release = await render({
      environment: 'dev',
      config: { A: 'config' },
      existingConfigMaps: ['given-map', { name: 'prefixed-map', prefix: 'M_', optional: true }],
      externalSecrets: { zeta: { path: '/z' }, alpha: { path: '/a', prefix: 'X_', optional: true } },
      inlineSecrets: { local: { data: { I: 'x' } } },
      sealedSecrets: { sealed: { encryptedData: { S: 'AA' } } },
      existingSecrets: ['given-secret', { name: 'other-secret', optional: true }],
    });
    expect(release).toHaveEnvFrom([
      'ConfigMap/demo-config',
      'ConfigMap/given-map',
      'M_*=ConfigMap/prefixed-map',
      'X_*=Secret/demo-alpha',
      'Secret/demo-zeta',
      'Secret/demo-local',
      'Secret/demo-sealed',
      'Secret/given-secret',
      'Secret/other-secret',
    ]);
    expect(containerOf(release)['envFrom']).toMatchObject([
      {},
      {},
      { prefix: 'M_', configMapRef: { optional: true } },
      { prefix: 'X_', secretRef: { optional: true } },
      {},
      {},
      {},
      {},
      { secretRef: { optional: true } },
    ]);
  });

  it('win over envFrom, and a workload’s own over the common ones', async () => {
    const release = await render({
      config: { A: 'config', B: 'config' },
      env: { B: 'env', C: 'env', D: 'env' },
      workers: { mail: { env: { C: 'own', D: null } } },
    });
    expect(release).toHaveEnv('Deployment/demo', { A: 'config', B: 'env', C: 'env', D: 'env' });
    expect(release).toHaveEnv('Deployment/demo-mail', { A: 'config', B: 'env', C: 'own' });
    expect(release).not.toHaveEnv('Deployment/demo-mail', 'D');
  });

  it('are read from each kind of source', async () => {
    const env: JsonObject = {
      PLAIN: 'text',
      NUMBER: 10000000,
      FLAG: false,
      EMPTY: { value: '' },
      KEY: { secret: { name: 'given', key: 'k', optional: true } },
      RENAMED: { externalSecret: { name: 'keys', key: 'API_KEY' } },
      MAYBE: { externalSecret: { name: 'maybe', key: 'x' } },
      SETTING: { configMap: { name: 'settings', key: 's' } },
      POD: { field: 'metadata.name' },
      MEMORY: { resource: { resource: 'limits.memory', divisor: '1Mi' } },
    };
    const release = await render({
      env,
      externalSecrets: {
        keys: { data: { API_KEY: '/key' }, target: { name: 'shared' } },
        maybe: { path: '/m', optional: true },
      },
    });
    expect(containerOf(release)['env']).toEqual([
      { name: 'EMPTY', value: '' },
      { name: 'FLAG', value: 'false' },
      { name: 'KEY', valueFrom: { secretKeyRef: { name: 'given', key: 'k', optional: true } } },
      { name: 'MAYBE', valueFrom: { secretKeyRef: { name: 'demo-maybe', key: 'x', optional: true } } },
      { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
      { name: 'NUMBER', value: '10000000' },
      { name: 'PLAIN', value: 'text' },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'RENAMED', valueFrom: { secretKeyRef: { name: 'shared', key: 'API_KEY' } } },
      { name: 'SETTING', valueFrom: { configMapKeyRef: { name: 'settings', key: 's' } } },
    ]);
  });

  it('of a name that nothing provides are a finding', async () => {
    await expect(await render({ env: { URL: 'https://$(HOST)/' } })).toHaveIssue({
      rule: 'env-reference',
      object: 'Deployment/demo',
    });
    await expect(await render({ config: { HOST: 'h' }, env: { URL: 'https://$(HOST)/' } })).not.toHaveIssue(
      'env-reference',
    );
  });

  it('of a CloudNativePG cluster are put together so that Kubernetes expands the URL', async () => {
    const release = await render({
      postgres: {
        cluster: 'db',
        access: 'ro',
        namespace: 'data',
        url: { name: 'DATABASE_URL', scheme: 'postgresql+asyncpg', query: 'sslmode=require' },
      },
    });
    expect(release).toHaveEnv({
      POSTGRES__HOST: 'db-ro.data.svc.cluster.local',
      POSTGRES__PORT: '5432',
      POSTGRES__DATABASE: { from: /Secret db-app.*dbname/u },
      POSTGRES__USER: { from: /Secret db-app.*username/u },
      POSTGRES__PASSWORD: { from: /Secret db-app.*password/u, secret: true },
    });
    const env = pick(
      release,
      'Deployment/demo',
      'spec',
      'template',
      'spec',
      'containers',
      0,
      'env',
    ) as JsonObject[];
    expect(env.at(-1)).toEqual({
      name: 'DATABASE_URL',
      value:
        'postgresql+asyncpg://$(POSTGRES__USER):$(POSTGRES__PASSWORD)@$(POSTGRES__HOST):$(POSTGRES__PORT)/$(POSTGRES__DATABASE)?sslmode=require',
    });
  });

  it('name the files of secrets that are mounted', async () => {
    const release = await render({
      externalSecrets: {
        app: { mountAs: 'files', data: { JWT_KEY: '/jwt', 'tls.crt': '/crt' } },
        quiet: { mountAs: 'files', fileVariables: false, mountPath: '/etc/quiet', data: { X: '/x' } },
      },
    });
    expect(release).toHaveEnv({
      JWT_KEY_FILE: '/run/secrets/app/JWT_KEY',
      TLS_CRT_FILE: '/run/secrets/app/tls.crt',
    });
    expect(release).not.toHaveEnv('X_FILE');
    expect(release).toHaveEnvFrom([]);
    expect(containerOf(release)['volumeMounts']).toEqual([
      { mountPath: '/etc/quiet', name: 'external-quiet', readOnly: true },
      { mountPath: '/run/secrets/app', name: 'external-app', readOnly: true },
      { mountPath: '/tmp', name: 'writable-tmp' },
    ]);
    expect(pick(release, 'Deployment/demo', 'spec', 'template', 'spec', 'volumes')).toContainEqual({
      name: 'external-app',
      secret: { secretName: 'demo-app', defaultMode: 0o444 },
    });
  });
});
