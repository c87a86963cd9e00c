import type { JsonObject } from '../../../harness/manifest/manifest.js';

/** One thing that must not be deployed. */
export interface GuardCase {
  /** What the render says, to the letter. */
  text: string;
  refused: JsonObject;
  /** Nearly the same, and right. */
  accepted: JsonObject;
  release?: string;
  /** True where the schema refuses it first; the templates then stand in for a skipped schema. */
  skipSchema?: boolean;
}

const IN_PROD: JsonObject = { environment: 'prod' };
const PATH_FOR_PROD: JsonObject = { externalSecrets: { db: { path: '/a/{environment}/db' } } };
const JOB: JsonObject = { command: ['true'] };
const NO_APP: JsonObject = { deployment: { enabled: false }, tests: { enabled: false } };

const listed = 'dev, pr, stage, staging, prod, production';

const scalars: GuardCase[] = [
  {
    text: 'number too large: config.ID: 9007199254740992 is not below 2^53, from where on Helm loses digits. Write it in quotes.',
    refused: { config: { ID: 9007199254740992 } },
    accepted: { config: { ID: 9007199254740991, TEXT: '9007199254740993' } },
  },
  {
    text: 'not a scalar: config.LIST: a list. Write a string, number or boolean; put a structure in quotes as JSON.',
    refused: { config: { LIST: ['a'] } },
    accepted: { config: { LIST: '["a"]' } },
    skipSchema: true,
  },
  {
    text: 'not a scalar: config.MAP: a map. Write a string, number or boolean; put a structure in quotes as JSON.',
    refused: { config: { MAP: { a: 1 } } },
    accepted: { config: { MAP: '{"a":1}' } },
    skipSchema: true,
  },
  {
    text: 'not a duration: externalSecrets.db.refreshInterval: "5 minutes". Write hours, minutes and seconds such as 5m, 90s, 1h30m or 72h, or 0 for never.',
    refused: { externalSecrets: { db: { path: '/a', refreshInterval: '5 minutes' } } },
    accepted: { externalSecrets: { db: { path: '/a', refreshInterval: '5m' } } },
    skipSchema: true,
  },
];

const names: GuardCase[] = [
  {
    text: 'not a name: nameOverride: "demo-a..b". Use lower-case letters, digits, hyphens and dots, with a letter or digit first and last.',
    refused: { nameOverride: 'a..b' },
    accepted: { nameOverride: 'a.b' },
  },
  {
    text: 'not a name: fullnameOverride: "a.-b". Use lower-case letters, digits, hyphens and dots, with a letter or digit first and last.',
    refused: { fullnameOverride: 'a.-b' },
    accepted: { fullnameOverride: 'a-b' },
  },
  {
    text: 'name too long: nameOverride: 254 characters. Use at most 253.',
    refused: { nameOverride: 'n'.repeat(249) },
    accepted: { nameOverride: 'n'.repeat(248) },
  },
  {
    text: 'name lost: config: YAML reads a name such as n, no or off without quotes as false. Write the name in quotes.',
    refused: { config: { false: 'x' } },
    accepted: { config: { n: 'x', False: 'y' } },
  },
  {
    text: 'name lost: externalSecrets.db.data: YAML reads a name such as y, yes or on without quotes as true. Write the name in quotes.',
    refused: { externalSecrets: { db: { data: { true: '/a' } } } },
    accepted: { externalSecrets: { db: { data: { TRUE: '/a', y: '/b' } } } },
  },
];

const secrets: GuardCase[] = [
  {
    text: 'secret in plain sight: inlineSecrets.db: environment "prod" is none of localEnvironments (local, dev). Put the secret into the store and name its path in externalSecrets, or seal it in sealedSecrets.',
    refused: { ...IN_PROD, inlineSecrets: { db: { data: { A: 'x' } } } },
    accepted: { environment: 'dev', inlineSecrets: { db: { data: { A: 'x' } } } },
  },
  {
    text: 'secret in plain sight: inlineSecrets.db: environment is not set and so is none of localEnvironments (local, dev). Put the secret into the store and name its path in externalSecrets, or seal it in sealedSecrets.',
    refused: { inlineSecrets: { db: { data: { A: 'x' } } } },
    accepted: { environment: 'local', inlineSecrets: { db: { data: { A: 'x' } } } },
  },
  {
    text: 'Secret made twice: externalSecrets.two: it makes the Secret "shared", and so does externalSecrets.one. Rename one of them, or give it another target name.',
    refused: {
      externalSecrets: {
        one: { path: '/a', target: { name: 'shared' } },
        two: { path: '/b', target: { name: 'shared' } },
      },
    },
    accepted: {
      externalSecrets: {
        one: { path: '/a', target: { name: 'shared' } },
        two: { path: '/b', target: { name: 'shared', creationPolicy: 'Merge' } },
      },
    },
  },
  {
    text: 'store made twice: secretStores.two: it makes the store "one", and so does secretStores.one. Rename one of them.',
    refused: { secretStores: { one: { spec: { a: 1 } }, two: { name: 'one', spec: { a: 1 } } } },
    accepted: {
      secretStores: { one: { spec: { a: 1 } }, two: { name: 'one', cluster: true, spec: { a: 1 } } },
    },
  },
  {
    text: 'policies do not fit: externalSecrets.db: deletionPolicy Delete with creationPolicy Merge is refused by the operator. Use creationPolicy Owner, or deletionPolicy Retain.',
    refused: {
      externalSecrets: { db: { path: '/a', target: { creationPolicy: 'Merge', deletionPolicy: 'Delete' } } },
    },
    accepted: {
      externalSecrets: { db: { path: '/a', target: { creationPolicy: 'Owner', deletionPolicy: 'Delete' } } },
    },
  },
  {
    text: 'policies do not fit: externalSecrets.db: deletionPolicy Merge with creationPolicy None is refused by the operator. Use creationPolicy Owner, or deletionPolicy Retain.',
    refused: {
      externalSecretDefaults: { deletionPolicy: 'Merge', creationPolicy: 'None' },
      externalSecrets: { db: { path: '/a' } },
    },
    accepted: {
      externalSecretDefaults: { deletionPolicy: 'Merge' },
      externalSecrets: { db: { path: '/a' } },
    },
  },
  {
    text: 'unknown preset: externalSecrets.db.preset: "mysql". Use database, apiKey or tls.',
    refused: { externalSecrets: { db: { preset: 'mysql', path: '/a' } } },
    accepted: { externalSecrets: { db: { preset: 'database', path: '/a' } } },
    skipSchema: true,
  },
  {
    text: 'path is missing: externalSecrets.db: preset database reads from a path. Set externalSecrets.db.path.',
    refused: { externalSecrets: { db: { preset: 'database' } } },
    accepted: { externalSecrets: { db: { preset: 'database', path: '/a' } } },
  },
  {
    text: 'path is missing: externalSecrets.db.data.A.path: it has no path. Set it, or remove the key with null.',
    refused: { externalSecrets: { db: { data: { A: { property: 'x' } } } } },
    accepted: { externalSecrets: { db: { data: { A: null, B: { path: '/b' } } } } },
    skipSchema: true,
  },
  {
    text: 'unknown key of the preset: externalSecrets.db.keys.user: preset database has database, host, password, port, username. Use one of these, or data.',
    refused: { externalSecrets: { db: { preset: 'database', path: '/a', keys: { user: 'DB_USER' } } } },
    accepted: { externalSecrets: { db: { preset: 'database', path: '/a', keys: { username: 'DB_USER' } } } },
  },
  {
    text: 'key given twice: externalSecrets.db.keys: both database and host become "DB". Give each a name of its own.',
    refused: {
      externalSecrets: { db: { preset: 'database', path: '/a', keys: { host: 'DB', database: 'DB' } } },
    },
    accepted: {
      externalSecrets: { db: { preset: 'database', path: '/a', keys: { host: 'DB', database: null } } },
    },
  },
  {
    text: 'nothing to read: externalSecrets.db: it has no path, data, find, dataFrom or preset. Give it one, or remove the entry with null.',
    refused: { externalSecrets: { db: { data: { A: null } } } },
    accepted: { externalSecrets: { db: null, other: { data: { A: '/a' } } } },
  },
];

const stores: GuardCase[] = [
  {
    text: 'store is missing: secretStoreRef.name: it is empty. Name the store that externalSecrets.db is read from.',
    refused: { secretStoreRef: { name: null }, externalSecrets: { db: { path: '/a' } } },
    accepted: {
      secretStoreRef: { name: null },
      externalSecrets: { db: { path: '/a', secretStoreRef: { name: 'own' } } },
    },
  },
  {
    text: 'store of another kind: externalSecrets.db.secretStoreRef: ClusterSecretStore "own", while secretStores renders a SecretStore of that name. Set externalSecrets.db.secretStoreRef.kind to SecretStore.',
    refused: {
      secretStores: { own: { spec: { a: 1 } } },
      externalSecrets: { db: { path: '/a', secretStoreRef: { name: 'own', kind: 'ClusterSecretStore' } } },
    },
    accepted: {
      secretStores: { own: { spec: { a: 1 } } },
      externalSecrets: { db: { path: '/a', secretStoreRef: { name: 'own' } } },
    },
  },
  {
    text: 'region is missing: secretStores.aws.aws: it has no region. Set secretStores.aws.aws.region.',
    refused: { secretStores: { aws: { aws: { service: 'ParameterStore' } } } },
    accepted: { secretStores: { aws: { aws: { region: 'eu-west-1' } } } },
    skipSchema: true,
  },
  {
    text: 'not one identity: secretStores.aws.aws.auth: it has jwt and secretRef. Set exactly one of them, and an inherited one to null.',
    refused: {
      secretStores: {
        aws: {
          aws: {
            region: 'r',
            auth: {
              jwt: { serviceAccountRef: { name: 'a' } },
              secretRef: { accessKeyId: { name: 's', key: 'i' }, secretAccessKey: { name: 's', key: 'k' } },
            },
          },
        },
      },
    },
    accepted: {
      secretStores: {
        aws: { aws: { region: 'r', auth: { jwt: { serviceAccountRef: { name: 'a' } }, secretRef: null } } },
      },
    },
  },
  {
    text: 'not one provider: secretStores.s: it has aws and spec. Set exactly one of aws, kubernetes, vault, infisical, spec.',
    refused: { secretStores: { s: { aws: { region: 'r' }, spec: { a: 1 } } } },
    accepted: { secretStores: { s: { aws: { region: 'r' }, spec: null } } },
  },
  {
    text: 'not one provider: secretStores.s: it has none. Set exactly one of aws, kubernetes, vault, infisical, spec.',
    refused: { secretStores: { s: {} } },
    accepted: { secretStores: { s: null } },
  },
];

const paths: GuardCase[] = [
  {
    text: 'unknown placeholder: externalSecrets.db.path: "/{sytem}/db" has {sytem}. Use {system}, {app}, {environment} or _ENV_.',
    refused: { externalSecrets: { db: { path: '/{sytem}/db' } } },
    accepted: { externalSecrets: { db: { path: '/{system}/{app}/db' } } },
  },
  {
    text: `environment is not set: externalSecrets.db.path: "/a/{environment}/db" needs it. Set environment to one of ${listed}.`,
    refused: PATH_FOR_PROD,
    accepted: { ...PATH_FOR_PROD, ...IN_PROD },
  },
  {
    text: `environment is not listed: externalSecrets.db.path: "/a/{environment}/db" needs it, and environment "qa" is none of environments (${listed}). Set environment to one of these, or add it to environments.`,
    refused: { ...PATH_FOR_PROD, environment: 'qa' },
    accepted: { ...PATH_FOR_PROD, environment: 'qa', environments: ['qa'] },
  },
  {
    text: 'system is not set: externalSecrets.db.path: "/{system}/db" needs it. Set system, or write the path without it.',
    refused: { system: '', externalSecrets: { db: { path: '/{system}/db' } } },
    accepted: { system: '', externalSecrets: { db: { path: '/db' } } },
  },
  {
    text: 'path of another environment: externalSecrets.db.path: "/a/staging/db" names "staging" while environment is "prod". Set environment to staging, write {environment} in the path, or declare this exact path in sharedPaths.',
    refused: { ...IN_PROD, externalSecrets: { db: { path: '/a/staging/db' } } },
    accepted: {
      ...IN_PROD,
      sharedPaths: { db: '/a/staging/db' },
      externalSecrets: { db: { path: '/a/staging/db' } },
    },
  },
  {
    text: 'path of another environment: externalSecrets.db.path: "/a/staging/db" names "staging" while environment is not set. Set environment to staging, write {environment} in the path, or declare this exact path in sharedPaths.',
    refused: { externalSecrets: { db: { path: '/a/staging/db' } } },
    accepted: { externalSecrets: { db: { path: '/a/stagings/db' } } },
  },
];

const variables: GuardCase[] = [
  {
    text: 'not a variable name: externalSecrets.db: "1PASSWORD". Kubernetes would leave it out. Rename it, set a prefix, or envFrom: false.',
    refused: { externalSecrets: { db: { data: { '1PASSWORD': '/a' } } } },
    accepted: { externalSecrets: { db: { prefix: 'P', data: { '1PASSWORD': '/a' } } } },
  },
  {
    text: 'not a variable name: sealedSecrets.db: "..x". Kubernetes would leave it out. Rename it, set a prefix, or envFrom: false.',
    refused: { sealedSecrets: { db: { encryptedData: { '..x': 'AA' } } } },
    accepted: { sealedSecrets: { db: { envFrom: false, encryptedData: { '..x': 'AA' } } } },
  },
  {
    text: 'variable defined twice: TOKEN: config and externalSecrets.db both define it, and externalSecrets.db wins. Rename one of them, set a prefix, or list TOKEN in allowDuplicateKeys.',
    refused: { config: { TOKEN: 'x' }, externalSecrets: { db: { data: { TOKEN: '/a' } } } },
    accepted: {
      config: { TOKEN: 'x' },
      externalSecrets: { db: { data: { TOKEN: '/a' } } },
      allowDuplicateKeys: ['TOKEN'],
    },
  },
  {
    text: 'variable defined twice: TOKEN: externalSecrets.a and externalSecrets.b both define it, and externalSecrets.b wins. Rename one of them, set a prefix, or list TOKEN in allowDuplicateKeys.',
    refused: { externalSecrets: { a: { data: { TOKEN: '/a' } }, b: { data: { TOKEN: '/b' } } } },
    accepted: {
      externalSecrets: { a: { data: { TOKEN: '/a' } }, b: { prefix: 'B_', data: { TOKEN: '/b' } } },
    },
  },
  {
    text: 'variable defined twice: externalSecrets.b: its key "key" gives KEY_FILE, which externalSecrets.a gives too. Set a prefix on one of them, or fileVariables: false.',
    refused: {
      externalSecrets: {
        a: { mountAs: 'files', data: { key: '/a' } },
        b: { mountAs: 'files', data: { key: '/b' } },
      },
    },
    accepted: {
      externalSecrets: {
        a: { mountAs: 'files', data: { key: '/a' } },
        b: { mountAs: 'files', fileVariables: false, data: { key: '/b' } },
      },
    },
  },
  {
    text: 'variables refer to each other: env.A: A -> B -> A. Take one of the $(…) out, or write $$(…) for the text itself.',
    refused: { env: { A: '$(B)', B: '$(A)' } },
    accepted: { env: { A: '$(B)', B: '$$(A)' } },
  },
  {
    text: 'unknown external secret: env.A.externalSecret.name: "dd" is none of externalSecrets (db). Add it there, or use secret for a Secret that exists already.',
    refused: {
      externalSecrets: { db: { path: '/a' } },
      env: { A: { externalSecret: { name: 'dd', key: 'k' } } },
    },
    accepted: {
      externalSecrets: { db: { path: '/a' } },
      env: { A: { externalSecret: { name: 'db', key: 'k' } } },
    },
  },
  {
    text: 'unknown key: env.A.externalSecret.key: "k" is none of the keys of externalSecrets.db (B, C). Use one of these, or add it there.',
    refused: {
      externalSecrets: { db: { data: { B: '/b', C: '/c' } } },
      env: { A: { externalSecret: { name: 'db', key: 'k' } } },
    },
    accepted: {
      externalSecrets: { db: { data: { B: '/b', C: '/c' } } },
      env: { A: { externalSecret: { name: 'db', key: 'B' } } },
    },
  },
  {
    text: 'not a variable: env.A: none of value, secret, externalSecret, configMap, field, resource is set. Set one of them, or remove the variable with null.',
    refused: { env: { A: { value: null } } },
    accepted: { env: { A: null } },
  },
  {
    text: 'not one source: env.A: it has secret and value. Set exactly one of value, secret, externalSecret, configMap, field, resource, and an inherited one to null.',
    refused: { env: { A: { value: 'x', secret: { name: 's', key: 'k' } } } },
    accepted: { env: { A: { value: 'x', secret: null } } },
  },
  {
    text: 'configuration too large: config: 1048577 bytes, and Kubernetes takes 1048576. Put large files into an image, a volume or several releases.',
    refused: { config: { A: 'x'.repeat(1048576) } },
    accepted: { config: { A: 'x'.repeat(1048575) } },
  },
];

const containers: GuardCase[] = [
  {
    text: 'image is missing: image.repository: it is empty. Set image.repository and image.tag (or image.digest), or deployment.enabled: false when the release has no workload.',
    refused: { image: {} },
    accepted: { image: {}, deployment: { enabled: false } },
  },
  {
    text: 'image is missing: workers.w.image.repository: it is empty, and so is image.repository. Set one of them.',
    refused: { ...NO_APP, image: {}, workers: { w: {} } },
    accepted: { ...NO_APP, image: {}, workers: { w: { image: { repository: 'r' } } } },
  },
  {
    text: 'unknown volume: volumeMounts./data: "dat" is none of the pod\'s volumes (data, writable-tmp). Add it to volumes.',
    refused: { volumes: { data: { emptyDir: {} } }, volumeMounts: { '/data': 'dat' } },
    accepted: { volumes: { data: { emptyDir: {} } }, volumeMounts: { '/data': 'data' } },
  },
  {
    text: 'folder mounted twice: externalSecrets.db: its files are mounted at /tmp, where something else is mounted too. Set externalSecrets.db.mountPath to another folder.',
    refused: { externalSecrets: { db: { path: '/a', mountAs: 'files', mountPath: '/tmp' } } },
    accepted: { externalSecrets: { db: { path: '/a', mountAs: 'files', mountPath: '/tmp/db' } } },
  },
  {
    text: "container name taken: sidecars.app: the application's own container is called app. Choose another name.",
    refused: { sidecars: { app: {} } },
    accepted: { sidecars: { proxy: {} } },
  },
  {
    text: 'volume name taken: volumes.writable-tmp: the chart has a volume of that name. Choose another one.',
    refused: { volumes: { 'writable-tmp': { emptyDir: {} } } },
    accepted: { volumes: { 'writable-tmp': { emptyDir: {} } }, writableDirs: { '/tmp': null } },
  },
];

const workloads: GuardCase[] = [
  {
    text: 'minimum above maximum: autoscaling: minReplicas 5 is more than maxReplicas 4. Lower one or raise the other.',
    refused: { autoscaling: { enabled: true, minReplicas: 5, maxReplicas: 4 } },
    accepted: { autoscaling: { enabled: true, minReplicas: 4, maxReplicas: 4 } },
  },
  {
    text: 'nothing to scale by: workers.w.autoscaling: it has no metric. Set targetCPUUtilizationPercentage, targetMemoryUtilizationPercentage or metrics.',
    refused: { workers: { w: { autoscaling: { enabled: true, targetCPUUtilizationPercentage: null } } } },
    accepted: { workers: { w: { autoscaling: { enabled: true } } } },
  },
  {
    text: 'both limits: podDisruptionBudget: minAvailable and maxUnavailable are set, and Kubernetes takes one. Remove one of them with null.',
    refused: { podDisruptionBudget: { enabled: true, minAvailable: 1, maxUnavailable: 1 } },
    accepted: { podDisruptionBudget: { enabled: true, minAvailable: 1, maxUnavailable: null } },
  },
  {
    text: 'schedule is missing: cronJobs.c: it has no schedule. Set cronJobs.c.schedule, such as "*/5 * * * *".',
    refused: { cronJobs: { c: JOB } },
    accepted: { cronJobs: { c: { ...JOB, schedule: '0 3 * * *' } } },
    skipSchema: true,
  },
  {
    text: 'job never ends: jobs.j.sidecars.log: the pod goes on while a sidecar does. Set native: true on it.',
    refused: { jobs: { j: { ...JOB, sidecars: { log: {} } } } },
    accepted: { jobs: { j: { ...JOB, sidecars: { log: { native: true } } } } },
  },
  {
    text: "hook too early: jobs.j.hook.events: pre-install runs before the release's own objects are there (config, serviceAccount). Use post-install, or no hook.",
    refused: { config: { A: 'x' }, jobs: { j: { ...JOB, hook: { events: ['pre-install'] } } } },
    accepted: {
      config: { A: 'x' },
      serviceAccount: { create: false },
      jobs: { j: { ...JOB, inheritEnv: false, hook: { events: ['pre-install'] } } },
    },
  },
];

const network: GuardCase[] = [
  {
    text: 'unknown port: service.ports.http: its target "web" is none of ports (admin, http). Name one of them, or a number.',
    refused: {
      ports: { admin: { containerPort: 9000 } },
      service: { ports: { http: { port: 80, targetPort: 'web' } } },
    },
    accepted: {
      ports: { admin: { containerPort: 9000 } },
      service: { ports: { http: { port: 80, targetPort: 'admin' } } },
    },
  },
  {
    text: 'no ports: service.ports: it is empty. Give the Service a port, or set service.enabled: false.',
    refused: { service: { ports: { http: null } } },
    accepted: { service: { enabled: false, ports: { http: null } } },
  },
  {
    text: 'no Service: ingress.enabled: there is no Service to lead to. Set service.enabled and deployment.enabled, or ingress.enabled: false.',
    refused: { service: { enabled: false }, ingress: { enabled: true, hosts: { 'a.example.com': {} } } },
    accepted: { ingress: { enabled: true, hosts: { 'a.example.com': {} } } },
  },
  {
    text: 'unknown port: ingress.hosts["a.example.com"].paths["/"]: web is no port of the Service. Name one of service.ports.',
    refused: { ingress: { enabled: true, hosts: { 'a.example.com': { paths: { '/': { port: 'web' } } } } } },
    accepted: { ingress: { enabled: true, hosts: { 'a.example.com': { paths: { '/': { port: 80 } } } } } },
  },
  {
    text: 'no hosts: ingress.hosts: it is empty. Name a host, or set ingress.enabled: false.',
    refused: { ingress: { enabled: true, hosts: { 'a.example.com': null } } },
    accepted: { ingress: { hosts: { 'a.example.com': null } } },
  },
  {
    text: 'unknown external secret: ingress.hosts["a.example.com"].tls.externalSecret: "cert" is none of externalSecrets. Add it there, or use secretName for a Secret that exists already.',
    refused: { ingress: { enabled: true, hosts: { 'a.example.com': { tls: { externalSecret: 'cert' } } } } },
    accepted: {
      externalSecrets: { cert: { preset: 'tls', path: '/cert' } },
      ingress: { enabled: true, hosts: { 'a.example.com': { tls: { externalSecret: 'cert' } } } },
    },
  },
  {
    text: 'no gateway: httpRoute.parentRefs: it is empty. Name the Gateway, or set httpRoute.enabled: false.',
    refused: { httpRoute: { enabled: true } },
    accepted: { httpRoute: { enabled: true, parentRefs: [{ name: 'gateway' }] } },
  },
  {
    text: 'unknown port: serviceMonitor.port: "metrics" is no port of the Service. Name one of service.ports.',
    refused: { serviceMonitor: { enabled: true, port: 'metrics' } },
    accepted: { serviceMonitor: { enabled: true, port: 'http' } },
  },
];

/** Every guard of the templates: what it refuses, with its text, and what it lets pass. */
export const GUARD_CASES: readonly GuardCase[] = [
  ...scalars,
  ...names,
  ...secrets,
  ...stores,
  ...paths,
  ...variables,
  ...containers,
  ...workloads,
  ...network,
];
