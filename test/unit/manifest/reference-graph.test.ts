import { describe, expect, test } from 'vitest';
import { readPointer } from '../../../harness/manifest/json-pointer.js';
import type { KubernetesObject, Manifest } from '../../../harness/manifest/manifest.js';
import { parseManifests } from '../../../harness/manifest/parse-manifests.js';
import type { Reference } from '../../../harness/manifest/reference.js';
import { type ReferenceGraphOptions, referenceGraph } from '../../../harness/manifest/reference-graph.js';

function graph(text: string, options?: ReferenceGraphOptions): ReturnType<typeof referenceGraph> {
  return referenceGraph(parseManifests(text), options);
}

const shown = ({ references }: { references: readonly Reference[] }): string[] =>
  references.map(({ relation, to, state, keyState, portState }) =>
    [
      relation,
      `${to.kind}/${to.name}${to.key === undefined ? '' : `#${to.key}`}${to.port === undefined ? '' : `:${to.port}`}`,
      state,
      keyState === undefined ? '' : `key ${keyState}`,
      portState === undefined ? '' : `port ${portState}`,
      to.optional ? 'optional' : '',
    ]
      .filter((part) => part !== '')
      .join(' '),
  );

const POD = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      serviceAccountName: web
      imagePullSecrets: [{name: registry}]
      volumes:
      - {name: files, configMap: {name: files, items: [{key: app.ini, path: a}, {key: gone, path: b}]}}
      - {name: keys, secret: {secretName: synced, optional: true}}
      - {name: data, persistentVolumeClaim: {claimName: data}}
      - {name: all, projected: {sources: [{secret: {name: mixed}}, {configMap: {name: kube-root-ca.crt}}]}}
      containers:
      - name: main
        ports: [{name: http, containerPort: 8080}]
        envFrom: [{configMapRef: {name: files}}, {secretRef: {name: nowhere, optional: true}}]
        env:
        - {name: A, valueFrom: {secretKeyRef: {name: synced, key: A}}}
        - {name: B, valueFrom: {secretKeyRef: {name: synced, key: B}}}
        - {name: C, valueFrom: {secretKeyRef: {name: mixed, key: anything}}}
        volumeMounts: [{name: files, mountPath: /a}, {name: typo, mountPath: /b}]
        livenessProbe: {httpGet: {port: http}}
        readinessProbe: {httpGet: {port: htttp}}
        startupProbe: {tcpSocket: {port: 8080}}
`;
const PROVIDERS = `
apiVersion: v1
kind: ConfigMap
metadata: {name: files}
data: {app.ini: x}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: es}
spec:
  secretStoreRef: {name: aws, kind: ClusterSecretStore}
  target: {name: synced}
  data: [{secretKey: A, remoteRef: {key: /a}}]
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: mixed}
spec:
  secretStoreRef: {name: local}
  dataFrom: [{extract: {key: /a}, sourceRef: {storeRef: {name: local}}}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: local}
spec:
  provider:
    vault:
      server: https://vault.example.com
      caProvider: {type: ConfigMap, name: ca, key: ca.crt}
      auth: {appRole: {roleId: r, secretRef: {name: approle, key: id}}, kubernetes: {serviceAccountRef: {name: web}}}
`;

describe('what pods need', () => {
  const found = graph([POD, PROVIDERS].join('\n---\n'));

  test('is followed to what provides it, an ExternalSecret for its Secret', () => {
    expect(shown(found).filter((line) => !/^(?:store|tls|role)/u.test(line))).toEqual([
      'env-from ConfigMap/files found',
      'env-from Secret/nowhere missing optional',
      'env Secret/synced#A found key found',
      'env Secret/synced#B found key missing',
      'env Secret/mixed#anything found key unknown',
      'volume ConfigMap/files#app.ini found key found',
      'volume ConfigMap/files#gone found key missing',
      'volume Secret/synced found optional',
      'claim PersistentVolumeClaim/data missing',
      'volume Secret/mixed found',
      'volume ConfigMap/kube-root-ca.crt always-there',
      'image-pull-secret Secret/registry missing',
      'service-account ServiceAccount/web found',
    ]);
    expect(found.references.find(({ to }) => to.name === 'synced')?.found?.object.metadata.name).toBe('es');
  });

  test('is told with a pointer that leads to it', () => {
    for (const { from, pointer } of [...found.references, ...found.selections, ...found.locals]) {
      expect(readPointer(from.object, pointer), pointer).toBeDefined();
    }
  });

  test('within the pod is followed too: volumes and the ports of probes', () => {
    expect(
      found.locals.map(({ relation, name, found: isFound }) => `${relation} ${name} ${isFound}`),
    ).toEqual([
      'volume-mount files true',
      'volume-mount typo false',
      'probe-port http true',
      'probe-port htttp false',
    ]);
    expect(found.locals[1]?.available).toEqual(['files', 'keys', 'data', 'all']);
  });

  test('stores and their credentials are followed', () => {
    expect(shown(found).filter((line) => /^store/u.test(line))).toEqual([
      'store ClusterSecretStore/aws missing',
      'store SecretStore/local found',
      'store SecretStore/local found',
      'store-auth ConfigMap/ca#ca.crt missing',
      'store-auth Secret/approle#id missing',
      'store-auth ServiceAccount/web found',
    ]);
  });

  test('claims of a StatefulSet are volumes of its pods', () => {
    const set = graph(`
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db-headless
  volumeClaimTemplates: [{metadata: {name: data}}]
  template: {spec: {containers: [{name: main, volumeMounts: [{name: data, mountPath: /d}]}]}}`);
    expect(set.locals.map(({ found: isFound }) => isFound)).toEqual([true]);
    expect(shown(set)).toEqual(['governing-service Service/db-headless missing']);
  });
});

describe('other references', () => {
  const SERVICE =
    'apiVersion: v1\nkind: Service\nmetadata: {name: web, labels: {app: web}}\nspec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}, {name: odd, port: 81, targetPort: odd}]}';

  test('an Ingress leads to Services, their ports, and certificates', () => {
    const ingress = (annotations: string): string => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, annotations: {${annotations}}}
spec:
  defaultBackend: {service: {name: web, port: {number: 80}}}
  tls: [{secretName: web-tls}]
  rules:
  - http: {paths: [{backend: {service: {name: web, port: {name: http}}}}, {backend: {service: {name: web, port: {name: https}}}}, {backend: {service: {name: gone, port: {number: 1}}}}]}`;
    expect(shown(graph(`${SERVICE}\n---\n${ingress('')}`))).toEqual([
      'backend Service/web:80 found port found',
      'backend Service/web:http found port found',
      'backend Service/web:https found port missing',
      'backend Service/gone:1 missing',
      'tls Secret/web-tls missing',
    ]);
    const issued = graph(ingress('cert-manager.io/cluster-issuer: letsencrypt')).references;
    expect(issued.find(({ relation }) => relation === 'tls')?.state).toBe('found');
  });

  test('a route leads to its backends, not to those of other groups', () => {
    const route = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web}
spec: {rules: [{backendRefs: [{name: web, port: 80}, {name: web, port: 90}, {name: x, kind: Bucket, group: example.com}], filters: [{requestMirror: {backendRef: {name: mirror, port: 1}}}]}]}`;
    expect(shown(graph(`${SERVICE}\n---\n${route}`))).toEqual([
      'backend Service/web:80 found port found',
      'backend Service/web:90 found port missing',
      'backend Service/mirror:1 missing',
    ]);
  });

  test('autoscalers, bindings and accounts lead to what they name', () => {
    const text = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web}
roleRef: {kind: Role, name: web}
subjects: [{kind: ServiceAccount, name: web}, {kind: ServiceAccount, name: default}, {kind: User, name: alice}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: web}
roleRef: {kind: ClusterRole, name: view}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: kube-system}
roleRef: {kind: Role, name: extension-apiserver-authentication-reader}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
imagePullSecrets: [{name: registry}]`;
    expect(shown(graph(text))).toEqual([
      'scale-target Deployment/web missing',
      'role Role/web missing',
      'subject ServiceAccount/web found',
      'subject ServiceAccount/default always-there',
      'role ClusterRole/view always-there',
      'role Role/extension-apiserver-authentication-reader always-there',
      'image-pull-secret Secret/registry missing',
    ]);
  });

  test('webhooks and API services lead to their Service', () => {
    const text = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: w}
webhooks: [{clientConfig: {service: {name: web, namespace: shop, port: 80}}}, {clientConfig: {url: https://hook.example.com}}]
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.example.com}
spec: {service: {name: gone, namespace: shop}}`;
    expect(shown(graph(`${SERVICE}\n---\n${text}`, { namespace: 'shop' }))).toEqual([
      'backend Service/web:80 found port found',
      'backend Service/gone missing',
    ]);
  });

  test('a Secret that a controller makes is found: by certificates, clusters of PostgreSQL, cluster-wide secrets', () => {
    const text = `apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: c}
spec: {secretName: web-tls}
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: pg}
---
apiVersion: external-secrets.io/v1
kind: ClusterExternalSecret
metadata: {name: shared}
spec: {externalSecretSpec: {target: {name: all}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: main, envFrom: [{secretRef: {name: web-tls}}, {secretRef: {name: pg-app}}, {secretRef: {name: all}}, {secretRef: {name: shared}}]}]}`;
    expect(shown(graph(text))).toEqual([
      'env-from Secret/web-tls found',
      'env-from Secret/pg-app found',
      'env-from Secret/all found',
      'env-from Secret/shared missing',
    ]);
  });

  test('an ExternalSecret leads to template sources, generators and the Secret it merges into', () => {
    const text = `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: web}
spec:
  secretStoreRef: {name: s}
  target: {name: base, creationPolicy: Merge, template: {templateFrom: [{configMap: {name: t, items: [{key: k}]}}]}}
  dataFrom: [{sourceRef: {generatorRef: {kind: Password, name: p}}}]`;
    expect(shown(graph(text))).toEqual([
      'store SecretStore/s missing',
      'generator Password/p missing',
      'merge-target Secret/base missing',
      'template-source ConfigMap/t#k missing',
    ]);
  });
});

describe('selectors', () => {
  const selections = (text: string): string[] =>
    graph(`${POD}\n---\n${text}`).selections.map(
      ({ relation, matches }) =>
        `${relation}: ${matches.map(({ object }) => object.metadata.name).join(' ')}`,
    );

  test.each([
    ['{matchLabels: {app: web}}', 'web'],
    ['{matchLabels: {app: api}}', ''],
    ['{matchExpressions: [{key: tier, operator: In, values: [front, back]}]}', 'web'],
    ['{matchExpressions: [{key: tier, operator: NotIn, values: [front]}]}', ''],
    ['{matchExpressions: [{key: zone, operator: NotIn, values: [a]}]}', 'web'],
    ['{matchExpressions: [{key: tier, operator: Exists}]}', 'web'],
    ['{matchExpressions: [{key: tier, operator: DoesNotExist}]}', ''],
    ['{matchLabels: {app: web}, matchExpressions: [{key: tier, operator: DoesNotExist}]}', ''],
    ['{}', 'web'],
  ])('%s selects the pods of "%s"', (selector, expected) => {
    const budget = `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: {selector: ${selector}}`;
    expect(selections(budget)).toContain(`disruption-budget-pods: ${expected}`);
  });

  test('of a Service and its named ports', () => {
    const service = (app: string): string =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: ${app}}, ports: [{port: 80, targetPort: http}, {port: 81, targetPort: odd}, {port: 82, targetPort: 9}]}`;
    expect(selections(service('web'))).toContain('service-pods: web');
    expect(selections(service('api'))).toContain('service-pods: ');
    const ports = graph(`${POD}\n---\n${service('web')}`).locals.filter(
      ({ relation }) => relation === 'service-target-port',
    );
    expect(ports.map(({ name, found, available }) => [name, found, available])).toEqual([
      ['http', true, ['http']],
      ['odd', false, ['http']],
    ]);
  });

  test('a Service without a selector selects nothing and is not asked about', () => {
    expect(
      selections('apiVersion: v1\nkind: Service\nmetadata: {name: ext}\nspec: {type: ExternalName}'),
    ).toEqual(['own-pods: web']);
  });

  test('of a ServiceMonitor look at Services and their ports', () => {
    const text = `apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {ports: [{name: metrics, port: 80}]}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: web}
spec: {selector: {matchLabels: {app: web}}, endpoints: [{port: metrics}, {port: metricz}]}`;
    const found = graph(text);
    expect(found.selections).toMatchObject([{ relation: 'service-monitor-services', matches: [{}] }]);
    expect(found.locals.map(({ name, found: isFound }) => [name, isFound])).toEqual([
      ['metrics', true],
      ['metricz', false],
    ]);
  });

  test('of a workload that misses its own pods is told', () => {
    const text = POD.replace('matchLabels: {app: web}', 'matchLabels: {app: other}');
    expect(graph(text).selections).toMatchObject([{ relation: 'own-pods', matches: [] }]);
  });

  test('of network policies, pod monitors and topology constraints', () => {
    const text = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: n}
spec: {podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: http}, {port: nope}]}]}
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: m}
spec: {selector: {matchLabels: {app: nobody}}, podMetricsEndpoints: [{port: http}]}
---
apiVersion: v1
kind: Pod
metadata: {name: p, labels: {app: p}}
spec: {topologySpreadConstraints: [{labelSelector: {matchLabels: {app: q}}}], containers: []}`;
    expect(selections(text)).toEqual([
      'network-policy-pods: web',
      'pod-monitor-pods: ',
      'own-pods: web',
      'topology-spread-pods: ',
    ]);
  });
});

describe('namespaces', () => {
  const service = (namespace: string): string =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: web${namespace}}\nspec: {ports: []}\n---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r}\nspec: {rules: [{backendRefs: [{name: web}]}]}`;
  const state = (namespace: string, options?: ReferenceGraphOptions): string | undefined =>
    graph(service(namespace), options).references[0]?.state;

  test('an object that names the release’s namespace is the same as one that names none', () => {
    expect(state(', namespace: shop', { namespace: 'shop' })).toBe('found');
    expect(state('', { namespace: 'shop' })).toBe('found');
  });

  test('an object of another namespace is not the one that is meant', () => {
    expect(state(', namespace: other', { namespace: 'shop' })).toBe('missing');
  });

  test('nothing is called missing while the release’s namespace is not known', () => {
    expect(state(', namespace: other')).toBe('found');
  });
});

test('five thousand manifests are followed without looking at every pair', () => {
  let looks = 0;
  const manifests = Array.from({ length: 1250 }, (_, number): Manifest[] => {
    const name = `app-${number}`;
    const labels = { 'app.kubernetes.io/part-of': 'shop', app: name };
    const object = (kind: string, apiVersion: string, rest: object): Manifest => ({
      object: {
        apiVersion,
        kind,
        metadata: {
          name,
          labels,
          // Whoever compares two objects asks for their namespaces.
          get namespace() {
            looks += 1;
            return 'shop';
          },
        },
        ...rest,
      } as KubernetesObject,
      source: { template: '', index: 0, line: 1 },
      text: '',
    });
    const container = { name: 'main', envFrom: [{ configMapRef: { name } }] };
    const template = { metadata: { labels }, spec: { containers: [container] } };
    return [
      object('ConfigMap', 'v1', { data: { A: '1' } }),
      object('Deployment', 'apps/v1', { spec: { selector: { matchLabels: labels }, template } }),
      object('Service', 'v1', { spec: { selector: labels, ports: [{ port: 80 }] } }),
      object('PodDisruptionBudget', 'policy/v1', { spec: { selector: { matchLabels: labels } } }),
    ];
  }).flat();
  const found = referenceGraph(manifests);
  expect(found.references.every(({ state }) => state === 'found')).toBe(true);
  expect(found.selections.every(({ matches }) => matches.length === 1)).toBe(true);
  expect(looks).toBeLessThan(20 * manifests.length);
});
