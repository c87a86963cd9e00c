import { describe, expect, it } from 'vitest';
import { parseKubernetesYaml } from '../../../harness/manifest/kubernetes-yaml.js';
import type { JsonObject } from '../../../harness/manifest/manifest.js';
import { check, deployment, externalSecret, remote, tell } from '../../helpers/check-yaml.js';

const configMap = (body: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n${body}\n`;

describe('schemas', () => {
  it('accepts a whole Deployment, also with nulls where the API server drops them', () => {
    const yaml = deployment({
      spec: 'replicas: null\nstrategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 0}}',
      container: `env: [{name: A, value: "1"}]
ports: [{containerPort: 8080, name: http}]
resources: {limits: {cpu: 1, memory: 256Mi}, requests: {cpu: 500m, memory: 1.5Gi}}
livenessProbe: {httpGet: {path: /, port: http}}
volumeMounts: null`,
    });
    expect(check(yaml)).toEqual([]);
  });

  it('names the field, its type and the type it must have, and the line of the template that printed it', () => {
    const [issue] = check(deployment({ container: 'env:\n  - name: PORT\n    value: 8080' }));
    expect(issue).toEqual({
      rule: 'schema-type',
      severity: 'error',
      object: 'Deployment/web',
      pointer: '/spec/template/spec/containers/0/env/0/value',
      message: 'is a number, must be a string',
      remedy: 'Quote it in the template: {{ … | quote }}.',
      source: { template: 'app/templates/deployment.yaml', line: 19 },
    });
  });

  it.each([
    [
      'an unknown field with the name that was meant',
      'schema-unknown-field',
      deployment({ container: 'imagePulPolicy: Always' }),
      [
        'error /spec/template/spec/containers/0/imagePulPolicy: unknown field "imagePulPolicy"; did you mean "imagePullPolicy"?',
      ],
    ],
    [
      'a field of another object',
      'schema-unknown-field',
      deployment({ pod: 'replicas: 3' }),
      ['error /spec/template/spec/replicas: unknown field "replicas"'],
    ],
    [
      'a text for a number',
      'schema-type',
      deployment({ spec: 'replicas: "3"' }),
      ['error /spec/replicas: is a string, must be a whole number'],
    ],
    [
      'a fraction for a whole number',
      'schema-type',
      deployment({ spec: 'replicas: 1.5' }),
      ['error /spec/replicas: is a number, must be a whole number'],
    ],
    [
      'a map for a list',
      'schema-type',
      deployment({ container: 'env: {A: b}' }),
      ['error /spec/template/spec/containers/0/env: is a map, must be a list'],
    ],
    [
      'a number in a ConfigMap',
      'schema-type',
      configMap('data: {A: 1}'),
      ['error /data/A: is a number, must be a string'],
    ],
    [
      'a required field that is missing',
      'schema-required',
      deployment({ container: 'volumeMounts: [{name: tmp}]', pod: 'volumes: [{name: tmp}]' }),
      ['error /spec/template/spec/containers/0/volumeMounts/0: "mountPath" is required'],
    ],
    [
      'a required field that is null',
      'schema-required',
      deployment({ container: 'ports: [{containerPort: null}]' }),
      ['error /spec/template/spec/containers/0/ports/0: "containerPort" is required'],
    ],
    [
      'a value that is not of its enumeration',
      'schema-enum',
      deployment({ container: 'imagePullPolicy: Allways' }),
      [
        'error /spec/template/spec/containers/0/imagePullPolicy: must be one of "Always", "IfNotPresent", "Never"',
      ],
    ],
    [
      'a port out of range',
      'schema-value',
      deployment({ container: 'ports: [{containerPort: 80800}]' }),
      ['error /spec/template/spec/containers/0/ports/0/containerPort: is more than 65535'],
    ],
    [
      'what is no quantity',
      'schema-value',
      deployment({ container: 'resources: {limits: {memory: 256MB}}' }),
      [
        'error /spec/template/spec/containers/0/resources/limits/memory: is not a quantity such as 500m, 1.5 or 256Mi',
      ],
    ],
    [
      'what is not base64',
      'schema-value',
      configMap('binaryData: {A: "not base64"}'),
      ['error /binaryData/A: is not base64 (with padding)'],
    ],
    [
      'a time that is none',
      'schema-value',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, creationTimestamp: yesterday}',
      ['error /metadata/creationTimestamp: is not a time such as 2030-01-31T12:00:00Z'],
    ],
    [
      'no containers',
      'schema-value',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: []}',
      ['error /spec/containers: has fewer entries than 1'],
    ],
  ])('refuses %s', (...[, rule, yaml, expected]) => {
    expect(tell(rule, yaml)).toEqual(expected);
  });
});

describe('schemas of custom resources', () => {
  it('accepts an ExternalSecret with all its defaults', () => {
    expect(check(externalSecret()).filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  it.each([
    [
      'an unknown field',
      'schema-unknown-field',
      externalSecret({ spec: `data: [${remote('A', '/a', ', proprety: x')}]` }),
      ['error /spec/data/0/remoteRef/proprety: unknown field "proprety"; did you mean "property"?'],
    ],
    [
      'a policy that does not exist',
      'schema-enum',
      externalSecret({ target: '{creationPolicy: Own}' }),
      ['error /spec/target/creationPolicy: must be one of "Owner", "Orphan", "Merge", "None"'],
    ],
    [
      'a key that a Secret cannot have',
      'schema-value',
      externalSecret({ spec: `data: [${remote('"A B"', '/a')}]` }),
      ['error /spec/data/0/secretKey: does not match ^[-._a-zA-Z0-9]+$'],
    ],
    [
      'two providers in one store',
      'schema-value',
      'apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: s}\nspec: {provider: {aws: {service: ParameterStore, region: eu-west-1}, fake: {data: []}}}',
      ['error /spec/provider: has more entries than 1'],
    ],
    [
      'a null in a list',
      'schema-type',
      externalSecret({ spec: 'data: [null]' }),
      ['error /spec/data/0: is null, must be a map'],
    ],
  ])('refuses %s', (...[, rule, yaml, expected]) => {
    expect(tell(rule, yaml)).toEqual(expected);
  });

  it('checks every kind that the chart renders beside Kubernetes', () => {
    const yaml = `apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: web}
spec: {selector: {}, endpoints: [{port: http, intervall: 30s}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web}
spec: {rules: [{matches: [{path: {type: Prefix, value: /}}]}]}
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: web}
spec: {encryptedData: {A: AgB}, templat: {}}
`;
    expect(
      check(yaml)
        .filter(({ rule }) => rule.startsWith('schema-'))
        .map(({ object, message }) => `${object}: ${message}`),
    ).toEqual([
      'ServiceMonitor/web: unknown field "intervall"; did you mean "interval"?',
      'HTTPRoute/web: must be one of "Exact", "PathPrefix", "RegularExpression"',
      'SealedSecret/web: unknown field "templat"; did you mean "template"?',
    ]);
  });

  const widgets = parseKubernetesYaml(`apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              required: [size, either]
              properties:
                size: {type: integer, minimum: 1}
                either: {type: string, nullable: true}
                port: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}
                free: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {count: {type: integer}}}
                inner: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}
                list: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name], items: {type: object, properties: {name: {type: string}}}}
                choice: {type: object, properties: {a: {type: string}, b: {type: string}}, oneOf: [{required: [a]}, {required: [b]}]}
    - {name: v1beta1, served: false, storage: false}
`) as JsonObject;
  const widget = (spec: string, version = 'v1'): string =>
    `apiVersion: example.com/${version}\nkind: Widget\nmetadata: {name: w}\nspec: ${spec}\n`;

  it('says that a kind is not known and was not checked', () => {
    expect(
      tell(
        'unknown-kind',
        `${widget('{size: 1}')}---\n${widget('{size: 2}').replace('name: w', 'name: w2')}`,
      ),
    ).toEqual(['warning /kind: no schema is known for example.com/v1 Widget; 2 objects were not checked']);
  });

  it.each(['crds' as const, 'chartCrds' as const])(
    'checks a kind whose definition is given as %s',
    (where) => {
      expect(check(widget('{size: 3, either: null}'), { [where]: [widgets] })).toEqual([]);
      expect(tell('schema-value', widget('{size: 0, either: x}'), { [where]: [widgets] })).toEqual([
        'error /spec/size: is less than 1',
      ]);
    },
  );

  it('checks a kind whose definition is in the release itself', () => {
    const yaml = `${JSON.stringify(widgets)}\n---\n${widget('{size: big, either: x}')}`;
    expect(tell('schema-type', yaml)).toEqual(['error /spec/size: is a string, must be a whole number']);
  });

  it.each([
    ['{size: 1, either: x, port: 80}', []],
    ['{size: 1, either: x, port: http, free: {count: 1, anything: [1]}}', []],
    ['{size: 1, either: x, inner: {apiVersion: v1, kind: X, a: 1}}', []],
    ['{size: 1, either: x, choice: {a: x}}', []],
    ['{size: null, either: null}', ['schema-required /spec: "size" is required']],
    ['{size: 1}', ['schema-required /spec: "either" is required']],
    [
      '{size: 1, either: x, port: true}',
      ['schema-type /spec/port: is a boolean, must be a whole number or a string'],
    ],
    [
      '{size: 1, either: x, free: {count: x}}',
      ['schema-type /spec/free/count: is a string, must be a whole number'],
    ],
    [
      '{size: 1, either: x, inner: {a: 1}}',
      [
        'schema-required /spec/inner: "apiVersion" is required',
        'schema-required /spec/inner: "kind" is required',
      ],
    ],
    [
      '{size: 1, either: x, list: [{name: a}, {name: a}]}',
      ['schema-value /spec/list/1: repeats the name of an earlier entry'],
    ],
    ['{size: 1, either: x, choice: {a: x, b: z}}', ['schema-value /spec/choice: needs exactly one of a, b']],
  ])('judges %s as the API server would', (spec, expected) => {
    const issues = check(widget(spec), { crds: [widgets] });
    expect(issues.map(({ rule, pointer, message }) => `${rule} ${pointer}: ${message}`)).toEqual(expected);
  });

  it('says which version of a kind is served where another is not', () => {
    expect(
      check(widget('{}', 'v1beta1'), { crds: [widgets] }).map(({ message, remedy }) => [message, remedy]),
    ).toEqual([
      ['the operator does not serve example.com/v1beta1 Widget', 'Use apiVersion: example.com/v1.'],
    ]);
  });
});

describe('API versions', () => {
  const object = (apiVersion: string, kind: string): string =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: web}\n`;
  const told = (apiVersion: string, kind: string, ...versions: string[]): string[] =>
    check(object(apiVersion, kind), { kubernetesVersions: versions })
      .filter(({ rule }) => rule === 'api-version')
      .map(({ message, remedy }) => `${message}. ${remedy}`);

  it.each([
    [
      'extensions/v1beta1',
      'Ingress',
      'Kubernetes 1.36 does not serve extensions/v1beta1 Ingress. Use apiVersion: networking.k8s.io/v1.',
    ],
    [
      'policy/v1beta1',
      'PodDisruptionBudget',
      'Kubernetes 1.36 does not serve policy/v1beta1 PodDisruptionBudget. Use apiVersion: policy/v1.',
    ],
    [
      'autoscaling/v2beta2',
      'HorizontalPodAutoscaler',
      'Kubernetes 1.36 does not serve autoscaling/v2beta2 HorizontalPodAutoscaler. Use apiVersion: autoscaling/v2.',
    ],
    [
      'external-secrets.io/v1beta1',
      'ExternalSecret',
      'the operator does not serve external-secrets.io/v1beta1 ExternalSecret. Use apiVersion: external-secrets.io/v1.',
    ],
    [
      'apps/v1',
      'Deploymnt',
      'Kubernetes 1.36 does not serve apps/v1 Deploymnt. Did you mean apps/v1 Deployment?',
    ],
  ])('says what replaces %s %s', (apiVersion, kind, expected) => {
    expect(told(apiVersion, kind)).toEqual([expected]);
  });

  it('accepts what the version serves, and says where a version does not serve it yet', () => {
    expect(told('apps/v1', 'Deployment', '1.30', '1.36')).toEqual([]);
    expect(told('admissionregistration.k8s.io/v1', 'MutatingAdmissionPolicy', '1.36')).toEqual([]);
    expect(told('admissionregistration.k8s.io/v1', 'MutatingAdmissionPolicy', 'v1.33.4')[0]).toContain(
      'Kubernetes 1.33 does not serve admissionregistration.k8s.io/v1 MutatingAdmissionPolicy; there in 1.36',
    );
  });

  it('tells a field that only some of the versions know once, with those that do not', () => {
    const yaml = deployment({ pod: 'hostnameOverride: web' });
    expect(tell('schema-unknown-field', yaml, { kubernetesVersions: ['1.30', '1.31', '1.36'] })).toEqual([
      expect.stringMatching(
        /^error \/spec\/template\/spec\/hostnameOverride: .*\(in Kubernetes 1\.30, 1\.31\)$/u,
      ),
    ]);
  });
});
