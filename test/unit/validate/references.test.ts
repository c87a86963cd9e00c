import { describe, expect, it } from 'vitest';
import { check, deployment, externalSecret, remote, tell } from '../../helpers/check-yaml.js';

const secretEnv = (name: string, more = ''): string =>
  deployment({ container: `envFrom: [{secretRef: {name: ${name}${more}}}]` });
const AT = '/spec/template/spec/containers/0';

describe('references to other objects', () => {
  it('finds a Secret that nothing makes, says what happens, and what to do', () => {
    expect(check(secretEnv('web-db'))).toEqual([
      {
        rule: 'dangling-reference',
        severity: 'error',
        object: 'Deployment/web',
        pointer: `${AT}/envFrom/0/secretRef`,
        message: 'nothing in the release makes Secret web-db: the container does not start',
        remedy:
          'Add it to the release, or, where it exists already, declare it in sluice.yaml: externals.secrets: [web-db].',
        source: { template: 'app/templates/deployment.yaml', line: 17 },
      },
    ]);
  });

  it('accepts a Secret that an ExternalSecret of the release makes, and names it where the reference is mistyped', () => {
    expect(tell('dangling-reference', secretEnv('web-db') + externalSecret())).toEqual([]);
    expect(tell('dangling-reference', secretEnv('web-bd') + externalSecret({ name: 'web-db' }))).toEqual([
      `error ${AT}/envFrom/0/secretRef: nothing in the release makes Secret web-bd: the container does not start; did you mean web-db?`,
    ]);
  });

  it('names the object that was meant', () => {
    const yaml = `${deployment({ pod: 'serviceAccountName: wbe' })}---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web}\n`;
    expect(tell('dangling-reference', yaml)).toEqual([
      'error /spec/template/spec/serviceAccountName: nothing in the release makes ServiceAccount wbe: no pod is created; did you mean web?',
    ]);
  });

  it.each([
    ['an optional one', secretEnv('web-db', ', optional: true'), {}],
    ['one that is declared', secretEnv('web-db'), { externals: { secrets: ['web-db'] } }],
    ['one that a declared pattern matches', secretEnv('web-db'), { externals: { secrets: ['web-*'] } }],
    ['one that is declared by kind', secretEnv('web-db'), { externals: { others: ['Secret/web-db'] } }],
    ['the default ServiceAccount', deployment({ pod: 'serviceAccountName: default' }), {}],
  ])('accepts %s', (...[, yaml, options]) => {
    expect(check(yaml, options)).toEqual([]);
  });

  it('refuses one that another declared pattern does not match', () => {
    expect(
      tell('dangling-reference', secretEnv('web-db'), {
        externals: { secrets: ['web'], configMaps: ['web-*'] },
      }),
    ).toHaveLength(1);
  });

  it('takes the word of values that say that an object exists, and tells it as a note', () => {
    const values = 'existingSecrets:\n  - name: web-db\n';
    expect(tell('dangling-reference', secretEnv('web-db'), { values })).toEqual([
      `info ${AT}/envFrom/0/secretRef: Secret web-db is not in the release; existingSecrets[0].name says that it exists`,
    ]);
    expect(tell('dangling-reference', secretEnv('pg-app'), { values: 'postgres: {cluster: pg}' })[0]).toMatch(
      /^info/u,
    );
  });

  it('says how bad each missing object is', () => {
    const yaml = `${deployment({
      container: 'env: [{name: A, valueFrom: {configMapKeyRef: {name: c, key: k}}}]',
      pod: 'imagePullSecrets: [{name: pull}]\nvolumes: [{name: d, persistentVolumeClaim: {claimName: data}}]',
    })}---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  tls: [{secretName: web-tls}]
  defaultBackend: {service: {name: shop, port: {number: 80}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: wob2}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: mine}
`;
    expect(
      check(yaml)
        .filter(({ rule }) => rule === 'dangling-reference')
        .map(({ severity, message }) => `${severity} ${message}`),
    ).toEqual([
      'error nothing in the release makes ConfigMap c: the container does not start',
      'error nothing in the release makes PersistentVolumeClaim data: the pod is not scheduled',
      'info nothing in the release makes Secret pull: images are pulled without credentials',
      'error nothing in the release makes Service shop: requests fail',
      'warning nothing in the release makes Secret web-tls: the certificate is missing',
      'error nothing in the release makes Deployment wob2: nothing is scaled',
      'warning nothing in the release makes ClusterRole mine: nothing is allowed',
    ]);
  });
});

describe('keys, ports and volumes', () => {
  const configMap = '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {LOG_LEVEL: info}\n';
  const keyOf = (key: string): string =>
    deployment({ container: `env: [{name: A, valueFrom: {configMapKeyRef: {name: web, key: ${key}}}}]` }) +
    configMap;

  it('finds a key that a ConfigMap does not have, and the one that was meant', () => {
    expect(tell('missing-key', keyOf('LOG_LEVEL'))).toEqual([]);
    expect(tell('missing-key', keyOf('LOGLEVEL'))).toEqual([
      `error ${AT}/env/0/valueFrom/configMapKeyRef/key: ConfigMap web has no key LOGLEVEL; did you mean LOG_LEVEL?`,
    ]);
  });

  it('finds a key that no entry of an ExternalSecret fetches; an extracted JSON may hold any', () => {
    const reader = deployment({
      container: 'env: [{name: A, valueFrom: {secretKeyRef: {name: web-db, key: HOST}}}]',
    });
    expect(tell('missing-key', reader + externalSecret())).toEqual([
      `error ${AT}/env/0/valueFrom/secretKeyRef/key: Secret web-db has no key HOST`,
    ]);
    const whole = externalSecret({ spec: 'dataFrom: [{extract: {key: /shop/prod/db}}]' });
    expect(tell('missing-key', reader + whole)).toEqual([]);
  });

  const service = (port: string): string =>
    `---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80, name: http, targetPort: ${port}}]}\n`;
  const listening = deployment({ container: 'ports: [{name: http, containerPort: 8080}]' });

  it('finds a target port without a container port of its name', () => {
    expect(check(listening + service('http'))).toEqual([]);
    expect(check(listening + service('8080'))).toEqual([]);
    expect(tell('unknown-port', listening + service('htp'))).toEqual([
      'error /spec/ports/0/targetPort: no container that the Service selects has a port named "htp"; did you mean "http"?',
    ]);
  });

  it('finds a probe on a port that the container does not name', () => {
    const probe = (port: string): string =>
      deployment({
        container: `ports: [{name: http, containerPort: 8080}]\nreadinessProbe: {httpGet: {port: ${port}}}`,
      });
    expect(check(probe('http'))).toEqual([]);
    expect(tell('unknown-port', probe('web'))).toEqual([
      `error ${AT}/readinessProbe/httpGet/port: the container has no port named "web"`,
    ]);
  });

  it('finds an Ingress on a port that the Service does not have', () => {
    const ingress = (port: string): string =>
      `---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec: {defaultBackend: {service: {name: web, port: ${port}}}}\n`;
    expect(check(listening + service('http') + ingress('{name: http}'))).toEqual([]);
    expect(tell('unknown-port', listening + service('http') + ingress('{number: 8080}'))).toEqual([
      'error /spec/defaultBackend/service: Service web has no port 8080',
    ]);
  });

  it('finds a mount without a volume, and two mounts at one path', () => {
    const mounts = (names: string[]): string =>
      deployment({
        container: `volumeMounts: [${names.map((name) => `{name: ${name}, mountPath: /data}`).join(', ')}]`,
        pod: 'volumes: [{name: data, emptyDir: {}}, {name: more, emptyDir: {}}]',
      });
    expect(check(mounts(['data']))).toEqual([]);
    expect(tell('unknown-volume', mounts(['dta']))).toEqual([
      `error ${AT}/volumeMounts/0/name: the pod has no volume "dta"; the API server refuses the object; did you mean "data"?`,
    ]);
    expect(tell('duplicate-mount-path', mounts(['data', 'more']))).toEqual([
      `error ${AT}/volumeMounts/1/mountPath: /data is mounted twice; the API server refuses the object`,
    ]);
  });

  it('finds selectors that select nothing', () => {
    expect(tell('empty-selection', listening + service('http').replace('app: web', 'app: shop'))).toEqual([
      'warning /spec/selector: the Service selects no pod of the release: requests to it fail',
    ]);
    const own = listening.replace('labels: {app: web}', 'labels: {app: shop}');
    expect(tell('empty-selection', own)).toEqual([
      'error /spec/selector: the selector does not match the labels of its own pods; the API server refuses the object',
    ]);
  });

  it('finds replicas beside an autoscaler', () => {
    const scaler =
      '---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}\n';
    expect(check(deployment() + scaler)).toEqual([]);
    expect(tell('scale-conflict', deployment({ spec: 'replicas: 2' }) + scaler)).toEqual([
      'warning /spec/replicas: HorizontalPodAutoscaler web scales it, and every upgrade sets the replicas back',
    ]);
  });
});

describe('ExternalSecrets', () => {
  const told = (rule: string, ...yaml: string[]): string[] => tell(rule, yaml.join(''));

  it('finds one that fetches nothing', () => {
    expect(told('external-secret-empty', externalSecret())).toEqual([]);
    expect(told('external-secret-empty', externalSecret({ spec: 'data: []' }))).toEqual([
      'error /spec: neither data nor dataFrom: the webhook refuses it, and without one it becomes Ready and makes no Secret',
    ]);
  });

  it('finds two owners of one Secret', () => {
    const named = (name: string, target: string): string =>
      externalSecret({ name, target: `{name: ${target}}` });
    expect(told('external-secret-target', named('a', 'x'), named('b', 'y'))).toEqual([]);
    expect(told('external-secret-target', named('a', 'x'), named('b', 'x'))).toEqual([
      'error /spec/target/name: ExternalSecret a owns Secret x too: each undoes what the other wrote',
    ]);
    expect(
      told(
        'external-secret-target',
        named('a', 'x'),
        externalSecret({ name: 'b', target: '{name: x, creationPolicy: Merge}' }),
      ),
    ).toEqual([]);
    const secret = '---\napiVersion: v1\nkind: Secret\nmetadata: {name: web-db}\n';
    expect(told('external-secret-target', externalSecret(), secret)).toEqual([
      'error /metadata/name: Secret web-db is in the release too: the operator adopts it and its keys are lost',
    ]);
  });

  it('finds Merge without a Secret to add to', () => {
    const merge = externalSecret({ target: '{name: shared, creationPolicy: Merge}' });
    expect(told('external-secret-merge', merge)).toEqual([
      'warning /spec/target: creationPolicy Merge adds to Secret shared, which nothing in the release makes',
    ]);
    expect(tell('external-secret-merge', merge, { externals: { secrets: ['shared'] } })).toEqual([]);
    expect(told('external-secret-merge', merge, externalSecret({ name: 'shared' }))).toEqual([]);
  });

  it('finds a key that is fetched twice', () => {
    const twice = (second: string): string =>
      externalSecret({ spec: `data: [${remote('A', '/a')}, ${remote(second, '/b')}]` });
    expect(told('external-secret-key-twice', twice('B'))).toEqual([]);
    expect(told('external-secret-key-twice', twice('A'))).toEqual([
      'error /spec/data/1/secretKey: A is fetched twice; the last one wins',
    ]);
  });

  it('finds a template that uses a key that nothing fetches', () => {
    const template = (key: string): string =>
      externalSecret({ target: `{template: {data: {URL: "postgresql://{{ .${key} }}@db"}}}` });
    expect(told('external-secret-content', template('PASSWORD'))).toEqual([]);
    expect(told('external-secret-content', template('PASSWROD'))[0]).toMatch(
      /^error \/spec\/target\/template\/data: the template of URL uses PASSWROD, which data and dataFrom do not give/u,
    );
  });

  it.each([
    [
      { interval: '"0"' },
      'info /spec/refreshInterval: refreshInterval 0: a rotated secret never arrives, and force-sync does nothing',
    ],
    [
      { spec: `refreshPolicy: CreatedOnce\ndata: [${remote('A', '/a')}]` },
      'info /spec/refreshPolicy: refreshPolicy CreatedOnce: a rotated secret never arrives, and force-sync does nothing',
    ],
    [
      { spec: `refreshPolicy: OnChange\ndata: [${remote('A', '/a')}]` },
      'info /spec/refreshPolicy: refreshPolicy OnChange: a rotated secret arrives only when the ExternalSecret itself changes',
    ],
  ])('tells where a rotated secret does not arrive: %j', (options, expected) => {
    expect(told('external-secret-refresh', externalSecret())).toEqual([]);
    expect(told('external-secret-refresh', externalSecret(options))).toEqual([expected]);
  });

  it.each([
    ['{creationPolicy: Owner, deletionPolicy: Retain}', []],
    [
      '{creationPolicy: Owner, deletionPolicy: Delete}',
      [
        'warning /spec/target/deletionPolicy: deletionPolicy Delete: a missing parameter deletes the Secret, and Ready=True',
      ],
    ],
    [
      '{creationPolicy: Orphan, deletionPolicy: Delete}',
      [
        "error /spec/target/deletionPolicy: deletionPolicy Delete with creationPolicy Orphan: the operator's webhook refuses it",
      ],
    ],
    [
      '{creationPolicy: None, deletionPolicy: Merge}',
      [
        "error /spec/target/deletionPolicy: deletionPolicy Merge with creationPolicy None: the operator's webhook refuses it",
      ],
    ],
  ])('judges the target %s', (target, expected) => {
    expect(told('external-secret-deletion', externalSecret({ target }))).toEqual(expected);
  });

  it('tells a secret that is kept at a version', () => {
    const pinned = (version: string): string =>
      externalSecret({ spec: `data: [${remote('A', '/shop/a', `, version: ${version}`)}]` });
    expect(told('external-secret-version', pinned('AWSCURRENT'))).toEqual([]);
    expect(told('external-secret-version', pinned('"3"'))).toEqual([
      'info /spec/data/0/remoteRef/version: /shop/a is kept at version 3: rotations do not arrive',
    ]);
  });

  it.each([
    ['1h0m0s', undefined],
    ['15m0s', undefined],
    ['30s', undefined],
    ['1h', '1h0m0s'],
    ['5m', '5m0s'],
    ['90s', '1m30s'],
    ['90m', '1h30m0s'],
    ['1.5h', '1h30m0s'],
    ['"0"', '0s'],
  ])('tells what the operator rewrites: %s', (interval, rewritten) => {
    expect(told('external-secret-drift', externalSecret({ interval }))).toEqual(
      rewritten === undefined
        ? []
        : [
            `info /spec/refreshInterval: the operator rewrites ${interval.replaceAll('"', '')} to ${rewritten}; GitOps tools report that as drift`,
          ],
    );
  });

  it('tells defaults that the API server fills in', () => {
    const bare = externalSecret({ target: '{}', spec: 'data: [{secretKey: A, remoteRef: {key: /a}}]' });
    expect(told('external-secret-drift', bare)).toEqual([
      'info /spec: the API server fills in target.creationPolicy, target.deletionPolicy, data[0].remoteRef.conversionStrategy, data[0].remoteRef.decodingStrategy and 1 more; some GitOps tools report that as drift',
    ]);
  });

  const keys = (...names: string[]): string =>
    `data: [${names.map((name) => remote(name, '/a')).join(', ')}]`;
  const DATABASE = keys('DB_HOST', 'DB_USERNAME', 'DB_PASSWORD');

  it.each([
    [DATABASE, '15m0s', undefined],
    [DATABASE, '5m0s', undefined],
    [DATABASE, '1m0s', 'database credentials are read every 1m0s, more often than advised (5 to 15 minutes)'],
    [
      DATABASE,
      '1h0m0s',
      'database credentials are read every 1h0m0s, less often than advised (5 to 15 minutes)',
    ],
    [keys('STRIPE_API_KEY'), '6h0m0s', undefined],
    [
      keys('STRIPE_API_KEY'),
      '15m0s',
      'API keys are read every 15m0s, more often than advised (1 to 6 hours)',
    ],
    [keys('STRIPE_API_KEY', 'OTHER'), '15m0s', undefined],
    [keys('tls.crt', 'tls.key'), '24h0m0s', undefined],
    [
      keys('tls.crt', 'tls.key'),
      '1h0m0s',
      'TLS certificates are read every 1h0m0s, more often than advised (24 hours)',
    ],
    [keys('PASSWORD'), '24h0m0s', undefined],
  ])('advises on refreshing: %.40s every %s', (spec, interval, expected) => {
    expect(told('refresh-interval', externalSecret({ spec, interval }))).toEqual(
      expected === undefined ? [] : [`warning /spec/refreshInterval: ${expected}`],
    );
  });

  it('works out what refreshing costs, and warns where it is much', () => {
    const many = keys(...Array.from({ length: 60 }, (_, position) => `K${position}`));
    expect(told('parameter-store-cost', externalSecret())).toEqual([
      'info : 1 ExternalSecret reads 1 parameter: 0.00028 requests a second, 0.00069 % of the 40 that SSM allows the whole account',
    ]);
    expect(told('parameter-store-cost', externalSecret({ spec: many, interval: '10s' }))).toEqual([
      'warning : 1 ExternalSecret reads 60 parameters: 6 requests a second, 15 % of the 40 that SSM allows the whole account',
    ]);
    const options = { parameterStore: { requestsPerSecond: 1000 } };
    expect(tell('parameter-store-cost', externalSecret({ spec: many, interval: '10s' }), options)[0]).toMatch(
      /^info/u,
    );
    expect(told('parameter-store-cost', externalSecret({ store: 'vault' }))).toEqual([]);
    expect(told('parameter-store-cost', externalSecret({ interval: '"0"' }))).toEqual([]);
  });

  it('knows from the store itself whether it is the parameter store', () => {
    const store = (service: string): string =>
      `---\napiVersion: external-secrets.io/v1\nkind: ClusterSecretStore\nmetadata: {name: mine}\nspec: {provider: {aws: {service: ${service}, region: eu-west-1}}}\n`;
    expect(
      told('parameter-store-cost', externalSecret({ store: 'mine' }), store('ParameterStore')),
    ).toHaveLength(1);
    expect(told('parameter-store-cost', externalSecret({ store: 'mine' }), store('SecretsManager'))).toEqual(
      [],
    );
  });
});
