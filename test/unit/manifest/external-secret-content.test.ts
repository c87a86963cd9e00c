import { describe, expect, test } from 'vitest';
import { DataObjects } from '../../../harness/manifest/data-objects.js';
import { formatOrigin } from '../../../harness/manifest/format-origin.js';
import { ManifestIndex } from '../../../harness/manifest/manifest-index.js';
import type { KnownContent, ObjectContent } from '../../../harness/manifest/object-content.js';
import { parseManifests } from '../../../harness/manifest/parse-manifests.js';
import { SecretValue } from '../../../harness/manifest/secret-value.js';

function externalSecret(spec: string, name = 'web'): string {
  return `
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: ${name}}
spec:
  secretStoreRef: {name: aws-parameter-store, kind: ClusterSecretStore}
${spec.replaceAll(/^(?=.)/gmu, '  ')}`;
}

function content(documents: string | string[], name = 'web', known: KnownContent = {}): ObjectContent {
  const manifests = parseManifests([documents].flat().join('\n---\n'));
  return new DataObjects(new ManifestIndex(manifests), known).contentOf('Secret', { name });
}

const keys = ({ entries }: ObjectContent): string[] => [...entries.keys()];
const origins = ({ entries }: ObjectContent): string[] =>
  [...entries.values()].map(({ source }) => formatOrigin(source));
const open = (object: ObjectContent): string[] => object.open.map((source) => formatOrigin(source));

describe('the keys an ExternalSecret writes', () => {
  test('are those of data, with path, property and version', () => {
    const found = content(
      externalSecret(`data:
- {secretKey: A, remoteRef: {key: /p/a}}
- {secretKey: B, remoteRef: {key: /p/b, property: token, version: "3"}}`),
    );
    expect(keys(found)).toEqual(['A', 'B']);
    expect(origins(found)).toEqual([
      'store aws-parameter-store /p/a',
      'store aws-parameter-store /p/b › token (version 3)',
    ]);
    expect(open(found)).toEqual([]);
  });

  test('are not known for extract, find and most generators', () => {
    const found = content(
      externalSecret(`dataFrom:
- extract: {key: /p/all}
- find: {path: /p/, name: {regexp: "^LOG"}}
- find: {tags: {team: core}}
- sourceRef: {generatorRef: {kind: Webhook, name: hook}}`),
    );
    expect(keys(found)).toEqual([]);
    expect(open(found)).toEqual([
      'store aws-parameter-store /p/all',
      'store aws-parameter-store /p/ (names like ^LOG)',
      'store aws-parameter-store / (tagged team)',
      'generator Webhook hook',
    ]);
  });

  test('a password generator writes one key', () => {
    expect(
      keys(content(externalSecret('dataFrom: [{sourceRef: {generatorRef: {kind: Password, name: p}}}]'))),
    ).toEqual(['password']);
  });

  test('data wins over dataFrom, and an unknown dataFrom before it cannot replace it', () => {
    const found = content(
      externalSecret('dataFrom: [{extract: {key: /all}}]\ndata: [{secretKey: A, remoteRef: {key: /a}}]'),
      'web',
      { parameter: ({ key }) => (key === '/all' ? { keys: ['A', 'B'] } : undefined) },
    );
    expect(keys(found)).toEqual(['A', 'B']);
    expect(found.entries.get('A')).toMatchObject({ source: { via: 'data' }, shadows: [{ via: 'extract' }] });
  });

  test('a later dataFrom whose names are unknown may replace an earlier key', () => {
    const found = content(
      externalSecret('dataFrom: [{extract: {key: /first}}, {extract: {key: /second}}]'),
      'web',
      { parameter: ({ key }) => (key === '/first' ? { keys: ['A'] } : undefined) },
    );
    expect(found.entries.get('A')?.mayBeReplacedBy.map((source) => formatOrigin(source))).toEqual([
      'store aws-parameter-store /second',
    ]);
  });

  test('go to the Secret named by target.name', () => {
    const documents = externalSecret('target: {name: other}\ndata: [{secretKey: A, remoteRef: {key: /a}}]');
    expect(keys(content(documents, 'other'))).toEqual(['A']);
    expect(content(documents, 'web').state).toBe('outside-release');
  });
});

describe('find and rewrite', () => {
  const found = (rewrite: string, names: string[]): ObjectContent =>
    content(externalSecret(`dataFrom: [{find: {path: /p/, name: {regexp: .*}}${rewrite}}]`), 'web', {
      search: () => names.map((key) => ({ key, value: undefined })),
    });

  test('without rewrite the whole path becomes the key', () => {
    expect(keys(found('', ['/p/LOG_LEVEL']))).toEqual(['_p_LOG_LEVEL']);
  });

  test('a regular expression as Go reads it changes the names', () => {
    expect(
      keys(found(', rewrite: [{regexp: {source: "^/p/(.*)$", target: "APP_$1"}}]', ['/p/A', '/p/B'])),
    ).toEqual(['APP_A', 'APP_B']);
    expect(
      keys(found(', rewrite: [{regexp: {source: "/(?P<n>\\\\w+)$", target: "-${n}"}}]', ['/p/A'])),
    ).toEqual(['/p-A']);
    expect(keys(found(', rewrite: [{regexp: {source: "^/p/(.*)$", target: "$1x"}}]', ['/p/A']))).toEqual([]);
  });

  test('keys that are no keys after a rewrite are told', () => {
    expect(found(', rewrite: [{regexp: {source: "^/p", target: ""}}]', ['/p/A']).problems).toEqual([
      {
        code: 'invalid-key',
        message: '"/A" is no valid key of a Secret; the operator reports an error and writes nothing',
      },
    ]);
  });

  test('a template as rewrite cannot be followed', () => {
    const result = found(', rewrite: [{transform: {template: "{{ .value | upper }}"}}]', ['/p/A']);
    expect(open(result)).toEqual(['store aws-parameter-store /p/ (names like .*)']);
  });
});

describe('target.template', () => {
  const data = 'data: [{secretKey: user, remoteRef: {key: /u}}, {secretKey: pw, remoteRef: {key: /p}}]';

  test('with data replaces what the provider gave', () => {
    const found = content(
      externalSecret(`target: {template: {data: {URL: "pg://{{ .user }}:{{ .pw }}@db"}}}\n${data}`),
    );
    expect(keys(found)).toEqual(['URL']);
    expect(found.entries.get('URL')).toMatchObject({
      value: { state: 'unknown', reason: 'from-template' },
      source: { via: 'template', uses: ['user', 'pw'] },
    });
    expect(origins(found)).toEqual([
      'template of Secret web › URL, from store aws-parameter-store /u, store aws-parameter-store /p',
    ]);
  });

  test('with mergePolicy Merge adds to it', () => {
    const found = content(
      externalSecret(`target: {template: {mergePolicy: Merge, data: {URL: "{{ .user }}"}}}\n${data}`),
    );
    expect(keys(found)).toEqual(['user', 'pw', 'URL']);
  });

  test('without data keeps it', () => {
    const found = content(
      externalSecret(`target: {template: {type: Opaque, metadata: {labels: {a: b}}}}\n${data}`),
    );
    expect(keys(found)).toEqual(['user', 'pw']);
  });

  test('that uses a key nobody gives is told, unless a source may give any', () => {
    const template = 'target: {template: {data: {URL: "{{ .nope }}"}}}';
    expect(content(externalSecret(`${template}\n${data}`)).problems).toEqual([
      {
        code: 'template-key-missing',
        message: 'the template of URL uses nope, which data and dataFrom do not give (they give: user, pw)',
      },
    ]);
    expect(content(externalSecret(`${template}\ndataFrom: [{extract: {key: /a}}]`)).problems).toEqual([]);
  });

  test('that only inserts keys is filled in when their values are known', () => {
    const found = content(
      externalSecret(`target: {template: {data: {URL: "pg://{{ .user }}:{{- .pw -}}@db"}}}\n${data}`),
      'web',
      { parameter: ({ key }) => ({ text: new SecretValue(`<${key}>`) }) },
    );
    const value = found.entries.get('URL')?.value;
    expect(value?.state === 'hidden' && value.secret.reveal()).toBe('pg://</u>:</p>@db');
  });

  test('from a ConfigMap gives the keys it names, or any', () => {
    const found = content(
      externalSecret(`target:
  template:
    templateFrom:
    - configMap: {name: t, items: [{key: app.ini}, {key: many, templateAs: KeysAndValues}]}
    - target: Annotations
      literal: "a: b"
${data}`),
    );
    expect(keys(found)).toEqual(['app.ini']);
    expect(open(found)).toEqual(['template of Secret web']);
  });
});

describe('who writes a Secret', () => {
  const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData: {OLD: a, A: b}';
  const data = 'data: [{secretKey: A, remoteRef: {key: /a}}]';

  test('creationPolicy Merge adds to a Secret that is there', () => {
    const found = content([secret, externalSecret(`target: {creationPolicy: Merge}\n${data}`)]);
    expect(keys(found)).toEqual(['OLD', 'A']);
    expect(found.entries.get('A')).toMatchObject({
      source: { type: 'external-secret' },
      shadows: [{ type: 'secret' }],
    });
  });

  test('creationPolicy Merge into a Secret outside the release leaves the rest unknown', () => {
    const found = content(externalSecret(`target: {creationPolicy: Merge}\n${data}`));
    expect([found.state, keys(found), open(found)]).toEqual(['outside-release', ['A'], ['Secret web']]);
  });

  test('creationPolicy Owner beside a manifest of the same Secret loses the manifest’s keys, which is told', () => {
    const found = content([secret, externalSecret(data)]);
    expect(keys(found)).toEqual(['A']);
    expect(found.problems.map(({ message }) => message)).toEqual([
      'a manifest of Secret web and ExternalSecret web all write Secret web; the keys of the others are lost',
    ]);
  });

  test('creationPolicy None writes nothing', () => {
    expect(content(externalSecret(`target: {creationPolicy: None}\n${data}`)).state).toBe('outside-release');
  });

  test('a SealedSecret gives its keys, encrypted', () => {
    const sealed = `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: web}
spec: {encryptedData: {A: AgB}, template: {data: {B: "{{ .A }}"}}}`;
    const found = content(sealed);
    expect(origins(found)).toEqual(['SealedSecret web › A', 'SealedSecret web › B']);
    expect(found.entries.get('A')?.value).toEqual({ state: 'unknown', reason: 'encrypted' });
  });

  test('a Secret that another controller makes is in the release, with keys that cannot be told', () => {
    const cluster =
      'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: pg}\nspec: {instances: 1}';
    const found = content(cluster, 'pg-app');
    expect([found.state, open(found)]).toEqual(['in-release', ['Secret pg-app']]);
  });
});

describe('the store', () => {
  const store = (service: string): string => `apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: aws-parameter-store}
spec: {provider: ${service}}`;
  const data = externalSecret('data: [{secretKey: A, remoteRef: {key: /a}}]');

  test.each([
    ['{aws: {service: ParameterStore}}', 'SSM /a'],
    ['{aws: {service: SecretsManager}}', 'Secrets Manager /a'],
    ['{vault: {server: x}}', 'Vault /a'],
    ['{oracle: {}}', 'oracle /a'],
  ])('%s is named', (provider, expected) => {
    expect(origins(content([store(provider), data]))).toEqual([expected]);
  });

  test('of a single entry wins over that of the whole', () => {
    const other = externalSecret(
      'data: [{secretKey: A, remoteRef: {key: /a}, sourceRef: {storeRef: {name: vault}}}]',
    );
    expect(origins(content([store('{aws: {service: ParameterStore}}'), other]))).toEqual(['store vault /a']);
  });
});
