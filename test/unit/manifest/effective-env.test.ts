import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { ContainerEnvironment, EnvVariable } from '../../../harness/manifest/container-environment.js';
import { type EffectiveEnvOptions, effectiveEnv } from '../../../harness/manifest/effective-env.js';
import { formatOrigin } from '../../../harness/manifest/format-origin.js';
import { parseManifests } from '../../../harness/manifest/parse-manifests.js';
import { SecretValue } from '../../../harness/manifest/secret-value.js';

const CONFIG = `
apiVersion: v1
kind: ConfigMap
metadata: {name: web-config}
data: {LOG_LEVEL: info, PORT: "8080", SHARED: from-config}
`;
const OTHER_CONFIG = `
apiVersion: v1
kind: ConfigMap
metadata: {name: more-config}
data: {LOG_LEVEL: debug, EXTRA: "1"}
`;
const SECRET = `
apiVersion: v1
kind: Secret
metadata: {name: web-secret}
data: {PASSWORD: aHVudGVyMg==, TOKEN: b2xk}
stringData: {TOKEN: new-token}
`;

/** A Deployment `web` with one container `main` whose `env` and `envFrom` are given as YAML. */
function deployment(container: string, pod = ''): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata: {labels: {app: web}, annotations: {team: core}}
    spec:
      ${pod}
      containers:
        - name: main
          resources: {limits: {cpu: 1500m, memory: 1Gi}, requests: {memory: 300M}}
${container.replaceAll(/^(?=.)/gmu, '          ')}`;
}

function environment(documents: string[], options: EffectiveEnvOptions = {}): ContainerEnvironment {
  const found = effectiveEnv(parseManifests(documents.join('\n---\n')), options);
  expect(found).toHaveLength(1);
  return found[0]!;
}

function variable({ variables }: ContainerEnvironment, name: string): EnvVariable {
  const found = variables.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no ${name} among ${variables.map((one) => one.name).join(', ')}`);
  return found;
}

function text(env: ContainerEnvironment, name: string): string | undefined {
  const { value } = variable(env, name);
  return value.state === 'known' ? value.text : value.state === 'hidden' ? value.secret.reveal() : undefined;
}

const problems = (env: ContainerEnvironment): string[] =>
  [...env.problems, ...env.variables.flatMap((one) => one.problems)].map(({ code }) => code);

describe('envFrom', () => {
  test('gives every key of a ConfigMap, and a later source wins and remembers what it shadows', () => {
    const env = environment([
      CONFIG,
      OTHER_CONFIG,
      deployment('envFrom:\n- configMapRef: {name: web-config}\n- configMapRef: {name: more-config}'),
    ]);
    expect(env.variables.map(({ name }) => name)).toEqual(['PORT', 'SHARED', 'LOG_LEVEL', 'EXTRA']);
    expect(text(env, 'LOG_LEVEL')).toBe('debug');
    const { origin, shadows } = variable(env, 'LOG_LEVEL');
    expect(formatOrigin(origin)).toBe('ConfigMap more-config › LOG_LEVEL');
    expect(shadows.map((shadow) => formatOrigin(shadow))).toEqual(['ConfigMap web-config › LOG_LEVEL']);
    expect(origin.pointer).toBe('/spec/template/spec/containers/0/envFrom/1');
  });

  test('puts the prefix before every name', () => {
    const env = environment([
      CONFIG,
      deployment('envFrom: [{prefix: APP_, configMapRef: {name: web-config}}]'),
    ]);
    expect(env.variables.map(({ name }) => name)).toEqual(['APP_LOG_LEVEL', 'APP_PORT', 'APP_SHARED']);
  });

  test('decodes Secrets, lets stringData win over data, and never shows a value', () => {
    const env = environment([SECRET, deployment('envFrom: [{secretRef: {name: web-secret}}]')]);
    expect(text(env, 'PASSWORD')).toBe('hunter2');
    expect(text(env, 'TOKEN')).toBe('new-token');
    expect(variable(env, 'TOKEN').secret).toBe(true);
    const shown =
      inspect(env.variables, { depth: 6 }) + JSON.stringify(env.variables.map(({ value }) => value));
    expect(shown).not.toMatch(/hunter2/u);
    expect(shown).toContain('<hidden>');
  });

  test('of a Secret outside the release gives names that cannot be listed, told with the Secret and the prefix', () => {
    const env = environment([
      deployment('envFrom: [{prefix: DB_, secretRef: {name: given, optional: true}}]'),
    ]);
    expect(env.variables).toEqual([]);
    expect(env.openEnded).toMatchObject([
      { prefix: 'DB_', optional: true, source: { type: 'existing', name: 'given' } },
    ]);
  });

  test('before Kubernetes 1.30 leaves out keys that are no names; later releases pass them on', () => {
    const odd = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: odd}\ndata: {1ST: a, ok-key: b}';
    const documents = [odd, deployment('envFrom: [{configMapRef: {name: odd}}]')];
    const old = environment(documents, { kubernetesVersion: '1.29' });
    expect(old.variables.map(({ name }) => name)).toEqual(['ok-key']);
    expect(problems(old)).toEqual(['skipped-name']);
    expect(environment(documents).variables.map(({ name }) => name)).toEqual(['1ST', 'ok-key']);
  });
});

describe('env', () => {
  test('wins over envFrom', () => {
    const env = environment([
      CONFIG,
      deployment('env: [{name: LOG_LEVEL, value: trace}]\nenvFrom: [{configMapRef: {name: web-config}}]'),
    ]);
    expect(text(env, 'LOG_LEVEL')).toBe('trace');
    expect(variable(env, 'LOG_LEVEL').shadows.map((shadow) => formatOrigin(shadow))).toEqual([
      'ConfigMap web-config › LOG_LEVEL',
    ]);
  });

  test('takes single keys of ConfigMaps and Secrets', () => {
    const env = environment([
      CONFIG,
      SECRET,
      deployment(`env:
- {name: A, valueFrom: {configMapKeyRef: {name: web-config, key: PORT}}}
- {name: B, valueFrom: {secretKeyRef: {name: web-secret, key: PASSWORD}}}`),
    ]);
    expect([text(env, 'A'), text(env, 'B')]).toEqual(['8080', 'hunter2']);
    expect(formatOrigin(variable(env, 'B').origin, { name: 'B' })).toBe('Secret web-secret › PASSWORD');
  });

  test('of a key that is not there keeps the container from starting', () => {
    const env = environment([
      CONFIG,
      deployment('env: [{name: A, valueFrom: {configMapKeyRef: {name: web-config, key: GONE}}}]'),
    ]);
    expect(variable(env, 'A').value).toEqual({ state: 'unknown', reason: 'missing' });
    expect(variable(env, 'A').problems).toEqual([
      {
        code: 'missing-key',
        message:
          'ConfigMap web-config has no key GONE (it has LOG_LEVEL, PORT, SHARED); the container will not start',
        pointer: '/spec/template/spec/containers/0/env/0',
      },
    ]);
  });

  test('of an optional key that is not there sets nothing, and leaves what envFrom gave', () => {
    const env = environment([
      CONFIG,
      deployment(`envFrom: [{configMapRef: {name: web-config}}]
env:
- {name: A, valueFrom: {configMapKeyRef: {name: web-config, key: GONE, optional: true}}}
- {name: PORT, valueFrom: {configMapKeyRef: {name: web-config, key: GONE, optional: true}}}
- {name: C, value: "$(A)"}`),
    ]);
    expect(variable(env, 'A').value).toEqual({ state: 'absent' });
    expect(text(env, 'PORT')).toBe('8080');
    expect(text(env, 'C')).toBe('$(A)');
    expect(problems(env)).toEqual(['unresolved-reference']);
  });

  test('tells names that appear twice, names that are refused, values that are no text, and two sources at once', () => {
    const env = environment(
      [
        CONFIG,
        deployment(`env:
- {name: A, value: "1"}
- {name: A, value: "2"}
- {name: 1B, value: x}
- {name: C, value: 5}
- {name: D, value: x, valueFrom: {configMapKeyRef: {name: web-config, key: PORT}}}
- {name: E, valueFrom: {}}`),
      ],
      { kubernetesVersion: '1.31' },
    );
    expect(text(env, 'A')).toBe('2');
    expect(problems(env)).toEqual([
      'duplicate-name',
      'invalid-name',
      'value-not-text',
      'value-and-value-from',
      'unknown-field',
    ]);
  });
});

describe('$(NAME)', () => {
  test('is filled in from envFrom and from what comes before in env, secrets staying hidden', () => {
    const env = environment([
      CONFIG,
      SECRET,
      deployment(`envFrom: [{configMapRef: {name: web-config}}, {secretRef: {name: web-secret}}]
env:
- {name: HOST, value: db}
- {name: URL, value: "pg://app:$(PASSWORD)@$(HOST):$(PORT)/$$(HOST)"}
- {name: PORT, value: "$(PORT)0"}`),
    ]);
    expect(text(env, 'URL')).toBe('pg://app:hunter2@db:8080/$(HOST)');
    expect(variable(env, 'URL')).toMatchObject({ secret: true, uses: ['PASSWORD', 'HOST', 'PORT'] });
    expect(variable(env, 'URL').value).toMatchObject({ state: 'hidden', secret: expect.any(SecretValue) });
    expect(text(env, 'PORT')).toBe('80800');
    expect(problems(env)).toEqual([]);
  });

  test('stays as written when the name comes later, and that is told', () => {
    const env = environment([deployment('env: [{name: URL, value: "$(HOST)/x"}, {name: HOST, value: db}]')]);
    expect(text(env, 'URL')).toBe('$(HOST)/x');
    expect(variable(env, 'URL').problems[0]).toMatchObject({
      code: 'reference-before-definition',
      message:
        '$(HOST) in URL stays as written: HOST comes after URL in env, and Kubernetes fills in only what comes before',
    });
  });

  test('of a name that nothing gives is told; of a Service it is not, for Kubernetes may add those', () => {
    const env = environment([
      deployment(
        'env: [{name: A, value: "$(NOPE)"}, {name: B, value: "$(DB_SERVICE_HOST)"}, {name: C, value: "$(C)"}]',
      ),
    ]);
    expect(variable(env, 'A').problems[0]?.message).toBe(
      '$(NOPE) in A stays as written: no source of this container gives NOPE',
    );
    expect(variable(env, 'B').value).toEqual({
      state: 'unknown',
      reason: 'composed',
      preview: '$(DB_SERVICE_HOST)',
    });
    expect(problems(env)).toEqual(['unresolved-reference', 'unresolved-reference']);
  });

  test('of a Service is told where the pod switches service links off, except for the API server', () => {
    const env = environment([
      deployment(
        'env: [{name: A, value: "$(DB_SERVICE_HOST)"}, {name: B, value: "$(KUBERNETES_SERVICE_HOST)"}]',
        'enableServiceLinks: false',
      ),
    ]);
    expect(problems(env)).toEqual(['unresolved-reference']);
  });

  test('of a value that is not known yet shows the rest of it', () => {
    const env = environment([
      deployment(`env:
- {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
- {name: PW, valueFrom: {secretKeyRef: {name: given, key: password}}}
- {name: USER, value: app}
- {name: URL, value: "pg://$(USER):$(PW)@$(IP)"}`),
    ]);
    expect(variable(env, 'URL')).toMatchObject({
      secret: true,
      value: { state: 'unknown', reason: 'composed', preview: 'pg://app:$(PW)@$(IP)' },
      problems: [],
    });
  });

  test('is not looked at in values from ConfigMaps', () => {
    const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {A: "$(B) $$"}';
    expect(text(environment([config, deployment('envFrom: [{configMapRef: {name: c}}]')]), 'A')).toBe(
      '$(B) $$',
    );
  });
});

describe('values that Kubernetes fills in', () => {
  const fieldEnv = (fieldPath: string, options?: EffectiveEnvOptions): EnvVariable =>
    variable(
      environment(
        [deployment(`env: [{name: A, valueFrom: {fieldRef: {fieldPath: "${fieldPath}"}}}]`)],
        options,
      ),
      'A',
    );

  test.each([
    ["metadata.labels['app']", 'web'],
    ["metadata.annotations['team']", 'core'],
    ["metadata.annotations['none']", ''],
    ['spec.serviceAccountName', 'default'],
  ])('%s is known from the pod template', (path, expected) => {
    expect(fieldEnv(path).value).toEqual({ state: 'known', text: expected });
  });

  test.each([
    'status.podIP',
    'spec.nodeName',
    'metadata.name',
    'metadata.uid',
    "metadata.labels['pod-template-hash']",
  ])('%s is known only when the pod runs', (path) => {
    expect(fieldEnv(path).value).toEqual({ state: 'unknown', reason: 'at-runtime' });
  });

  test('the namespace is known when the caller tells the release’s', () => {
    expect(fieldEnv('metadata.namespace').value).toEqual({ state: 'unknown', reason: 'at-runtime' });
    expect(fieldEnv('metadata.namespace', { namespace: 'shop' }).value).toEqual({
      state: 'known',
      text: 'shop',
    });
  });

  test('a field that cannot be put into a variable is a problem', () => {
    expect(fieldEnv('spec.containers').problems.map(({ code }) => code)).toEqual(['unknown-field']);
    expect(fieldEnv('metadata.labels').problems.map(({ code }) => code)).toEqual(['unknown-field']);
  });

  test.each([
    ['{resource: limits.cpu}', '2'],
    ['{resource: limits.cpu, divisor: 1m}', '1500'],
    ['{resource: limits.memory}', '1073741824'],
    ['{resource: limits.memory, divisor: 1Mi}', '1024'],
    ['{resource: requests.memory, divisor: 1Mi}', '287'],
    ['{resource: requests.cpu}', '2'],
  ])('resource %s is %s', (reference, expected) => {
    const env = environment([deployment(`env: [{name: A, valueFrom: {resourceFieldRef: ${reference}}}]`)]);
    expect(text(env, 'A')).toBe(expected);
  });

  test('a resource that the container does not state depends on the node', () => {
    const env = environment([
      deployment('env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.ephemeral-storage}}}]'),
    ]);
    expect(variable(env, 'A').value).toEqual({ state: 'unknown', reason: 'at-runtime' });
  });

  test('a key of a file is known when the pod runs; a volume that is not there is a problem', () => {
    const reference = '{fileKeyRef: {volumeName: shared, path: app.env, key: TOKEN}}';
    const there = environment([
      deployment(`env: [{name: A, valueFrom: ${reference}}]`, 'volumes: [{name: shared, emptyDir: {}}]'),
    ]);
    expect(variable(there, 'A').value).toEqual({ state: 'unknown', reason: 'at-runtime' });
    expect(formatOrigin(variable(there, 'A').origin)).toBe('file app.env in volume shared › TOKEN');
    expect(problems(environment([deployment(`env: [{name: A, valueFrom: ${reference}}]`)]))).toEqual([
      'unknown-volume',
    ]);
  });
});

describe('which containers', () => {
  const documents = [
    CONFIG,
    deployment(
      'envFrom: [{configMapRef: {name: web-config}}]',
      'initContainers: [{name: setup, env: [{name: A, value: x}]}]',
    ),
    'apiVersion: batch/v1\nkind: Job\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: run}]}}}',
  ];
  const names = (options: EffectiveEnvOptions): string[] =>
    effectiveEnv(parseManifests(documents.join('\n---\n')), options).map(
      ({ workload, container, role }) => `${workload.manifest.object.kind}/${container}/${role}`,
    );

  test('all of them, those of init containers too, each with its own variables', () => {
    expect(names({})).toEqual(['Deployment/setup/init', 'Deployment/main/container', 'Job/run/container']);
  });

  test('those of one workload or container', () => {
    expect(names({ workload: 'web' })).toHaveLength(3);
    expect(names({ workload: 'job/web' })).toEqual(['Job/run/container']);
    expect(names({ container: 'main' })).toEqual(['Deployment/main/container']);
    expect(names({ workload: 'other' })).toEqual([]);
  });
});

test('a ConfigMap of another namespace is not the one that is meant', () => {
  const foreign = CONFIG.replace('{name: web-config}', '{name: web-config, namespace: other}');
  const container = 'envFrom: [{configMapRef: {name: web-config}}]';
  expect(environment([foreign, deployment(container)], { namespace: 'shop' }).openEnded).toHaveLength(1);
  expect(environment([foreign, deployment(container)], { namespace: 'other' }).variables).toHaveLength(3);
  expect(environment([foreign, deployment(container)]).variables).toHaveLength(3);
});
