import { describe, expect, it } from 'vitest';
import { check, deployment, externalSecret, tell } from '../../helpers/check-yaml.js';

const AT = '/spec/template/spec/containers/0';
const object = (kind: string, name: string, ...[apiVersion = 'v1', rest = '']: string[]): string =>
  `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: "${name}"}\n${rest}`;

describe('names', () => {
  const job =
    'jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}';
  const cronJob = (name: string): string =>
    object('CronJob', name, 'batch/v1', `spec: {schedule: "0 * * * *", ${job}}\n`);

  it.each([
    [object('ConfigMap', 'a.b-c')],
    [object('ConfigMap', 'a'.repeat(253))],
    [object('Service', 'a'.repeat(63), 'v1', 'spec: {type: ExternalName, externalName: example.com}\n')],
    [cronJob('a'.repeat(52))],
    [object('Role', 'system:web', 'rbac.authorization.k8s.io/v1')],
  ])('accepts %.60s', (yaml) => {
    expect(tell('object-name', yaml)).toEqual([]);
  });

  it.each([
    [object('ConfigMap', 'a'.repeat(254)), 'the name is 254 characters long; a ConfigMap may have 253'],
    [object('Service', 'a'.repeat(64)), 'the name is 64 characters long; a Service may have 63'],
    [
      object('Service', '1a'),
      '"1a" is no valid name for a Service: only lower-case letters, digits and dashes, a letter first',
    ],
    [
      object('ConfigMap', 'Web_config'),
      '"Web_config" is no valid name for a ConfigMap: only lower-case letters, digits, dashes and dots',
    ],
    [
      cronJob('a'.repeat(53)),
      'the name is 53 characters long; a CronJob may have 52: its Jobs add 11 characters',
    ],
    [object('Role', 'a/b', 'rbac.authorization.k8s.io/v1'), 'the name "a/b" must not hold / or %'],
    ['apiVersion: v1\nkind: ConfigMap\nmetadata: {labels: {a: b}}\n', 'metadata.name is required'],
  ])('refuses %.60s', (yaml, message) => {
    expect(tell('object-name', yaml)).toEqual([`error /metadata/name: ${message}`]);
  });

  it.each([
    ['{app: web}', []],
    ['{app.kubernetes.io/name: "1.2.3_a"}', []],
    ['{a: ""}', []],
    [`{a: ${'x'.repeat(63)}}`, []],
    [
      `{a: ${'x'.repeat(64)}}`,
      ['error /metadata/labels/a: the label a is not valid: its value is 64 characters long; 63 are allowed'],
    ],
    [
      '{a: "b c"}',
      [
        'error /metadata/labels/a: the label a is not valid: a value has letters, digits, -, _ and . only, and begins and ends with a letter or digit',
      ],
    ],
    [
      '{a: "b-"}',
      [
        'error /metadata/labels/a: the label a is not valid: a value has letters, digits, -, _ and . only, and begins and ends with a letter or digit',
      ],
    ],
    [
      '{Example.com/a: b}',
      [
        'error /metadata/labels/Example.com~1a: the label Example.com/a is not valid: its prefix is no DNS name',
      ],
    ],
  ])('judges the labels %.50s', (labels, expected) => {
    expect(
      tell('label-syntax', `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, labels: ${labels}}\n`),
    ).toEqual(expected);
  });

  it('finds invalid labels of pods and selectors too', () => {
    const yaml = deployment().replaceAll('{app: web}', '{app: "a b"}');
    expect(tell('label-syntax', yaml).map((line) => line.split(':')[0])).toEqual(
      ['error /spec/selector/matchLabels/app', 'error /spec/template/metadata/labels/app']
        .sort()
        .toReversed(),
    );
  });

  it('finds annotations and data that are too large', () => {
    const text = 'x'.repeat(1024 * 1024);
    const large = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, annotations: {a: ${text}}}\ndata: {A: ${text}}\n`;
    expect(check(large).map(({ rule, message }) => `${rule}: ${message}`)).toEqual([
      'label-syntax: the annotations are 1048577 bytes long; 262144 are allowed',
    ]);
    expect(check(large.replace('data: {A', 'data: {B: z, A')).map(({ message }) => message)).toContain(
      'the ConfigMap holds 1048577 bytes; 1048576 are allowed',
    );
  });

  it('finds invalid keys of a ConfigMap', () => {
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {app.yaml: x, "a b": z}\n';
    expect(tell('object-size', yaml)).toEqual([
      'error /data/a b: "a b" is no valid key: letters, digits, -, _ and . only, at most 253',
    ]);
  });

  it('finds invalid and repeated names of ports and volumes', () => {
    const yaml = deployment({
      container:
        'ports: [{name: metrics-endpoint, containerPort: 1}, {name: http, containerPort: 2}, {name: http, containerPort: 3}]',
      pod: 'volumes: [{name: my_data, emptyDir: {}}]',
    });
    expect(tell('part-name', yaml)).toEqual([
      'error /spec/template/spec/volumes/0/name: the volume name "my_data" may have lower-case letters, digits and dashes only',
      `error ${AT}/ports/0/name: the port name "metrics-endpoint" is 16 characters long; 15 are allowed`,
      `error ${AT}/ports/2/name: the port name "http" is there twice in the pod`,
    ]);
  });
});

describe('duplicates', () => {
  it('finds an object that is rendered twice', () => {
    const web = '# Source: app/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n';
    const other = web.replace('a.yaml', 'b.yaml');
    expect(
      check(`${web}---\n${other.replace('name: web', 'name: web, namespace: shop')}`, {
        namespace: 'default',
      }),
    ).toEqual([]);
    expect(tell('duplicate-object', `${web}---\n${other}`)).toEqual([
      'error /metadata/name: ConfigMap web is rendered twice; app/templates/a.yaml has it too (line 1)',
    ]);
  });
});

describe('environment', () => {
  const env = (entries: string): string => deployment({ container: `env: [${entries}]` });

  it('finds a $(VAR) that nothing gives, and one that comes too late', () => {
    expect(tell('env-reference', env('{name: A, value: x}, {name: B, value: $(A)}'))).toEqual([]);
    expect(tell('env-reference', env('{name: B, value: $(A)}'))).toEqual([
      `error ${AT}/env/0: $(A) in B stays as written: no source of this container gives A`,
    ]);
    expect(tell('env-reference', env('{name: B, value: $(A)}, {name: A, value: x}'))).toEqual([
      `error ${AT}/env/0: $(A) in B stays as written: A comes after B in env, and Kubernetes fills in only what comes before`,
    ]);
  });

  it('does not guess what an extracted JSON holds', () => {
    const yaml = deployment({
      container: 'envFrom: [{secretRef: {name: web-db}}]\nenv: [{name: B, value: $(A)}]',
    });
    const whole = externalSecret({ spec: 'dataFrom: [{extract: {key: /shop/prod/db}}]' });
    expect(tell('env-reference', yaml + whole)).toEqual([]);
  });

  it('finds names that the API server of the oldest version refuses, and names that no shell can use', () => {
    const yaml = env('{name: "A B", value: x}, {name: a.b, value: y}');
    expect(tell('env-name', yaml, { kubernetesVersions: ['1.31', '1.36'] })).toEqual([
      `error ${AT}/env/0: "A B" is no valid name for a variable; the API server refuses the object`,
    ]);
    expect(tell('env-name', yaml, { kubernetesVersions: ['1.36'] })).toEqual([]);
    expect(tell('env-shell-name', yaml)).toEqual([
      `info ${AT}/env/0: no shell can use the variable "A B" of container main, and some drop it`,
      `info ${AT}/env/1: no shell can use the variable "a.b" of container main, and some drop it`,
    ]);
  });

  it('finds a name twice and a value from two places', () => {
    expect(tell('env-duplicate', env('{name: A, value: x}, {name: A, value: y}'))).toEqual([
      `error ${AT}/env/1: A is in env more than once; the last one wins, and server-side apply refuses the object`,
    ]);
    expect(
      tell('env-duplicate', env('{name: A, value: x, valueFrom: {fieldRef: {fieldPath: metadata.name}}}')),
    ).toHaveLength(1);
  });

  it('tells a variable that two sources give', () => {
    const map = (name: string): string => object('ConfigMap', name, 'v1', 'data: {LOG_LEVEL: info}\n');
    const yaml = deployment({ container: 'envFrom: [{configMapRef: {name: a}}, {configMapRef: {name: b}}]' });
    expect(tell('env-shadowed', yaml + map('a') + map('b'))).toEqual([
      `warning ${AT}/envFrom/1: LOG_LEVEL of container main is from ConfigMap b; ConfigMap a lost`,
    ]);
    expect(tell('env-shadowed', yaml + map('a') + map('b').replace('LOG_LEVEL', 'OTHER'))).toEqual([]);
  });

  it('finds a $(VAR) in arguments that nothing gives; what looks like a shell is left alone', () => {
    const args = (text: string): string =>
      deployment({ container: `env: [{name: A, value: x}]\nargs: ["${text}"]` });
    expect(tell('argument-reference', args('--a=$(A) $(date) $(WEB_SERVICE_HOST)'))).toEqual([]);
    expect(tell('argument-reference', args('--b=$(B)'))).toEqual([
      `warning ${AT}/args/0: $(B) stays as written: no source of container main gives B`,
    ]);
  });

  it('finds a field that the downward API does not have', () => {
    const field = (path: string): string => env(`{name: A, valueFrom: {fieldRef: {fieldPath: ${path}}}}`);
    expect(check(field('metadata.name'))).toEqual([]);
    expect(tell('env-source', field('metadata.nam'))).toHaveLength(1);
  });
});
