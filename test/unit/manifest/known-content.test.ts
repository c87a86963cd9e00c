import { describe, expect, test } from 'vitest';
import type { ContainerEnvironment } from '../../../harness/manifest/container-environment.js';
import { effectiveEnv } from '../../../harness/manifest/effective-env.js';
import { formatOrigin } from '../../../harness/manifest/format-origin.js';
import type { KnownContent } from '../../../harness/manifest/object-content.js';
import { parseManifests } from '../../../harness/manifest/parse-manifests.js';
import type { KnownParameter } from '../../../harness/manifest/remote-content.js';
import { SecretValue } from '../../../harness/manifest/secret-value.js';

const STORE = `
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: aws-parameter-store}
spec: {provider: {aws: {service: ParameterStore, region: eu-west-1}}}
`;

function release(spec: string, envFrom = '{secretRef: {name: web-external}}'): string {
  return `${STORE}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: web-external}
spec:
  secretStoreRef: {name: aws-parameter-store, kind: ClusterSecretStore}
${spec.replaceAll(/^(?=.)/gmu, '  ')}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: main, envFrom: [${envFrom}]}]}
`;
}

function envOf(text: string, known: KnownContent = {}): ContainerEnvironment {
  return effectiveEnv(parseManifests(text), { known })[0]!;
}

const listed = ({ variables }: ContainerEnvironment): Record<string, string> =>
  Object.fromEntries(
    variables.map(({ name, value }) => [
      name,
      value.state === 'hidden'
        ? value.secret.reveal()
        : value.state === 'known'
          ? value.text
          : `(${value.state})`,
    ]),
  );

const parameter =
  (texts: Record<string, string>) =>
  ({ key }: { key: string }): KnownParameter | undefined => {
    const text = texts[key];
    return text === undefined ? undefined : { text: new SecretValue(text) };
  };

const EXTRACT = 'dataFrom: [{extract: {key: /platform/web/prod/app}}]';

describe('a parameter whose JSON becomes variables', () => {
  test('gives names that cannot be told from the manifests alone', () => {
    const env = envOf(release(EXTRACT));
    expect(env.variables).toEqual([]);
    expect(env.openEnded.map(({ source }) => formatOrigin(source))).toEqual(['SSM /platform/web/prod/app']);
  });

  test('gives its names when the keys are known, and its values when the text is', () => {
    const keys = envOf(release(EXTRACT), { parameter: () => ({ keys: ['DB_PASSWORD', 'bad key!'] }) });
    expect(listed(keys)).toEqual({ DB_PASSWORD: '(unknown)', bad_key_: '(unknown)' });
    expect(keys.openEnded).toEqual([]);

    const values = envOf(release(EXTRACT), {
      parameter: parameter({
        '/platform/web/prod/app':
          '{"A": "x\\ny", "N": 1.10, "E": 1e3, "Z": null, "O": {"a": [1, 2]}, "A": "last"}',
      }),
    });
    expect(listed(values)).toEqual({ A: 'last', N: '1.10', E: '1e3', Z: '', O: '{"a": [1, 2]}' });
    expect(formatOrigin(values.variables[0]!.origin)).toBe('SSM /platform/web/prod/app › A');
  });

  test.each(['not json', '[1]', '"text"', '{"a": 1,}'])(
    'is refused by the operator when it holds %j',
    (text) => {
      const env = envOf(release(EXTRACT), { parameter: parameter({ '/platform/web/prod/app': text }) });
      expect(env.problems).toMatchObject([
        {
          code: 'source-problem',
          message:
            '/platform/web/prod/app holds no JSON object; extract needs one, and the operator reports an error',
        },
      ]);
    },
  );

  test.each(['{}', ' null\n'])('makes no Secret when it holds %j, whatever a template says', (text) => {
    const known = { parameter: parameter({ '/platform/web/prod/app': text }) };
    const template = 'target: {name: web-external, template: {data: {FIXED: text}}}';
    for (const spec of [EXTRACT, `${EXTRACT}\n${template}`]) {
      const env = envOf(release(spec), known);
      expect(env.variables).toEqual([]);
      expect(env.openEnded).toEqual([]);
      expect(env.problems.map(({ code }) => code)).toEqual(['missing-object']);
    }
  });

  test('tells keys that collide once they are made valid', () => {
    const env = envOf(release(EXTRACT), { parameter: () => ({ keys: ['a b', 'a!b'] }) });
    expect(env.problems[0]?.message).toBe(
      '"a b" and "a!b" both become a_b; the operator reports a collision and writes nothing',
    );
  });
});

describe('single properties', () => {
  const json =
    '{"user": "app", "port": 5432, "rate": 1.10, "big": 1e3, "deep": {"a": "x"}, "dot.ted": "y", "none": null, "user": "later", "deep": {"b": 2.50, "list": [1, {"c": "z"}]}}';
  const property = (name: string): string | undefined =>
    listed(
      envOf(release(`data: [{secretKey: K, remoteRef: {key: /db, property: "${name}"}}]`), {
        parameter: parameter({ '/db': json }),
      }),
    )['K'];

  test.each([
    ['user', 'app'],
    ['port', '5432'],
    ['rate', '1.1'],
    ['big', '1000'],
    ['deep', '{"a": "x"}'],
    ['deep.a', 'x'],
    ['deep.b', '2.5'],
    ['deep.list.1.c', 'z'],
    ['deep.list', '[1, {"c": "z"}]'],
    ['dot.ted', 'y'],
    ['none', ''],
  ])('%s is read as the operator reads it', (name, expected) => {
    expect(property(name)).toBe(expected);
  });

  test('one that is missing is told with its path', () => {
    const env = envOf(release('data: [{secretKey: K, remoteRef: {key: /db, property: gone}}]'), {
      parameter: parameter({ '/db': json }),
    });
    expect(env.problems[0]?.message).toBe('/db has no property gone; the operator reports an error for K');
  });

  test('a whole parameter may be encoded', () => {
    const env = envOf(release('data: [{secretKey: K, remoteRef: {key: /k, decodingStrategy: Base64}}]'), {
      parameter: parameter({ '/k': 'aHVudGVyMg==' }),
    });
    expect(listed(env)).toEqual({ K: 'hunter2' });
  });
});

describe('live objects', () => {
  test('decide which keys there are; origins stay those of the manifests', () => {
    const text = release(
      `data: [{secretKey: A, remoteRef: {key: /a}}, {secretKey: B, remoteRef: {key: /b}}]\n${EXTRACT}`,
    );
    const env = envOf(text, {
      secret: ({ name }) =>
        name === 'web-external'
          ? new Map([
              ['A', 'one'],
              ['C', 'two'],
            ])
          : undefined,
    });
    expect(listed(env)).toEqual({ A: 'one', C: 'two' });
    expect(env.variables.map(({ origin }) => formatOrigin(origin))).toEqual([
      'SSM /a',
      'SSM /platform/web/prod/app › C',
    ]);
    expect(env.openEnded).toEqual([]);
  });

  test('that are known not to be there keep the container from starting', () => {
    const env = envOf(release(EXTRACT), { secret: () => 'absent' });
    expect(env.problems.map(({ message }) => message)).toEqual([
      'Secret web-external does not exist; the container will not start',
    ]);
    const optional = envOf(release(EXTRACT, '{secretRef: {name: web-external, optional: true}}'), {
      secret: () => 'absent',
    });
    expect(optional.problems).toEqual([]);
  });

  test('outside the release are listed when their keys are given', () => {
    const env = envOf(release(EXTRACT, '{configMapRef: {name: given}}'), {
      configMap: () => new Map([['A', 'plain']]),
    });
    expect(listed(env)).toEqual({ A: 'plain' });
    expect(env.variables[0]).toMatchObject({
      secret: false,
      origin: { type: 'existing', kind: 'ConfigMap' },
    });
  });
});
