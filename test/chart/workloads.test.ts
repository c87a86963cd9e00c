import '../../harness/vitest.js';
import { describe, expect, it } from 'vitest';
import type { Release } from '../../harness/index.js';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { containerOf, listNames, pick, render } from './support/render.js';

const podOf = (release: Release, name = 'Deployment/demo') =>
  pick(release, name, 'spec', 'template', 'spec') as JsonObject;
const containersOf = (release: Release, list = 'containers') =>
  ((podOf(release)[list] ?? []) as JsonObject[]).map(({ name }) => name);

describe('images', () => {
  it.each<[JsonObject, string]>([
    [{ image: { repository: 'r', tag: '1.10' } }, 'r:1.10'],
    [{ image: { repository: 'r', tag: 12 } }, 'r:12'],
    [
      { image: { repository: 'r', tag: '1', digest: `sha256:${'a'.repeat(64)}` } },
      `r@sha256:${'a'.repeat(64)}`,
    ],
    [{ image: { repository: 'r' } }, 'r'],
  ])('of %j are %s', async (values, image) => {
    expect(containerOf(await render(values))['image']).toBe(image);
  });

  it('of a worker come from the application’s, tag and digest only where the repository does', async () => {
    const image = { repository: 'r', tag: '1', digest: `sha256:${'a'.repeat(64)}`, pullPolicy: 'Always' };
    const release = await render({
      image,
      workers: { same: {}, tag: { image: { tag: '2' } }, other: { image: { repository: 'o' } } },
    });
    const images = ['same', 'tag', 'other'].map(
      (key) => containerOf(release, `Deployment/demo-${key}`)['image'],
    );
    expect(images).toEqual([`r@sha256:${'a'.repeat(64)}`, 'r:2', 'o']);
    expect(containerOf(release, 'Deployment/demo-other')['imagePullPolicy']).toBe('Always');
  });
});

describe('the application’s Deployment', () => {
  it('has what a plain release needs, and no more', async () => {
    const release = await render();
    expect(listNames(release)).toEqual([
      'Deployment/demo',
      'Pod/demo-test',
      'Service/demo',
      'ServiceAccount/demo',
    ]);
    expect(pick(release, 'Deployment/demo', 'spec')).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: 600,
    });
    expect(Object.keys(containerOf(release)).sort()).toEqual([
      'image',
      'imagePullPolicy',
      'lifecycle',
      'name',
      'ports',
      'securityContext',
      'volumeMounts',
    ]);
  });

  it('goes on serving for a while when it is to end, unless nobody is to be served', async () => {
    const sleep = (seconds: number) => ({ preStop: { sleep: { seconds } } });
    const postStart = { exec: { command: ['true'] } };
    const values: JsonObject[] = [
      {},
      { drainSeconds: 12 },
      { lifecycle: { postStart } },
      { lifecycle: { preStop: { exec: { command: ['drain'] } } } },
      { drainSeconds: 12, terminationGracePeriodSeconds: 12 },
      { terminationGracePeriodSeconds: 1 },
      { drainSeconds: 0 },
      { service: { enabled: false } },
    ];
    const releases = await Promise.all(values.map(async (one) => await render(one)));
    expect(releases.map((release) => containerOf(release)['lifecycle'])).toEqual([
      sleep(5),
      sleep(12),
      { ...sleep(5), postStart },
      { preStop: { exec: { command: ['drain'] } } },
      sleep(11),
      undefined,
      undefined,
      undefined,
    ]);
    const workers = { mail: { command: ['mail'] } };
    expect(containerOf(await render({ workers }), 'Deployment/demo-mail')['lifecycle']).toBeUndefined();
  });

  it('takes every field of pod and container', async () => {
    const container: JsonObject = {
      command: ['run'],
      args: ['--port', '8080'],
      workingDir: '/srv',
      livenessProbe: { httpGet: { path: '/', port: 'http' } },
      readinessProbe: { tcpSocket: { port: 'http' } },
      startupProbe: { exec: { command: ['true'] } },
      lifecycle: { preStop: { sleep: { seconds: 5 } } },
      resources: { requests: { cpu: '100m', memory: '10Mi' } },
    };
    const pod: JsonObject = {
      terminationGracePeriodSeconds: 0,
      priorityClassName: 'high',
      runtimeClassName: 'gvisor',
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['10.0.0.1'] },
      hostAliases: [{ ip: '10.0.0.2', hostnames: ['a'] }],
      nodeSelector: { 'kubernetes.io/arch': 'amd64' },
      tolerations: [{ key: 'a', operator: 'Exists' }],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
          },
        },
      },
    };
    const release = await render({
      ...container,
      ...pod,
      imagePullSecrets: ['registry'],
      enableServiceLinks: true,
      replicaCount: 0,
      minReadySeconds: 5,
      strategy: { type: 'Recreate' },
    });
    expect(containerOf(release)).toMatchObject(container);
    expect(podOf(release)).toMatchObject({
      ...pod,
      imagePullSecrets: [{ name: 'registry' }],
      enableServiceLinks: true,
    });
    expect(pick(release, 'Deployment/demo', 'spec')).toMatchObject({
      replicas: 0,
      minReadySeconds: 5,
      strategy: { type: 'Recreate' },
    });
    await expect(release).toBeValid({ externals: { secrets: ['registry'], others: ['*'] } });
  });

  it('spreads each workload’s own pods', async () => {
    const constraint = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' };
    const release = await render({
      topologySpreadConstraints: [constraint, { ...constraint, labelSelector: { matchLabels: { a: 'b' } } }],
      workers: { mail: {} },
    });
    const own = (component: string) => ({
      'app.kubernetes.io/name': 'demo',
      'app.kubernetes.io/instance': 'demo',
      'app.kubernetes.io/component': component,
    });
    expect(podOf(release)['topologySpreadConstraints']).toEqual([
      { ...constraint, labelSelector: { matchLabels: own('main') } },
      { ...constraint, labelSelector: { matchLabels: { a: 'b' } } },
    ]);
    expect(podOf(release, 'Deployment/demo-mail')['topologySpreadConstraints']).toMatchObject([
      { labelSelector: { matchLabels: own('worker-mail') } },
      {},
    ]);
  });

  it('mounts volumes and writable folders by path', async () => {
    const release = await render({
      volumes: { data: { persistentVolumeClaim: { claimName: 'data' } }, gone: null },
      volumeMounts: { '/data': 'data', '/data/ro': { name: 'data', readOnly: true, subPath: 'x' } },
      writableDirs: { '/var/cache': { sizeLimit: '64Mi', medium: 'Memory' } },
    });
    expect(containerOf(release)['volumeMounts']).toEqual([
      { mountPath: '/data', name: 'data' },
      { mountPath: '/data/ro', name: 'data', readOnly: true, subPath: 'x' },
      { mountPath: '/tmp', name: 'writable-tmp' },
      { mountPath: '/var/cache', name: 'writable-var-cache' },
    ]);
    expect(podOf(release)['volumes']).toEqual([
      { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
      { name: 'writable-tmp', emptyDir: {} },
      { name: 'writable-var-cache', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
    ]);
  });

  it('starts init containers and sidecars in their order', async () => {
    const release = await render({
      initContainers: { b: { order: 1 }, a: { order: 2 }, z: { order: -1 }, gone: null },
      sidecars: { proxy: { native: true }, log: {}, audit: { order: -5 } },
    });
    expect(containersOf(release, 'initContainers')).toEqual(['proxy', 'z', 'b', 'a']);
    expect(containersOf(release)).toEqual(['app', 'audit', 'log']);
    expect(podOf(release)['initContainers']).toMatchObject([{ restartPolicy: 'Always' }, {}, {}, {}]);
    expect(release).toHaveManifest('Deployment/demo', {
      spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/default-container': 'app' } } } },
    });
  });

  it('may scale, and then has no number of its own', async () => {
    const release = await render({
      autoscaling: {
        enabled: true,
        targetMemoryUtilizationPercentage: 70,
        behavior: { scaleDown: { stabilizationWindowSeconds: 60 } },
      },
      podDisruptionBudget: { enabled: true },
    });
    expect(pick(release, 'Deployment/demo', 'spec')).not.toHaveProperty('replicas');
    expect(pick(release, 'HorizontalPodAutoscaler/demo', 'spec')).toEqual({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'demo' },
      minReplicas: 2,
      maxReplicas: 10,
      metrics: ['cpu', 'memory'].map((name, index) => ({
        type: 'Resource',
        resource: { name, target: { type: 'Utilization', averageUtilization: [80, 70][index] } },
      })),
      behavior: { scaleDown: { stabilizationWindowSeconds: 60 } },
    });
    expect(pick(release, 'PodDisruptionBudget/demo', 'spec')).toMatchObject({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
  });

  it.each<[JsonObject, JsonObject]>([
    [{ minAvailable: 2 }, { minAvailable: 2 }],
    [{ minAvailable: '50%' }, { minAvailable: '50%' }],
    [{ maxUnavailable: 0 }, { maxUnavailable: 0 }],
  ])('may be disrupted by %j', async (budget, spec) => {
    expect(
      pick(
        await render({ podDisruptionBudget: { enabled: true, ...budget } }),
        'PodDisruptionBudget/demo',
        'spec',
      ),
    ).toMatchObject(spec);
  });
});

describe('workers, CronJobs and Jobs', () => {
  const values: JsonObject = {
    config: { A: 'x' },
    externalSecrets: { db: { path: '/a' }, files: { mountAs: 'files', path: '/f' } },
    env: { B: 'common' },
    resources: { limits: { memory: '1Gi' } },
    workers: {
      mail: { command: ['mail'], env: { C: 'own' }, resources: { limits: { memory: '2Gi' } } },
      off: { enabled: false },
    },
    cronJobs: {
      nightly: { schedule: '0 3 * * *', timeZone: 'Europe/Berlin', args: ['nightly'] },
      off: { schedule: '* * * * *', enabled: false },
    },
    jobs: {
      migrate: { command: ['migrate'], activeDeadlineSeconds: 60 },
      after: { hook: { events: ['post-install', 'post-upgrade'], weight: 5 } },
      off: { enabled: false },
    },
  };

  it('have the environment, secrets and image of the application', async () => {
    const release = await render(values);
    const main = containerOf(release);
    const job = listNames(release).find((name) => name.startsWith('Job/demo-migrate-')) ?? '';
    for (const name of [
      'Deployment/demo-mail',
      'CronJob/demo-nightly',
      job,
      'Job/demo-after',
      'Pod/demo-test',
    ]) {
      const { envFrom, image, env } = containerOf(release, name);
      expect({ envFrom, image }).toEqual({ envFrom: main['envFrom'], image: main['image'] });
      expect(env).toEqual(expect.arrayContaining([{ name: 'B', value: 'common' }]));
      expect(containerOf(release, name)['volumeMounts']).toContainEqual({
        mountPath: '/run/secrets/files',
        name: 'external-files',
        readOnly: true,
      });
    }
    expect(release).toHaveEnv('Deployment/demo-mail', { A: 'x', B: 'common', C: 'own' });
    expect(containerOf(release, 'Deployment/demo-mail')).toMatchObject({
      command: ['mail'],
      resources: { limits: { memory: '2Gi' } },
    });
    expect(containerOf(release, 'CronJob/demo-nightly')).toMatchObject({
      args: ['nightly'],
      resources: { limits: { memory: '1Gi' } },
    });
    expect(listNames(release).filter((name) => name.includes('off'))).toEqual([]);
    await expect(release).toBeValid();
  });

  it('of a schedule have safe defaults', async () => {
    const release = await render(values);
    expect(pick(release, 'CronJob/demo-nightly', 'spec')).toMatchObject({
      schedule: '0 3 * * *',
      timeZone: 'Europe/Berlin',
      suspend: false,
      concurrencyPolicy: 'Forbid',
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      jobTemplate: { spec: { backoffLimit: 3, template: { spec: { restartPolicy: 'Never' } } } },
    });
  });

  it('that run once have a new name when what they run changes, and only then', async () => {
    const name = async (changed: JsonObject) =>
      listNames(await render({ ...values, ...changed })).find((one) => one.startsWith('Job/demo-migrate-'));
    const first = await name({});
    expect(first).toMatch(/^Job\/demo-migrate-[0-9a-f]{8}$/u);
    expect(await name({ replicaCount: 3, workers: {} })).toBe(first);
    expect(await name({ image: { repository: 'registry.example.com/demo', tag: '2' } })).not.toBe(first);
  });

  it('that are hooks keep their name', async () => {
    expect(pick(await render(values), 'Job/demo-after', 'metadata', 'annotations')).toEqual({
      'helm.sh/hook': 'post-install,post-upgrade',
      'helm.sh/hook-delete-policy': 'before-hook-creation',
      'helm.sh/hook-weight': '5',
    });
  });

  it('of a worker scale and are disrupted by themselves', async () => {
    const release = await render({
      workers: {
        mail: {
          autoscaling: { enabled: true, maxReplicas: 3 },
          podDisruptionBudget: { enabled: true, minAvailable: 1 },
        },
      },
    });
    expect(pick(release, 'HorizontalPodAutoscaler/demo-mail', 'spec')).toMatchObject({
      scaleTargetRef: { name: 'demo-mail' },
      maxReplicas: 3,
    });
    expect(pick(release, 'PodDisruptionBudget/demo-mail', 'spec')).toMatchObject({
      minAvailable: 1,
      selector: { matchLabels: { 'app.kubernetes.io/component': 'worker-mail' } },
    });
    expect(pick(release, 'Deployment/demo-mail', 'spec')).not.toHaveProperty('replicas');
  });

  it('may be all that a release has', async () => {
    const release = await render({
      deployment: { enabled: false },
      tests: { enabled: false },
      workers: { mail: {} },
    });
    expect(listNames(release)).toEqual(['Deployment/demo-mail', 'ServiceAccount/demo']);
  });
});

describe('further objects', () => {
  it('are rendered as they are, with a name, the namespace and the labels of the release', async () => {
    const release = await render({
      extraObjects: {
        settings: { apiVersion: 'v1', kind: 'ConfigMap', data: { text: '{{ x }} $(Y)', number: '1e3' } },
        named: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'own', namespace: 'other', labels: { a: 1 } },
        },
        cluster: {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRole',
          metadata: { namespace: '' },
          rules: [],
        },
        gone: null,
      },
    });
    expect(release).toHaveManifest('ConfigMap/shop/demo-settings', {
      data: { text: '{{ x }} $(Y)', number: '1e3' },
    });
    expect(release).toHaveManifest('ConfigMap/other/own', {
      metadata: { labels: { a: '1', 'app.kubernetes.io/instance': 'demo' } },
    });
    expect(pick(release, 'ClusterRole/demo-cluster', 'metadata')).not.toHaveProperty('namespace');
  });
});
