import { describe, expect, test } from 'vitest';
import { renderChart } from '../../harness/index.js';
import type { JsonObject, JsonValue } from '../../harness/manifest/manifest.js';
import { containerOf, copyWithoutSchema, listNames, NO_WORKLOAD, pick, render } from './support/render.js';

/** What an ExternalSecret of the release says below `spec`. */
async function specOf(entry: JsonObject, name = 'db', more: JsonObject = {}): Promise<JsonObject> {
  const release = await render({ ...NO_WORKLOAD, externalSecrets: { [name]: entry }, ...more });
  return pick(release, `ExternalSecret/demo-${name}`, 'spec') as JsonObject;
}

async function storeOf(store: JsonObject): Promise<JsonObject> {
  const release = await render({ ...NO_WORKLOAD, secretStores: { store } });
  return pick(release, 'SecretStore/store', 'spec') as JsonObject;
}

describe('what hardly anybody writes', () => {
  test.each([
    [{ labels: { team: 'a' } }, { labels: { team: 'a' } }],
    [{ annotations: { note: 'b' } }, { annotations: { note: 'b' } }],
    [
      { labels: { team: 'a' }, annotations: { note: 'b' } },
      { labels: { team: 'a' }, annotations: { note: 'b' } },
    ],
  ])('a Secret that is merged into gets just these: %j', async (given, metadata) => {
    const target = { name: 'theirs', creationPolicy: 'Merge', ...given };
    expect(await specOf({ path: '/a', target })).toMatchObject({ target: { template: { metadata } } });
  });

  test('rewrites keep what the operator would fill in, and nothing that is null', async () => {
    const rewrite = [{ merge: { strategy: 'JSON', into: 'ALL', conflictPolicy: null } }, { merge: {} }];
    const { dataFrom } = await specOf({ path: '/a', rewrite });
    const defaults = { conflictPolicy: 'Error', into: '', priorityPolicy: 'Strict', strategy: 'Extract' };
    expect(dataFrom).toMatchObject([
      { rewrite: [{ merge: { ...defaults, into: 'ALL', strategy: 'JSON' } }, { merge: defaults }] },
    ]);
  });

  test('further sources are taken as the operator has them, without what is null', async () => {
    const { dataFrom } = await specOf({
      dataFrom: [
        { extract: { key: '/a/x' }, rewrite: [{ regexp: { source: 'a', target: 'b' } }] },
        { extract: { key: '/a/y' }, rewrite: null, sourceRef: null },
        { sourceRef: { generatorRef: { kind: 'Password', name: 'gen', apiVersion: null } } },
        { sourceRef: { storeRef: { name: 's', kind: 'SecretStore' } }, extract: { key: '/a/z' } },
      ],
    });
    expect(dataFrom).toMatchObject([
      { extract: { key: '/a/x' }, rewrite: [{ regexp: { source: 'a', target: 'b' } }] },
      { extract: { key: '/a/y' } },
      {
        sourceRef: {
          generatorRef: {
            apiVersion: 'generators.external-secrets.io/v1alpha1',
            kind: 'Password',
            name: 'gen',
          },
        },
      },
      { sourceRef: { storeRef: { name: 's', kind: 'SecretStore' } }, extract: { key: '/a/z' } },
    ]);
    expect(Object.keys((dataFrom as JsonObject[])[1] ?? {})).toEqual(['extract']);
  });

  test('templates from elsewhere keep their keys, alone or beside a template that is merged', async () => {
    const templateFrom = [
      { configMap: { name: 'texts', items: [{ key: 'k' }] }, literal: null, target: 'Annotations' },
      {},
    ];
    const expected = [
      { configMap: { name: 'texts', items: [{ key: 'k', templateAs: 'Values' }] }, target: 'Annotations' },
      { target: 'Data' },
    ];
    for (const mergePolicy of ['Replace', 'Merge']) {
      const spec = await specOf({ path: '/a', target: { mergePolicy, templateFrom } });
      expect(spec).toMatchObject({ target: { template: { templateFrom: expected } } });
    }
  });

  test('a refresh interval of null is one hour, and an empty version none', async () => {
    const data = { A: { path: '/a', version: '' } };
    const spec = await specOf({ data, refreshInterval: null }, 'db', { refreshInterval: null });
    expect(spec['refreshInterval']).toBe('1h0m0s');
    expect(JSON.stringify(spec['data'])).not.toContain('"version"');
  });

  test('a store’s AWS identity may have a session token, and no identity is none', async () => {
    const auth = {
      secretRef: {
        accessKeyId: { name: 's', key: 'id', namespace: null },
        secretAccessKey: { name: 's', key: 'secret' },
        sessionToken: { name: 's', key: 'token' },
      },
    };
    expect(await storeOf({ aws: { region: 'eu-west-1', auth } })).toMatchObject({
      provider: {
        aws: {
          auth: {
            secretRef: {
              accessKeyIDSecretRef: { name: 's', key: 'id' },
              sessionTokenSecretRef: { name: 's', key: 'token' },
            },
          },
        },
      },
    });
    const none = await storeOf({ aws: { region: 'eu-west-1', auth: { jwt: null } } });
    expect(none).toEqual({ provider: { aws: { service: 'ParameterStore', region: 'eu-west-1' } } });
  });

  test('a store tries again as often as it is told, and each half of that may be left out', async () => {
    const aws = { region: 'eu-west-1' };
    expect(await storeOf({ aws, retrySettings: { maxRetries: 2, retryInterval: null } })).toMatchObject({
      retrySettings: { maxRetries: 2 },
    });
    expect(await storeOf({ aws, retrySettings: { maxRetries: null, retryInterval: '5s' } })).toMatchObject({
      retrySettings: { retryInterval: '5s' },
    });
  });

  test('a store in another cluster has the certificate it names; one in Vault no more than was given', async () => {
    const caProvider = { type: 'ConfigMap', name: 'ca', key: 'ca.crt' };
    expect(
      await storeOf({ kubernetes: { server: { caProvider }, auth: { serviceAccount: { name: 'reader' } } } }),
    ).toMatchObject({
      provider: { kubernetes: { server: { caProvider } } },
    });
    const vault = {
      server: 'https://vault.example.com',
      path: 'kv',
      caBundle: null,
      auth: { kubernetes: { role: 'r', serviceAccountRef: null }, appRole: null },
    };
    expect((await storeOf({ vault }))['provider']).toEqual({
      vault: {
        version: 'v2',
        server: 'https://vault.example.com',
        path: 'kv',
        auth: { kubernetes: { mountPath: 'kubernetes', role: 'r' } },
      },
    });
  });

  test('what is null in a map is removed from it', async () => {
    const release = await render({
      environment: 'dev',
      sealedSecrets: {
        sealed: { encryptedData: { B: 'x', C: null }, annotations: { a: 'b' }, scope: 'cluster-wide' },
        none: null,
      },
      inlineSecrets: { inline: { data: { A: 'x', Z: null } }, none: null },
      secretStores: { store: { aws: { region: 'eu-west-1' } }, none: null },
      cronJobs: {
        c: { command: ['x'], schedule: '* * * * *', startingDeadlineSeconds: 60, timeZone: 'Etc/UTC' },
        none: null,
      },
      jobs: { j: { command: ['x'], ttlSecondsAfterFinished: 5 }, none: null },
      workers: { w: {}, none: null },
      ports: { http: { containerPort: 8080 }, none: null },
      service: { ports: { none: null } },
      volumes: { none: null },
      volumeMounts: { '/none': null },
      initContainers: { none: null },
      networkPolicy: { enabled: true },
      extraObjects: {
        one: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { labels: { a: null, b: 'c' }, namespace: null },
        },
        two: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', annotations: null }, data: {} },
        none: null,
      },
    });
    expect(listNames(release).filter((name) => name.includes('none'))).toEqual([]);
    expect(release.text).not.toMatch(/\bnone\b(?!:)|: null$/mu);
    expect(pick(release, 'SealedSecret/demo-sealed', 'metadata', 'annotations')).toMatchObject({
      a: 'b',
      'sealedsecrets.bitnami.com/cluster-wide': 'true',
    });
    expect(pick(release, 'Secret/demo-inline', 'data')).toEqual({ A: 'eA==' });
    expect(pick(release, 'CronJob/demo-c', 'spec', 'startingDeadlineSeconds')).toBe(60);
  });

  test('a variable may come from a ConfigMap that may be missing, and from a container’s limits', async () => {
    const release = await render({
      env: {
        MAP: { configMap: { name: 'c', key: 'k', optional: true } },
        CPU: { resource: { resource: 'limits.cpu', container: 'app' } },
        MEMORY: { resource: { resource: 'limits.memory', divisor: '1Mi' } },
        PLAIN: { value: 'x', secret: null },
      },
    });
    expect(containerOf(release)['env']).toEqual(
      expect.arrayContaining([
        { name: 'MAP', valueFrom: { configMapKeyRef: { name: 'c', key: 'k', optional: true } } },
        { name: 'CPU', valueFrom: { resourceFieldRef: { containerName: 'app', resource: 'limits.cpu' } } },
        { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
        { name: 'PLAIN', value: 'x' },
      ]),
    );
  });

  test('a variable may lengthen what a source with the fitting prefix gives', async () => {
    const release = await render({
      externalSecrets: {
        one: { path: '/a', prefix: 'ONE_' },
        two: { data: { NAME: '/b' }, prefix: 'TWO_' },
      },
      env: { TWO_NAME: '$(TWO_NAME)-longer' },
    });
    expect(containerOf(release)['env']).toEqual([{ name: 'TWO_NAME', value: '$(TWO_NAME)-longer' }]);
  });

  test('a cycle of variables is named without those that only lead into it', async () => {
    const refused = render({ env: { A: '$(B)', B: '$(C)', C: '$(B)' } });
    await expect(refused).rejects.toMatchObject({ reason: expect.stringContaining('env.B: B -> C -> B.') });
  });

  test('an external secret that nobody has is told, and that there are none', async () => {
    const refused = render({ env: { A: { externalSecret: { name: 'db', key: 'k' } } } });
    await expect(refused).rejects.toMatchObject({ reason: expect.stringContaining('(there are none)') });
  });

  test('pods of nearly nothing', async () => {
    const release = await render({
      securityContext: null,
      podSecurityContext: null,
      terminationGracePeriodSeconds: null,
      writableDirs: { '/tmp': null },
      ports: { http: null },
      service: { enabled: false },
      networkPolicy: { enabled: true, restrictEgress: true, allowDns: false },
      tests: { enabled: false },
    });
    const pod = pick(release, 'Deployment/demo', 'spec', 'template', 'spec') as JsonObject;
    for (const key of ['securityContext', 'terminationGracePeriodSeconds', 'volumes'])
      expect(pod).not.toHaveProperty(key);
    for (const key of ['securityContext', 'ports', 'volumeMounts']) {
      expect(containerOf(release)).not.toHaveProperty(key);
    }
    expect(pick(release, 'NetworkPolicy/demo', 'spec', 'egress') ?? []).toEqual([]);
  });

  test('reloading watches what volumes bring, whatever way they do', async () => {
    const release = await render({
      rollout: { onSecretChange: 'reloader', onConfigChange: true },
      volumes: {
        secret: { secret: { secretName: 'one' } },
        map: { configMap: { name: 'two' } },
        both: { projected: { sources: [{ secret: { name: 'three' } }, { configMap: { name: 'four' } }] } },
        unnamed: { configMap: { defaultMode: 256 } },
        'unnamed-secret': { secret: { optional: true } },
      },
    });
    const annotations = pick(release, 'Deployment/demo', 'metadata', 'annotations') as Record<
      string,
      JsonValue
    >;
    expect(annotations['secret.reloader.stakater.com/reload']).toBe('one,three');
    expect(annotations['configmap.reloader.stakater.com/reload']).toBe('four,two');
  });

  test('a worker’s init container has the worker’s variables, and then its own', async () => {
    const release = await render({
      workers: { w: { env: { A: 'x' }, initContainers: { init: { env: { OWN: '1' } } } } },
    });
    const containers = pick(release, 'Deployment/demo-w', 'spec', 'template', 'spec', 'initContainers');
    expect(containers).toMatchObject([{ env: [{ name: 'A' }, { name: 'OWN' }] }]);
  });

  test('a worker scales by metrics alone', async () => {
    const metrics = [{ type: 'External' }];
    const autoscaling = { enabled: true, targetCPUUtilizationPercentage: null, metrics };
    const release = await render({ workers: { w: { autoscaling } } });
    expect(pick(release, 'HorizontalPodAutoscaler/demo-w', 'spec', 'metrics')).toEqual(metrics);
  });

  test('a route may redirect, or change headers on its way to the Service', async () => {
    const rule = (type: string): JsonObject => ({ filters: [{ type }], matches: null });
    const release = await render({
      httpRoute: {
        enabled: true,
        parentRefs: [{ name: 'gateway' }],
        rules: [rule('RequestRedirect'), rule('RequestHeaderModifier')],
      },
      service: { ports: { other: { port: 81, targetPort: 8080 }, none: null } },
    });
    const rules = pick(release, 'HTTPRoute/demo', 'spec', 'rules') as JsonObject[];
    expect(rules.map((one) => 'backendRefs' in one)).toEqual([false, true]);
  });

  test('an ingress leaves out hosts and paths that are null', async () => {
    const release = await render({
      ingress: {
        enabled: true,
        hosts: { 'a.example.com': { paths: { '/': {}, '/none': null } }, 'b.example.com': null },
      },
    });
    expect(pick(release, 'Ingress/demo', 'spec', 'rules')).toMatchObject([
      { host: 'a.example.com', http: { paths: [{ path: '/' }] } },
    ]);
    expect(release.text).not.toContain('b.example.com');
  });

  test('where no environments are listed, a path may hold any', async () => {
    const spec = await specOf({ path: '/prod/db' }, 'db', { environments: [], environment: 'dev' });
    expect(spec).toMatchObject({ dataFrom: [{ extract: { key: '/prod/db' } }] });
  });

  test('without the schema, entries that are nothing are passed over', async () => {
    const release = await renderChart({
      chart: await copyWithoutSchema(),
      release: 'demo',
      values: {
        image: { repository: 'r', tag: '1' },
        existingSecrets: [null, 'a'],
        existingConfigMaps: [null, 'b'],
      },
    });
    expect(containerOf(release)['envFrom']).toEqual([
      { configMapRef: { name: 'b' } },
      { secretRef: { name: 'a' } },
    ]);
  });

  test('an empty source, an empty list of items and an empty map stay what they are', async () => {
    expect((await specOf({ dataFrom: [{ extract: { key: '/a' } }, {}] }))['dataFrom']).toHaveLength(2);
    const templateFrom = [{ configMap: { name: 'texts', items: [] } }];
    expect(await specOf({ path: '/a', target: { templateFrom } })).toMatchObject({
      target: { template: { templateFrom: [{ configMap: { name: 'texts', items: [] } }] } },
    });
    const release = await render({
      ...NO_WORKLOAD,
      extraObjects: { x: { apiVersion: 'v1', kind: 'Thing', data: { a: null, b: {}, c: [], d: [1] } } },
    });
    expect(pick(release, 'Thing/demo-x', 'data')).toEqual({ b: {}, c: [], d: [1] });
    const vault = { server: 'https://vault.example.com', path: 'kv', auth: { kubernetes: {} } };
    expect(await storeOf({ vault })).toMatchObject({
      provider: { vault: { auth: { kubernetes: { mountPath: 'kubernetes' } } } },
    });
  });

  test('a preset of which no key is wanted leaves what data names', async () => {
    const keys = { database: null, host: null, port: null, username: null, password: null };
    const { data } = await specOf({ preset: 'database', path: '/a', keys, data: { X: '/x' } });
    expect(data).toMatchObject([{ secretKey: 'X' }]);
  });

  test('a projected volume of nothing is nothing to watch', async () => {
    const release = await render({
      rollout: { onConfigChange: true, onSecretChange: 'reloader' },
      volumes: { empty: { projected: { sources: [] } }, bare: { projected: { defaultMode: 256 } } },
    });
    expect(pick(release, 'Deployment/demo', 'metadata', 'annotations') ?? {}).not.toHaveProperty([
      'secret.reloader.stakater.com/reload',
    ]);
  });

  test('rules of a network policy stand alone where there are neither ports nor DNS', async () => {
    const release = await render({
      networkPolicy: {
        enabled: true,
        restrictEgress: true,
        allowDns: false,
        egressRules: [{ to: [] }],
        ingressRules: [{ from: [] }],
      },
      ports: { http: null },
      service: { enabled: false },
      tests: { enabled: false },
    });
    expect(pick(release, 'NetworkPolicy/demo', 'spec')).toMatchObject({
      egress: [{ to: [] }],
      ingress: [{ from: [] }],
    });
  });

  test('a mount that is null is left out, and a constraint of nothing selects these pods', async () => {
    const release = await render({
      initContainers: { init: { volumeMounts: { '/none': null } } },
      topologySpreadConstraints: [{}],
    });
    expect(release.text).not.toContain('/none');
    const pod = pick(release, 'Deployment/demo', 'spec', 'template', 'spec') as JsonObject;
    expect(pod['topologySpreadConstraints']).toMatchObject([{ labelSelector: {} }]);
  });

  test('a hook of nothing does not take the place of draining', async () => {
    const release = await render({ drainSeconds: 5, lifecycle: { postStart: {} } });
    expect(containerOf(release)['lifecycle']).toEqual({ preStop: { sleep: { seconds: 5 } } });
  });

  test('a variable of nothing is refused, without the schema too', async () => {
    const chart = await copyWithoutSchema();
    const values = { image: { repository: 'r', tag: '1' }, env: { A: {} } };
    await expect(renderChart({ chart, values })).rejects.toMatchObject({
      reason: expect.stringContaining('not a variable: env.A'),
    });
  });
});
