import '../../harness/vitest.js';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { JsonObject, JsonValue } from '../../harness/manifest/manifest.js';
import { isJsonObject } from '../../harness/manifest/manifest.js';
import { containerOf, listNames, pick, readChartFile, render, renderFiles } from './support/render.js';

const BASE = `
image: {repository: registry.example.com/demo, tag: "1"}
environment: stage
config: {A: base, B: base}
externalSecrets:
  db: {path: "/{environment}/db", refreshInterval: 5m, target: {name: own, labels: {a: b}}}
  keys:
    data:
      STRIPE: /{environment}/stripe
      TWILIO: {path: "/{environment}/twilio", property: token, version: "3"}
env:
  MODE: base
  KEY: {secret: {name: given, key: k}}
livenessProbe: {httpGet: {path: /healthz, port: http}, periodSeconds: 5}
resources: {limits: {cpu: 1, memory: 1Gi}}
workers:
  mail: {replicaCount: 3, command: [mail], resources: {limits: {cpu: 2}}}
`;

describe('an overlay', () => {
  it('changes one entry of a map and leaves the others', async () => {
    const release = await renderFiles(
      BASE,
      'environment: prod\nconfig: {B: overlay, C: overlay}\nexternalSecrets: {keys: {data: {TWILIO: {version: "4"}}}}\nworkers: {mail: {replicaCount: 5}}\n',
    );
    expect(pick(release, 'ConfigMap/demo-config', 'data')).toEqual({ A: 'base', B: 'overlay', C: 'overlay' });
    expect(pick(release, 'ExternalSecret/demo-keys', 'spec', 'data')).toMatchObject([
      { secretKey: 'STRIPE', remoteRef: { key: '/prod/stripe' } },
      { secretKey: 'TWILIO', remoteRef: { key: '/prod/twilio', property: 'token', version: '4' } },
    ]);
    expect(release).toHaveManifest('Deployment/demo-mail', { spec: { replicas: 5 } });
    expect(containerOf(release, 'Deployment/demo-mail')).toMatchObject({ command: ['mail'] });
  });

  it('takes whole entries away with null', async () => {
    const release = await renderFiles(
      BASE,
      'config: {A: null}\nexternalSecrets: {db: null, keys: {data: {STRIPE: null}}}\nenv: {KEY: null}\nworkers: {mail: null}\n',
    );
    expect(listNames(release)).toEqual([
      'ConfigMap/demo-config',
      'Deployment/demo',
      'ExternalSecret/demo-keys',
      'Pod/demo-test',
      'Service/demo',
      'ServiceAccount/demo',
    ]);
    expect(pick(release, 'ConfigMap/demo-config', 'data')).toEqual({ B: 'base' });
    expect(pick(release, 'ExternalSecret/demo-keys', 'spec', 'data')).toMatchObject([
      { secretKey: 'TWILIO' },
    ]);
    expect(containerOf(release)['env']).toEqual([{ name: 'MODE', value: 'base' }]);
  });

  it('takes single fields away with null, at every depth', async () => {
    const release = await renderFiles(
      BASE,
      'externalSecrets: {db: {refreshInterval: null, target: {name: null, labels: {a: null}}}, keys: {data: {TWILIO: {version: null}}}}\nresources: {limits: {cpu: null}}\nworkers: {mail: {command: null, replicaCount: null, resources: {limits: {cpu: null, memory: 1Gi}}}}\n',
    );
    const db = pick(release, 'ExternalSecret/demo-db', 'spec') as JsonObject;
    expect(db).toMatchObject({ refreshInterval: '1h0m0s', target: { name: 'demo-db' } });
    expect(JSON.stringify(db)).not.toContain('"a":');
    expect(pick(release, 'ExternalSecret/demo-keys', 'spec', 'data', 1, 'remoteRef')).not.toHaveProperty(
      'version',
    );
    expect(containerOf(release)['resources']).toEqual({ limits: { memory: '1Gi' } });
    expect(containerOf(release, 'Deployment/demo-mail')).toMatchObject({
      resources: { limits: { memory: '1Gi' } },
    });
    expect(containerOf(release, 'Deployment/demo-mail')).not.toHaveProperty('command');
    expect(release).toHaveManifest('Deployment/demo-mail', { spec: { replicas: 1 } });
  });

  it('puts another kind of source, probe or provider in the place of the inherited one', async () => {
    const release = await renderFiles(
      `${BASE}secretStores: {s: {aws: {region: r, auth: {jwt: {serviceAccountRef: {name: a}}}}}}\n`,
      'env: {KEY: {secret: null, value: text}}\nlivenessProbe: {httpGet: null, tcpSocket: {port: http}}\nsecretStores: {s: {aws: null, spec: {provider: {fake: {data: []}}}}}\n',
    );
    expect(release).toHaveEnv({ KEY: 'text' });
    expect(containerOf(release)['livenessProbe']).toEqual({ tcpSocket: { port: 'http' }, periodSeconds: 5 });
    expect(pick(release, 'SecretStore/s', 'spec')).toEqual({ provider: { fake: { data: [] } } });
  });

  it('resets a value to the chart’s own with null', async () => {
    const release = await renderFiles(
      'image: {repository: r}\nreplicaCount: 5\nservice: {ports: {http: {port: 9000}}}\n',
      'replicaCount: null\nserviceAccount: null\ntests: null\n',
    );
    expect(release).toHaveManifest('Deployment/demo', { spec: { replicas: 1 } });
    expect(pick(release, 'Deployment/demo', 'spec', 'template', 'spec', 'serviceAccountName')).toBe(
      'default',
    );
    expect(listNames(release)).toEqual(['Deployment/demo', 'Service/demo']);
  });
});

interface Definition {
  properties?: Record<string, JsonValue>;
  required?: string[];
}

/** Entries of one definition each, with what it cannot do without. */
const SMALLEST: [definition: string, entry: JsonObject, place: (entry: JsonObject) => JsonObject][] = [
  ['externalSecret', { path: '/a' }, (entry) => ({ externalSecrets: { x: entry } })],
  ['secretPath', { path: '/a' }, (entry) => ({ externalSecrets: { x: { data: { A: entry } } } })],
  ['secretFind', { path: '/a' }, (entry) => ({ externalSecrets: { x: { find: entry } } })],
  ['secretTarget', {}, (entry) => ({ externalSecrets: { x: { path: '/a', target: entry } } })],
  ['secretStoreRef', {}, (entry) => ({ externalSecrets: { x: { path: '/a', secretStoreRef: entry } } })],
  ['secretStore', { spec: { a: 1 } }, (entry) => ({ secretStores: { x: entry } })],
  ['awsStore', { region: 'r' }, (entry) => ({ secretStores: { x: { aws: entry } } })],
  ['kubernetesStore', { auth: {} }, (entry) => ({ secretStores: { x: { kubernetes: entry } } })],
  ['vaultStore', { server: 's', auth: {} }, (entry) => ({ secretStores: { x: { vault: entry } } })],
  [
    'infisicalStore',
    { projectSlug: 'p', environmentSlug: 'e', auth: {} },
    (entry) => ({ secretStores: { x: { infisical: entry } } }),
  ],
  ['inlineSecret', {}, (entry) => ({ environment: 'dev', inlineSecrets: { x: entry } })],
  ['sealedSecret', {}, (entry) => ({ sealedSecrets: { x: entry } })],
  ['container', {}, (entry) => ({ initContainers: { x: entry }, sidecars: { x: entry } })],
  ['worker', {}, (entry) => ({ workers: { x: entry } })],
  ['cronJob', { schedule: '0 3 * * *' }, (entry) => ({ cronJobs: { x: entry } })],
  ['job', {}, (entry) => ({ jobs: { x: entry } })],
  ['servicePort', { port: 80 }, (entry) => ({ service: { ports: { http: entry } } })],
  ['port', { containerPort: 80 }, (entry) => ({ ports: { x: entry } })],
  ['ingressHost', {}, (entry) => ({ ingress: { enabled: true, hosts: { 'a.example.com': entry } } })],
  [
    'ingressPath',
    {},
    (entry) => ({ ingress: { enabled: true, hosts: { 'a.example.com': { paths: { '/': entry } } } } }),
  ],
  ['image', {}, (entry) => ({ workers: { x: { image: entry } } })],
  ['writableDir', {}, (entry) => ({ writableDirs: { '/x': entry } })],
  ['podDisruptionBudget', {}, (entry) => ({ workers: { x: { podDisruptionBudget: entry } } })],
  ['autoscaling', {}, (entry) => ({ workers: { x: { autoscaling: entry } } })],
];

describe('null in every field', () => {
  it.each(SMALLEST)('of %s is as if the field were not there', async (...[name, entry, place]) => {
    const schema = JSON.parse(await readChartFile('values.schema.json')) as {
      $defs: Record<string, Definition>;
    };
    const { properties = {}, required = [] } = schema.$defs[name] ?? {};
    const optional = Object.keys(properties).filter(
      (field) => !required.includes(field) && !(field in entry),
    );
    expect(optional.length).toBeGreaterThan(0);
    const nulls: JsonObject = Object.fromEntries(optional.map((field) => [field, null]));
    const [without, withNull] = await Promise.all([
      render(place(entry)),
      render(place({ ...nulls, ...entry })),
    ]);
    expect(withNull.text).toBe(without.text);
  });

  it('is tried for every definition of an object', async () => {
    const schema = JSON.parse(await readChartFile('values.schema.json')) as {
      $defs: Record<string, JsonValue>;
    };
    const objects = Object.entries(schema.$defs).filter(
      ([, definition]) => isJsonObject(definition) && 'properties' in definition,
    );
    const tried = new Set([...SMALLEST.map(([name]) => name), 'secretKeyRef', 'serviceAccountRef']);
    expect(objects.map(([name]) => name).filter((name) => !tried.has(name))).toEqual([]);
  });

  it('of a required field is refused with its place', async () => {
    await expect(render({ cronJobs: { x: { schedule: null } } })).toFailRendering(
      '/cronJobs/x/schedule: got null, want string',
    );
    await expect(
      renderFiles(stringify({ externalSecrets: { x: { data: { A: { path: null } } } } })),
    ).toFailRendering(/^\/externalSecrets\/x\/data\/A\/path: got null, want string/u);
  });
});
