import fc from 'fast-check';
import '../../harness/vitest.js';
import { describe, expect, it } from 'vitest';
import { type Manifest, type Release, referenceGraph } from '../../harness/index.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../harness/manifest/manifest.js';
import { listNames, pick, render, renderOnce } from './support/render.js';

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/u;
const SERVICE = /^[a-z]([-a-z0-9]*[a-z0-9])?$/u;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/u;
const LABEL_VALUE = /^([A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?)?$/u;

/** What Kubernetes takes as the name of an object: how long, and of which form. Pods take theirs from Jobs and Deployments. */
const LIMITS: Readonly<Record<string, { length: number; form: RegExp }>> = {
  Service: { length: 63, form: SERVICE },
  CronJob: { length: 52, form: SUBDOMAIN },
  Job: { length: 63, form: SUBDOMAIN },
  Deployment: { length: 63, form: SUBDOMAIN },
  Pod: { length: 63, form: SUBDOMAIN },
};

const letters = 'abcxyz0189';
/** Lower-case words, joined by dots or hyphens, up to a length; often just at it. */
function anyName(maxLength: number, separators: string): fc.Arbitrary<string> {
  const middle = fc.constantFrom(...letters, ...separators);
  return fc.integer({ min: 1, max: maxLength }).chain((wanted) =>
    fc
      .oneof(fc.constant(maxLength), fc.constant(wanted))
      .chain((length) => fc.string({ unit: middle, minLength: length, maxLength: length }))
      .map((text) => text.replaceAll(/^[-.]|[-.]$/gu, 'x').replaceAll(/([-.])(?=\.)|(?<=\.)-/gu, 'x'))
      .filter((text) => SUBDOMAIN.test(text)),
  );
}

const everything = fc.record({
  release: anyName(53, '-.'),
  nameOverride: fc.option(anyName(253, '-.'), { nil: '' }),
  fullnameOverride: fc.option(anyName(253, '-.'), { nil: '' }),
  keys: fc.uniqueArray(anyName(253, '-.'), { minLength: 2, maxLength: 2 }),
  similar: anyName(250, '-'),
});

function shorten(key: string): string {
  return key.slice(0, 253).replace(/[-.]+$/u, '');
}

function valuesWith(keys: readonly string[], overrides: JsonObject): JsonObject {
  const each = (entry: JsonValue): JsonObject => Object.fromEntries(keys.map((key) => [key, entry]));
  const first = keys[0] ?? 'x';
  return {
    ...overrides,
    environment: 'dev',
    config: { A: 'a' },
    externalSecrets: each({ path: '/a', mountAs: 'files' }),
    inlineSecrets: Object.fromEntries(
      keys.map((key, index) => [shorten(`in-${key}`), { data: { [`I${index}`]: 'x' } }]),
    ),
    sealedSecrets: Object.fromEntries(
      keys.map((key, index) => [
        shorten(`se-${key}`),
        { mountAs: 'files', encryptedData: { [`S${index}`]: 'AA' } },
      ]),
    ),
    secretStores: each({ aws: { region: 'r', auth: { jwt: { serviceAccountRef: { name: 'operator' } } } } }),
    secretStoreRef: { name: first, kind: 'SecretStore' },
    workers: each({ autoscaling: { enabled: true }, podDisruptionBudget: { enabled: true } }),
    cronJobs: each({ schedule: '0 3 * * *' }),
    jobs: each({}),
    extraObjects: each({ apiVersion: 'v1', kind: 'ConfigMap' }),
    writableDirs: { '/tmp': {}, '/Var/Cache.d': {} },
    autoscaling: { enabled: true },
    podDisruptionBudget: { enabled: true },
    networkPolicy: { enabled: true },
    rbac: { create: true },
    serviceMonitor: { enabled: true },
    ingress: { enabled: true, hosts: { 'a.example.com': { tls: { externalSecret: first } } } },
    httpRoute: { enabled: true, parentRefs: [{ name: 'gateway' }] },
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
  };
}

/** Values of every map called `labels` or `matchLabels`, and every name of a volume or container. */
function* listLabelValues(value: JsonValue, key = ''): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* listLabelValues(item, key);
  if (!isJsonObject(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    if ((key === 'labels' || key === 'matchLabels') && typeof inner === 'string') yield inner;
    yield* listLabelValues(inner, name);
  }
}

function findBadNames(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap(({ object }) => {
    const { length, form } = LIMITS[object.kind] ?? { length: 253, form: SUBDOMAIN };
    const { name } = object.metadata;
    const labels = [...listLabelValues(object)].filter(
      (value) => value.length > 63 || !LABEL_VALUE.test(value),
    );
    return [
      ...(name.length <= length && form.test(name) ? [] : [`${object.kind} ${name}`]),
      ...labels.map((value) => `label ${value}`),
    ];
  });
}

function listVolumeNames({ manifests }: Release): string[] {
  return manifests.flatMap(({ object }) => {
    const found: string[] = [];
    JSON.stringify(object, (key, value: JsonValue) => {
      if (key === 'volumes' && Array.isArray(value))
        found.push(...value.map((one) => String((one as JsonObject)['name'])));
      return value;
    });
    return found;
  });
}

const OUTSIDE = new Set(['operator', 'gateway']);

function findMissing({ manifests, namespace }: Release): string[] {
  const { references, selections, locals } = referenceGraph(manifests, { namespace });
  return [
    ...references
      .filter(
        ({ state, to, portState }) =>
          (state === 'missing' && !OUTSIDE.has(to.name)) || portState === 'missing',
      )
      .map(({ from, pointer, to }) => `${from.object.kind}${pointer} -> ${to.kind}/${to.name}`),
    ...selections
      .filter(({ matches }) => matches.length === 0)
      .map(({ from, pointer }) => `${from.object.kind}${pointer} selects nothing`),
    ...locals
      .filter(({ found }) => !found)
      .map(({ from, pointer, name }) => `${from.object.kind}${pointer} -> ${name}`),
  ];
}

describe('names', () => {
  it('are valid, distinct and equal to every reference, whatever release and keys are called', async () => {
    const property = fc.asyncProperty(
      everything,
      async ({ release: name, nameOverride, fullnameOverride, keys, similar }) => {
        // Names that differ only behind every cut.
        const all = [...new Set([...keys, `${similar}-a`, `${similar}-b`])].filter(
          (key) => key.length <= 253,
        );
        const fullname =
          fullnameOverride ||
          (nameOverride && !name.includes(nameOverride) ? `${name}-${nameOverride}` : name);
        fc.pre(fullname.length <= 253);
        const release = await renderOnce(valuesWith(all, { nameOverride, fullnameOverride }), {
          release: name,
        });
        expect(findBadNames(release.manifests)).toEqual([]);
        expect(listNames(release)).toEqual([...new Set(listNames(release))]);
        expect(
          listVolumeNames(release).filter((volume) => volume.length > 63 || !LABEL.test(volume)),
        ).toEqual([]);
        expect(findMissing(release)).toEqual([]);
      },
    );
    await fc.assert(property, { numRuns: 20 });
  }, 60_000);

  it.each([
    ['the release', { release: 'web' }, {}, 'web', 'web'],
    ['release and application', { release: 'shop' }, { nameOverride: 'web' }, 'shop-web', 'web'],
    [
      'the release that holds the application',
      { release: 'shop-web' },
      { nameOverride: 'web' },
      'shop-web',
      'web',
    ],
    [
      'what is given whole',
      { release: 'shop' },
      { fullnameOverride: 'other', nameOverride: 'web' },
      'other',
      'web',
    ],
  ])('are made of %s', async (...[, options, values, fullname, app]) => {
    const release = await render(
      { ...values, config: { A: 'x' }, externalSecrets: { db: { path: '/{app}' } } },
      options,
    );
    expect(listNames(release)).toEqual([
      `ConfigMap/${fullname}-config`,
      `Deployment/${fullname}`,
      `ExternalSecret/${fullname}-db`,
      `Pod/${fullname}-test`,
      `Service/${fullname}`,
      `ServiceAccount/${fullname}`,
    ]);
    expect(pick(release, `ExternalSecret/${fullname}-db`, 'spec', 'dataFrom', 0)).toMatchObject({
      extract: { key: `/${app}` },
    });
    expect(release).toHaveManifest(`Deployment/${fullname}`, {
      metadata: { labels: { 'app.kubernetes.io/name': app, 'app.kubernetes.io/instance': options.release } },
    });
  });

  it.each(['a..b', 'a.-b', '-a', 'A', 'a_b', 'a'.repeat(254)])(
    'with a key that no object can have are refused: %s',
    async (key) => {
      await expect(render({ externalSecrets: { [key]: { path: '/a' } } })).toFailRendering(
        /not a name that is allowed here/u,
      );
    },
  );

  it('carry the labels and annotations that all have in common, over which selectors win', async () => {
    const release = await render({
      config: { A: 'x' },
      commonLabels: { team: 'payments', 'app.kubernetes.io/name': 'other', number: 1, gone: null },
      commonAnnotations: { note: 'true', on: true },
      externalSecrets: { db: { path: '/a' } },
      workers: { mail: {} },
    });
    for (const { object } of release.manifests) {
      expect(object.metadata).toMatchObject({
        labels: {
          team: 'payments',
          number: '1',
          'app.kubernetes.io/name': 'demo',
          'app.kubernetes.io/managed-by': 'Helm',
        },
        annotations: { note: 'true', on: 'true' },
      });
      expect(object.metadata['labels']).not.toHaveProperty('gone');
    }
    expect(release).toHaveField('Deployment/demo-mail', 'spec.template.metadata.labels.team', 'payments');
    expect(release).toHaveField(
      'ExternalSecret/demo-db',
      'spec.target.template.metadata.labels.team',
      'payments',
    );
  });
});
