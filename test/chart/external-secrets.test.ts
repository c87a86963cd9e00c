import '../../harness/vitest.js';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { containerOf, listNames, NO_WORKLOAD, pick, render } from './support/render.js';

const IN_STAGE: JsonObject = { ...NO_WORKLOAD, environment: 'stage' };
const REMOTE = { conversionStrategy: 'Default', decodingStrategy: 'None', metadataPolicy: 'None' };

async function specOf(entry: JsonObject, values: JsonObject = {}): Promise<JsonObject> {
  const release = await render({ ...IN_STAGE, ...values, externalSecrets: { db: entry } });
  return pick(release, 'ExternalSecret/demo-db', 'spec') as JsonObject;
}

describe('an ExternalSecret', () => {
  it('reads a whole JSON object from a path, with everything the operator would fill in', async () => {
    const release = await render({
      ...IN_STAGE,
      externalSecrets: { external: { path: '/{system}/{app}/{environment}/app' } },
    });
    expect(release).toHaveManifest('ExternalSecret/demo-external', { apiVersion: 'external-secrets.io/v1' });
    expect(pick(release, 'ExternalSecret/demo-external', 'spec')).toEqual({
      refreshInterval: '1h0m0s',
      secretStoreRef: { name: 'aws-parameter-store', kind: 'ClusterSecretStore' },
      target: {
        name: 'demo-external',
        creationPolicy: 'Owner',
        deletionPolicy: 'Retain',
        template: {
          engineVersion: 'v2',
          mergePolicy: 'Replace',
          metadata: { labels: { 'app.kubernetes.io/instance': 'demo', 'app.kubernetes.io/name': 'demo' } },
        },
      },
      dataFrom: [{ extract: { key: '/platform/demo/stage/app', ...REMOTE } }],
    });
  });

  it('reads single keys, of a property, of a version', async () => {
    const { data } = await specOf({
      data: {
        STRIPE: '/a/{environment}/stripe',
        TOKEN: {
          path: '/a/twilio',
          property: 'auth.token',
          version: 3,
          decodingStrategy: 'Base64',
          conversionStrategy: 'Unicode',
          metadataPolicy: 'Fetch',
        },
        'tls.crt': { path: '/crt', version: '007' },
      },
    });
    expect(data).toEqual([
      { secretKey: 'STRIPE', remoteRef: { key: '/a/stage/stripe', ...REMOTE } },
      {
        secretKey: 'TOKEN',
        remoteRef: {
          key: '/a/twilio',
          property: 'auth.token',
          version: '3',
          decodingStrategy: 'Base64',
          conversionStrategy: 'Unicode',
          metadataPolicy: 'Fetch',
        },
      },
      { secretKey: 'tls.crt', remoteRef: { key: '/crt', version: '007', ...REMOTE } },
    ]);
  });

  it('finds everything below a path and makes names of variables of it', async () => {
    const { dataFrom } = await specOf({
      find: {
        path: '/a.b/{environment}/config/',
        upperCase: true,
        tags: { env: '{environment}', gone: null },
      },
    });
    expect(dataFrom).toEqual([
      {
        find: {
          conversionStrategy: 'Default',
          decodingStrategy: 'None',
          path: '/a.b/stage/config/',
          tags: { env: 'stage' },
        },
        rewrite: [
          { regexp: { source: '^/a\\.b/stage/config/*', target: '' } },
          { regexp: { source: '[^-._a-zA-Z0-9]', target: '_' } },
          { transform: { template: '{{ .value | upper }}' } },
        ],
      },
    ]);
    const plain = await specOf({ find: { path: '/a', stripPath: false } });
    expect(plain['dataFrom']).toEqual([
      {
        find: { conversionStrategy: 'Default', decodingStrategy: 'None', name: { regexp: '.*' }, path: '/a' },
      },
    ]);
    const own = await specOf({ find: { name: '^db' }, rewrite: [{ merge: { into: 'x' } }] });
    expect(own['dataFrom']).toMatchObject([
      {
        rewrite: [
          { merge: { into: 'x', conflictPolicy: 'Error', priorityPolicy: 'Strict', strategy: 'Extract' } },
        ],
      },
    ]);
  });

  it('takes sources as the operator has them', async () => {
    const { dataFrom } = await specOf({
      dataFrom: [
        { extract: { key: '/{system}/{environment}/x', property: 'p' } },
        { find: { name: { regexp: 'a.*' } } },
        { sourceRef: { generatorRef: { kind: 'Password', name: 'pw' } } },
      ],
    });
    expect(dataFrom).toEqual([
      { extract: { key: '/platform/stage/x', property: 'p', ...REMOTE } },
      { find: { conversionStrategy: 'Default', decodingStrategy: 'None', name: { regexp: 'a.*' } } },
      {
        sourceRef: {
          generatorRef: {
            apiVersion: 'generators.external-secrets.io/v1alpha1',
            kind: 'Password',
            name: 'pw',
          },
        },
      },
    ]);
  });

  it.each([
    ['database', '15m0s', ['database', 'host', 'password', 'port', 'username'], undefined],
    ['apiKey', '1h0m0s', ['API_KEY'], undefined],
    ['tls', '24h0m0s', ['ca.crt', 'tls.crt', 'tls.key'], 'kubernetes.io/tls'],
  ])('of the preset %s has its keys, interval and type', async (...[preset, refreshInterval, keys, type]) => {
    const spec = await specOf({ preset, path: '/p' });
    expect(spec).toMatchObject({
      refreshInterval,
      data: keys.map((secretKey) => ({ secretKey, remoteRef: { key: '/p' } })),
    });
    expect((spec['target'] as JsonObject)['template']).toEqual(
      type === undefined
        ? expect.not.objectContaining({ type: expect.anything() })
        : expect.objectContaining({ type }),
    );
  });

  it('of a preset may rename and leave out keys, and have further ones', async () => {
    const spec = await specOf({
      preset: 'database',
      path: '/p',
      keys: { password: 'DB_PASSWORD', host: null, port: null, username: null },
      data: { EXTRA: '/x' },
      refreshInterval: '30m',
    });
    expect(spec).toMatchObject({
      refreshInterval: '30m0s',
      data: [
        { secretKey: 'DB_PASSWORD', remoteRef: { key: '/p', property: 'password' } },
        { secretKey: 'EXTRA', remoteRef: { key: '/x' } },
        { secretKey: 'database', remoteRef: { key: '/p', property: 'database' } },
      ],
    });
    const apiKey = await specOf({
      preset: 'apiKey',
      path: '/p',
      property: 'key',
      keys: { apiKey: 'STRIPE' },
    });
    expect(apiKey['data']).toMatchObject([
      { secretKey: 'STRIPE', remoteRef: { key: '/p', property: 'key' } },
    ]);
  });

  it('leaves the operator’s own template alone', async () => {
    const url = 'postgresql://{{ .username }}:{{ .password | urlquery }}@h/{{ .db }}?x=$(Y)#"é\n';
    const spec = await specOf({
      data: { username: '/u' },
      template: { URL: url, NUMBER: 10000000, gone: null },
      target: {
        mergePolicy: 'Merge',
        templateFrom: [{ configMap: { name: 'c', items: [{ key: 'k' }] } }, { literal: '{{ .x }}' }],
      },
    });
    expect(spec['target']).toMatchObject({
      template: {
        mergePolicy: 'Merge',
        data: { URL: url, NUMBER: '10000000' },
        templateFrom: [
          { configMap: { name: 'c', items: [{ key: 'k', templateAs: 'Values' }] }, target: 'Data' },
          { literal: '{{ .x }}', target: 'Data' },
        ],
      },
    });
    expect((spec['target'] as { template: { data: JsonObject } }).template.data).not.toHaveProperty('gone');
  });

  it.each(['Owner', 'Orphan', 'Merge', 'None'])(
    'may be given the creationPolicy %s',
    async (creationPolicy) => {
      const release = await render({
        externalSecrets: { db: { data: { A: '/a' }, target: { creationPolicy } } },
      });
      expect(release).toHaveField('ExternalSecret/demo-db', 'spec.target.creationPolicy', creationPolicy);
      expect(release).toHaveEnvFrom(creationPolicy === 'None' ? [] : ['Secret/demo-db']);
    },
  );

  it.each([
    { deletionPolicy: 'Delete' },
    { deletionPolicy: 'Merge' },
    { deletionPolicy: 'Retain' },
    { immutable: true },
    { name: 'known-by-others' },
  ])('may be given the target %j', async (target) => {
    expect((await specOf({ path: '/a', target }))['target']).toMatchObject(target);
  });

  it.each(['Periodic', 'OnChange', 'CreatedOnce'])(
    'may be given the refreshPolicy %s',
    async (refreshPolicy) => {
      expect(await specOf({ path: '/a', refreshPolicy })).toMatchObject({ refreshPolicy });
      expect(await specOf({ path: '/a' }, { externalSecretDefaults: { refreshPolicy } })).toMatchObject({
        refreshPolicy,
      });
    },
  );

  it('has the common labels on itself and on the Secret, its own over them', async () => {
    const release = await render({
      ...IN_STAGE,
      externalSecretDefaults: {
        labels: { 'zerotouch.io/managed': 'true', a: 'common' },
        annotations: { note: 'common' },
      },
      externalSecrets: {
        db: {
          path: '/a',
          labels: { a: 'own' },
          annotations: { note: 'own' },
          target: { labels: { b: 'secret' }, annotations: { c: 'd' } },
        },
      },
    });
    expect(release).toHaveManifest('ExternalSecret/demo-db', {
      metadata: { labels: { 'zerotouch.io/managed': 'true', a: 'own' }, annotations: { note: 'own' } },
      spec: {
        target: {
          template: {
            metadata: {
              labels: { 'zerotouch.io/managed': 'true', a: 'own', b: 'secret' },
              annotations: { c: 'd' },
            },
          },
        },
      },
    });
  });

  it('has a store, interval and target of its own, any number of them', async () => {
    const externalSecrets = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [
        `s${index}`,
        {
          path: `/p${index}`,
          refreshInterval: `${index + 1}m`,
          secretStoreRef: { name: `store${index}`, kind: 'SecretStore' },
          target: { name: `t${index}` },
        },
      ]),
    );
    const release = await render({ externalSecrets });
    expect(listNames(release).filter((name) => name.startsWith('ExternalSecret/'))).toHaveLength(30);
    expect(containerOf(release)['envFrom']).toHaveLength(30);
    expect(pick(release, 'ExternalSecret/demo-s7', 'spec')).toMatchObject({
      refreshInterval: '8m0s',
      secretStoreRef: { name: 'store7', kind: 'SecretStore' },
      target: { name: 't7' },
    });
  });

  it('in every shape shows no difference to what the operator makes of it', async () => {
    const release = await render({
      ...IN_STAGE,
      externalSecrets: {
        json: { path: '/a', property: 'x', version: 1 },
        keys: { data: { A: '/a', B: { path: '/b', property: 'p' } }, refreshInterval: '90s' },
        found: { find: { path: '/f', upperCase: true } },
        db: { preset: 'database', path: '/d' },
        cert: { preset: 'tls', path: '/c' },
        merged: { path: '/m', target: { creationPolicy: 'Merge', name: 'others' } },
        generated: {
          dataFrom: [{ sourceRef: { generatorRef: { kind: 'Password', name: 'pw' } } }],
          template: { P: '{{ .password }}' },
        },
      },
    });
    await expect(release).not.toHaveIssue('external-secret-drift');
    await expect(release).toBeValid({ kubernetesVersions: ['1.36'], externals: { secrets: ['others'] } });
  });

  it.each([
    ['Opaque by itself', { path: '/a' }, undefined],
    [
      'the type that is given',
      { path: '/a', target: { type: 'kubernetes.io/basic-auth' } },
      'kubernetes.io/basic-auth',
    ],
  ])('makes a Secret of %s', async (...[, entry, type]) => {
    const { target } = (await specOf(entry)) as { target: { template: JsonObject } };
    expect(target.template['type']).toBe(type);
  });
});

describe('durations', () => {
  const written: [as: string | number, rendered: string][] = [
    ['5m', '5m0s'],
    ['90s', '1m30s'],
    ['1h30m', '1h30m0s'],
    ['72h', '72h0m0s'],
    ['1h', '1h0m0s'],
    ['30s', '30s'],
    ['0.5h', '30m0s'],
    ['1.5m', '1m30s'],
    ['1h1m1s', '1h1m1s'],
    ['3600s', '1h0m0s'],
    ['0', '0s'],
    [0, '0s'],
    ['0s', '0s'],
    ['999999h999999m999999999s', '1294443h25m39s'],
  ];

  it('are rendered as the operator would rewrite them', async () => {
    const externalSecrets = Object.fromEntries(
      written.map(([as], index) => [`d${index}`, { path: '/a', refreshInterval: as }]),
    );
    const release = await render({ ...NO_WORKLOAD, externalSecrets });
    const rendered = written.map(([as], index) => [
      as,
      pick(release, `ExternalSecret/demo-d${index}`, 'spec', 'refreshInterval'),
    ]);
    expect(rendered).toEqual(written);
  });

  it.each([
    '5',
    '5 m',
    '5min',
    '1d',
    '-5m',
    '1m1h',
    '',
    '5M',
    '.5h',
    '1.5s',
    '100ms',
    '1e3s',
    '1h1h',
    5,
    true,
  ])('are refused where they are none: %j', async (refreshInterval) => {
    await expect(
      render({ ...NO_WORKLOAD, externalSecrets: { d: { path: '/a', refreshInterval } } }),
    ).toFailRendering(/^\/externalSecrets\/d\/refreshInterval: /u);
    await expect(
      render({ ...NO_WORKLOAD, refreshInterval, externalSecrets: { d: { path: '/a' } } }),
    ).toFailRendering(/^\/refreshInterval: /u);
  });

  it('come from the entry, else from its preset, else from the top', async () => {
    const release = await render({
      ...NO_WORKLOAD,
      refreshInterval: '5m',
      externalSecrets: {
        own: { path: '/a', refreshInterval: '6h' },
        db: { preset: 'database', path: '/a' },
        top: { path: '/a' },
      },
    });
    expect(pick(release, 'ExternalSecret/demo-own', 'spec', 'refreshInterval')).toBe('6h0m0s');
    expect(pick(release, 'ExternalSecret/demo-db', 'spec', 'refreshInterval')).toBe('15m0s');
    expect(pick(release, 'ExternalSecret/demo-top', 'spec', 'refreshInterval')).toBe('5m0s');
  });

  it('outside of what fits a preset are a finding', async () => {
    await expect(
      await render({ externalSecrets: { db: { preset: 'database', path: '/a', refreshInterval: '24h' } } }),
    ).toHaveIssue('refresh-interval');
    await expect(
      await render({ externalSecrets: { db: { preset: 'database', path: '/a' } } }),
    ).not.toHaveIssue('refresh-interval');
  });
});
