import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { listNames, render } from './support/render.js';

const PORT = { service: { ports: { http: { port: 80 } } } };

/** What another value needs around it to matter, and that value. */
const CHANGES: readonly (readonly [string, JsonObject, JsonObject])[] = [
  ['image.digest', {}, { image: { repository: 'r', digest: `sha256:${'a'.repeat(64)}` } }],
  ['imagePullSecrets', {}, { imagePullSecrets: ['registry'] }],
  ['deployment.annotations', {}, { deployment: { annotations: { a: 'b' } } }],
  ['deployment.labels', {}, { deployment: { labels: { a: 'b' } } }],
  ['minReadySeconds', {}, { minReadySeconds: 5 }],
  ['progressDeadlineSeconds', {}, { progressDeadlineSeconds: 90 }],
  ['args', {}, { args: ['serve'] }],
  ['workingDir', {}, { workingDir: '/srv' }],
  ['ports.http.protocol', {}, { ports: { http: { protocol: 'UDP' } } }],
  ['ports.http.hostPort', {}, { ports: { http: { hostPort: 8081 } } }],
  ['drainSeconds', {}, { drainSeconds: 7 }],
  ['lifecycle', {}, { lifecycle: { preStop: { exec: { command: ['true'] } }, postStart: null } }],
  ['podSecurityContext.runAsNonRoot', {}, { podSecurityContext: { runAsNonRoot: false } }],
  [
    'podSecurityContext.seccompProfile.type',
    {},
    { podSecurityContext: { seccompProfile: { type: 'Unconfined' } } },
  ],
  ['securityContext.allowPrivilegeEscalation', {}, { securityContext: { allowPrivilegeEscalation: true } }],
  ['securityContext.readOnlyRootFilesystem', {}, { securityContext: { readOnlyRootFilesystem: false } }],
  ['securityContext.runAsNonRoot', {}, { securityContext: { runAsNonRoot: false } }],
  ['securityContext.capabilities.drop', {}, { securityContext: { capabilities: { drop: ['NET_RAW'] } } }],
  [
    'securityContext.seccompProfile.type',
    {},
    { securityContext: { seccompProfile: { type: 'Unconfined' } } },
  ],
  ['writableDirs', {}, { writableDirs: { '/cache': { medium: 'Memory' } } }],
  ['podLabels', {}, { podLabels: { team: 'a' } }],
  ['tolerations', {}, { tolerations: [{ operator: 'Exists' }] }],
  ['affinity', {}, { affinity: { podAntiAffinity: {} } }],
  ['nodeSelector', {}, { nodeSelector: { disk: 'ssd' } }],
  ['priorityClassName', {}, { priorityClassName: 'high' }],
  ['runtimeClassName', {}, { runtimeClassName: 'gvisor' }],
  ['dnsPolicy', {}, { dnsPolicy: 'Default' }],
  ['dnsConfig', {}, { dnsConfig: { options: [{ name: 'ndots', value: '1' }] } }],
  ['hostAliases', {}, { hostAliases: [{ ip: '127.0.0.1', hostnames: ['a.example.com'] }] }],
  ['enableServiceLinks', {}, { enableServiceLinks: true }],
  [
    'autoscaling.behavior',
    { autoscaling: { enabled: true } },
    { autoscaling: { enabled: true, behavior: { scaleDown: { stabilizationWindowSeconds: 1 } } } },
  ],
  [
    'autoscaling.metrics',
    { autoscaling: { enabled: true } },
    { autoscaling: { enabled: true, metrics: [{ type: 'External' }] } },
  ],
  [
    'podDisruptionBudget.unhealthyPodEvictionPolicy',
    { podDisruptionBudget: { enabled: true } },
    { podDisruptionBudget: { enabled: true, unhealthyPodEvictionPolicy: 'IfHealthyBudget' } },
  ],
  ['service.type', PORT, { service: { type: 'NodePort', ports: { http: { nodePort: 30080 } } } }],
  ['service.headless', PORT, { service: { headless: true } }],
  ['service.ports.http.appProtocol', PORT, { service: { ports: { http: { appProtocol: 'http' } } } }],
  ['service.annotations', PORT, { service: { annotations: { a: 'b' } } }],
  ['service.labels', PORT, { service: { labels: { a: 'b' } } }],
  [
    'ingress.labels',
    { ingress: { enabled: true, hosts: { 'a.example.com': {} } } },
    { ingress: { enabled: true, hosts: { 'a.example.com': {} }, labels: { a: 'b' } } },
  ],
  ...['annotations', 'labels', 'hostnames'].map((name) => {
    const httpRoute = { enabled: true, parentRefs: [{ name: 'gateway' }] };
    const value = name === 'hostnames' ? ['a.example.com'] : { a: 'b' };
    return [`httpRoute.${name}`, { httpRoute }, { httpRoute: { ...httpRoute, [name]: value } }] as const;
  }),
  ...['ingressRules', 'egressRules'].map((name) => {
    const networkPolicy = { enabled: true, restrictEgress: true };
    return [
      `networkPolicy.${name}`,
      { networkPolicy },
      { networkPolicy: { ...networkPolicy, [name]: [{}] } },
    ] as const;
  }),
  ['serviceAccount.labels', {}, { serviceAccount: { labels: { a: 'b' } } }],
  ...Object.entries({
    path: '/other',
    scrapeTimeout: '5s',
    labels: { a: 'b' },
    annotations: { a: 'b' },
    relabelings: [{ action: 'labeldrop' }],
    metricRelabelings: [{ action: 'labeldrop' }],
  }).map(([name, value]) => {
    const serviceMonitor = { enabled: true, port: 'http' };
    return [
      `serviceMonitor.${name}`,
      { serviceMonitor },
      { serviceMonitor: { ...serviceMonitor, [name]: value } },
    ] as const;
  }),
  ...Object.entries({
    repository: 'registry.example.com/other',
    tag: '9',
    digest: `sha256:${'b'.repeat(64)}`,
    pullPolicy: 'Always',
  }).map(([name, value]) => [`tests.image.${name}`, {}, { tests: { image: { [name]: value } } }] as const),
  ...Object.entries({
    prefix: 'MAIN_',
    clusterDomain: 'cluster.internal',
    port: 5433,
    secretName: 'main-credentials',
    keys: { database: 'name', user: 'login', password: 'word' },
    namespace: 'data',
    url: { name: 'MAIN_URL', scheme: 'postgres', query: 'sslmode=require' },
  }).map(([name, value]) => {
    const postgres = { cluster: 'main' };
    return [`postgres.${name}`, { postgres }, { postgres: { ...postgres, [name]: value } }] as const;
  }),
];

describe('every value matters', () => {
  test.each(CHANGES)('another %s renders something else', async (_, around, changed) => {
    const [plain, other] = await Promise.all([render(around), render({ ...around, ...changed })]);
    expect(other.text).not.toBe(plain.text);
  });

  test('an environment is local where localEnvironments says so', async () => {
    const release = await render({
      environment: 'desk',
      localEnvironments: ['desk'],
      inlineSecrets: { db: { data: { A: 'x' } } },
    });
    expect(listNames(release)).toContain('Secret/demo-db');
  });
});
