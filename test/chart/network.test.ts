import '../../harness/vitest.js';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../harness/manifest/manifest.js';
import { listNames, pick, render } from './support/render.js';

const SELECTOR = { 'app.kubernetes.io/name': 'demo', 'app.kubernetes.io/instance': 'demo' };

describe('the Service', () => {
  it('leads to the application’s pods and no others', async () => {
    const release = await render({ workers: { mail: {} } });
    expect(pick(release, 'Service/demo', 'spec')).toEqual({
      type: 'ClusterIP',
      selector: { ...SELECTOR, 'app.kubernetes.io/component': 'main' },
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
    });
  });

  it('may have several ports, be headless or of another type', async () => {
    const ports: JsonObject = {
      grpc: { port: 9000, targetPort: 9090, appProtocol: 'kubernetes.io/h2c' },
      http: { nodePort: 30080 },
    };
    const release = await render({ service: { type: 'NodePort', ports } });
    expect(pick(release, 'Service/demo', 'spec')).toMatchObject({
      type: 'NodePort',
      ports: [
        { name: 'grpc', port: 9000, targetPort: 9090, appProtocol: 'kubernetes.io/h2c' },
        { name: 'http', port: 80, nodePort: 30080 },
      ],
    });
    expect(pick(await render({ service: { headless: true } }), 'Service/demo', 'spec', 'clusterIP')).toBe(
      'None',
    );
  });

  it.each<JsonObject>([{ service: { enabled: false } }, { deployment: { enabled: false } }])(
    'is left out with %j',
    async (values) => {
      expect(listNames(await render(values))).not.toContain('Service/demo');
    },
  );
});

describe('the Ingress', () => {
  it('leads each host and path to a port of the Service', async () => {
    const release = await render({
      externalSecrets: { cert: { preset: 'tls', path: '/cert', target: { name: 'web-cert' } } },
      ingress: {
        enabled: true,
        className: 'nginx',
        annotations: { note: true },
        hosts: {
          'a.example.com': { tls: { externalSecret: 'cert' } },
          'b.example.com': { paths: { '/api': { pathType: 'Exact', port: 80 }, '/gone': null }, tls: {} },
          'c.example.com': { tls: { secretName: 'given' } },
          'd.example.com': null,
        },
      },
    });
    const backend = (port: JsonObject) => ({ service: { name: 'demo', port } });
    expect(pick(release, 'Ingress/demo', 'spec')).toEqual({
      ingressClassName: 'nginx',
      rules: [
        {
          host: 'a.example.com',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: backend({ name: 'http' }) }] },
        },
        {
          host: 'b.example.com',
          http: { paths: [{ path: '/api', pathType: 'Exact', backend: backend({ number: 80 }) }] },
        },
        {
          host: 'c.example.com',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: backend({ name: 'http' }) }] },
        },
      ],
      tls: [
        { hosts: ['a.example.com'], secretName: 'web-cert' },
        { hosts: ['b.example.com'] },
        { hosts: ['c.example.com'], secretName: 'given' },
      ],
    });
    expect(release).toHaveEnvFrom([]);
  });

  it('leads everything below a host whose paths null has taken away', async () => {
    const release = await render({
      ingress: { enabled: true, hosts: { 'a.example.com': { paths: { '/x': null } } } },
    });
    expect(pick(release, 'Ingress/demo', 'spec', 'rules', 0, 'http', 'paths')).toMatchObject([{ path: '/' }]);
  });
});

describe('the HTTPRoute', () => {
  it('leads everything to the Service, with what the Gateway API fills in', async () => {
    const release = await render({
      httpRoute: {
        enabled: true,
        parentRefs: [{ name: 'gateway', namespace: 'infra' }],
        hostnames: ['a.example.com'],
      },
    });
    expect(pick(release, 'HTTPRoute/demo', 'spec')).toEqual({
      parentRefs: [
        { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gateway', namespace: 'infra' },
      ],
      hostnames: ['a.example.com'],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [{ group: '', kind: 'Service', name: 'demo', port: 80, weight: 1 }],
        },
      ],
    });
  });

  it('keeps rules of its own, and gives those that redirect no backend', async () => {
    const filters = [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https' } }];
    const rules = [
      { matches: [{ path: { type: 'Exact', value: '/x' } }] },
      { filters },
      { backendRefs: [{ name: 'other', port: 1 }] },
    ];
    const release = await render({ httpRoute: { enabled: true, parentRefs: [{ name: 'g' }], rules } });
    expect(pick(release, 'HTTPRoute/demo', 'spec', 'rules')).toMatchObject([
      { backendRefs: [{ name: 'demo' }] },
      { filters },
      { backendRefs: [{ name: 'other' }] },
    ]);
    expect(pick(release, 'HTTPRoute/demo', 'spec', 'rules', 1)).not.toHaveProperty('backendRefs');
  });
});

describe('the NetworkPolicy', () => {
  it('opens the application’s ports, to everyone unless somebody is named', async () => {
    const release = await render({ networkPolicy: { enabled: true } });
    expect(pick(release, 'NetworkPolicy/demo', 'spec')).toEqual({
      podSelector: { matchLabels: SELECTOR },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port: 8080, protocol: 'TCP' }] }],
    });
    const from = [{ namespaceSelector: { matchLabels: { name: 'ingress' } } }];
    const named = await render({
      networkPolicy: { enabled: true, ingressFrom: from, ingressRules: [{ from: [{ podSelector: {} }] }] },
    });
    expect(pick(named, 'NetworkPolicy/demo', 'spec', 'ingress')).toEqual([
      { ports: [{ port: 8080, protocol: 'TCP' }], from },
      { from: [{ podSelector: {} }] },
    ]);
  });

  it('lets pods ask for names when it limits what they reach, unless told not to', async () => {
    const rule = { to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] };
    const release = await render({
      networkPolicy: { enabled: true, restrictEgress: true, egressRules: [rule] },
    });
    expect(pick(release, 'NetworkPolicy/demo', 'spec')).toMatchObject({
      policyTypes: ['Ingress', 'Egress'],
      egress: [
        {
          to: [{ namespaceSelector: {} }],
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
        },
        rule,
      ],
    });
    const closed = await render({ networkPolicy: { enabled: true, restrictEgress: true, allowDns: false } });
    expect(pick(closed, 'NetworkPolicy/demo', 'spec', 'egress')).toEqual([]);
  });

  it('closes a release that has no ports', async () => {
    const release = await render({
      deployment: { enabled: false },
      workers: { mail: {} },
      networkPolicy: { enabled: true },
    });
    expect(pick(release, 'NetworkPolicy/demo', 'spec', 'ingress')).toEqual([]);
  });
});

describe('the ServiceMonitor', () => {
  it('finds the Service of this release', async () => {
    const release = await render({
      serviceMonitor: {
        enabled: true,
        interval: '30s',
        scrapeTimeout: '10s',
        labels: { release: 'prometheus' },
        metricRelabelings: [{ action: 'drop' }],
      },
    });
    expect(pick(release, 'ServiceMonitor/demo', 'spec')).toEqual({
      selector: { matchLabels: { ...SELECTOR, 'app.kubernetes.io/component': 'main' } },
      namespaceSelector: { matchNames: ['shop'] },
      endpoints: [
        {
          port: 'http',
          path: '/metrics',
          interval: '30s',
          scrapeTimeout: '10s',
          metricRelabelings: [{ action: 'drop' }],
        },
      ],
    });
    expect(release).toHaveManifest({ kind: 'ServiceMonitor', labels: { release: 'prometheus' } });
  });
});
