import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../../harness/manifest/manifest.js';

/** One values file, with what its paths and names lead to. */
export interface ValuesCase {
  values: JsonObject;
  /** JSON documents of the parameter store, by the part of their path that is this case's own. */
  documents: Record<string, Record<string, JsonValue>>;
  /** An object of somebody else's, by the name `EXISTING` in the values. */
  existing: { kind: 'ConfigMap' | 'Secret'; data: Record<string, string> } | undefined;
}

/** Stands in the values for a name that only this case has. */
export const EXISTING = 'existing-of-this-case';

/** Name of an object that is not there, for those that may be left out. */
export const NOBODYS = 'nobody-has-it';

/** Few, so that sources meet; some that a runtime sets itself, and some that only a program can read. */
const NAMES = [
  'A',
  'B',
  'C',
  'DB_HOST',
  'P_A',
  'P_B',
  'LONG_NAME_1',
  'HOME',
  'HOSTNAME',
  'PATH',
  'KUBERNETES_PORT',
];
const ODD_NAMES = ['lower', 'dot.ted', 'dash-ed', '_'];
const PREFIXES = ['', '', 'P_', 'DB_', 'x-'];

const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_NAMES) },
);
const reference = fc
  .tuple(
    fc.constantFrom('$(', '$$(', '$', '$$$('),
    fc.constantFrom(...NAMES, 'KUBERNETES_SERVICE_HOST', 'NOBODY'),
  )
  .map(([open, to]) => (open.endsWith('(') ? `${open}${to})` : open));
const plain = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'text',
    '"quoted"',
    "it's",
    '{{ .Values.x }}',
    'a: b # c',
    '世界 🔑',
    '\t',
    '-',
    '\\n',
    '=x=y',
  ),
  fc.constantFrom(
    'first\n  second\n',
    '\n',
    '| block\n> folded',
    '%{x}',
    '`id`',
    '0644',
    '1e3',
    'null',
    'true',
    '~',
  ),
  fc.string({ maxLength: 10 }).filter((text) => !/[\0\p{Cc}\p{Cs}]/u.test(text)),
);
const text = fc
  .array(fc.oneof(plain, reference), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(''));
const scalar = fc.oneof(
  { weight: 4, arbitrary: plain },
  { weight: 1, arbitrary: fc.constantFrom<JsonValue>(0, -1, 10_000_000, 0.25, 2 ** 53 - 1, true, false) },
);
/** Kept as YAML's own types, in the store as JSON's. */
const stored = fc.oneof(
  { weight: 4, arbitrary: plain },
  { weight: 1, arbitrary: fc.constantFrom<JsonValue>(5432, 1e21, 0.1, true, null, ['a'], { a: { b: 'c' } }) },
);
const dataKey = fc.constantFrom(...NAMES, 'lower', 'dot.ted', 'dash-ed', 'tls.crt', '1ST');

function record<T>(keys: fc.Arbitrary<string>, values: fc.Arbitrary<T>, maxKeys: number) {
  return fc.dictionary(keys, values, { maxKeys, noNullPrototype: true });
}

const secret = fc.record({
  document: fc.tuple(record(dataKey, stored, 4), plain).map(([some, last]) => ({ ...some, LAST: last })),
  prefix: fc.constantFrom(...PREFIXES),
  asFiles: fc.integer({ min: 0, max: 4 }).map((draw) => draw === 0),
  template: fc.option(fc.constantFrom('{{ .LAST }}', 'x-{{ .LAST }}-y', 'no'), { freq: 5 }),
  single: fc.integer({ min: 0, max: 3 }).map((draw) => draw === 0),
});
const environment = record(
  name,
  fc.oneof({ weight: 6, arbitrary: text }, { weight: 1, arbitrary: scalar }),
  4,
);

/** Values files as people might write them, and wilder. Some of them the chart refuses. */
export const valuesCases: fc.Arbitrary<ValuesCase> = fc
  .record({
    config: record(name, scalar, 4),
    env: environment,
    secrets: fc.array(secret, { maxLength: 2 }),
    inline: fc.option(fc.record({ data: record(dataKey, plain, 3), prefix: fc.constantFrom(...PREFIXES) })),
    others: fc.array(
      fc.record({
        kind: fc.constantFrom('ConfigMap' as const, 'Secret' as const),
        data: record(dataKey, plain, 3),
        prefix: fc.constantFrom(...PREFIXES),
      }),
      { maxLength: 1 },
    ),
    optionalOther: fc.boolean(),
    copy: fc.boolean(),
    field: fc.option(fc.constantFrom('metadata.namespace', 'metadata.name', 'spec.nodeName', 'status.podIP')),
    further: fc.option(
      fc.record({
        kind: fc.constantFrom('workers', 'jobs', 'cronJobs', 'initContainers', 'sidecars'),
        env: environment,
        inheritEnv: fc.option(fc.boolean()),
      }),
      { freq: 2 },
    ),
  })
  .map(compose);

interface Drawn {
  config: Record<string, JsonValue>;
  env: Record<string, JsonValue>;
  secrets: {
    document: Record<string, JsonValue>;
    prefix: string;
    asFiles: boolean;
    template: string | null;
    single: boolean;
  }[];
  inline: { data: Record<string, string>; prefix: string } | null;
  others: { kind: 'ConfigMap' | 'Secret'; data: Record<string, string>; prefix: string }[];
  optionalOther: boolean;
  copy: boolean;
  field: string | null;
  further: { kind: string; env: Record<string, JsonValue>; inheritEnv: boolean | null } | null;
}

function compose(drawn: Drawn): ValuesCase {
  const { config, env, inline, others, optionalOther, copy, field, further } = drawn;
  const secrets = composeSecrets(drawn);
  const other = others[0];
  const own: JsonObject = {
    ...env,
    ...(field === null ? {} : { FIELD: { field } }),
    ...(copy && drawn.secrets[0]?.single === false
      ? {
          COPY: { externalSecret: { name: 's0', key: drawn.secrets[0].template === null ? 'LAST' : 'MADE' } },
        }
      : {}),
  };
  const existing: JsonObject[] = [
    ...(other === undefined ? [] : [{ name: EXISTING, prefix: other.prefix }]),
    ...(optionalOther ? [{ name: NOBODYS, optional: true }] : []),
  ];
  return {
    values: {
      config,
      env: own,
      externalSecrets: secrets.values,
      ...(inline === null ? {} : { inlineSecrets: { local: { data: inline.data, prefix: inline.prefix } } }),
      [other?.kind === 'ConfigMap' ? 'existingConfigMaps' : 'existingSecrets']: existing,
      ...(further === null ? {} : composeFurther(further)),
    },
    documents: secrets.documents,
    existing: other === undefined ? undefined : { kind: other.kind, data: other.data },
  };
}

function composeSecrets({ secrets }: Drawn) {
  const values: JsonObject = {};
  const documents: ValuesCase['documents'] = {};
  for (const [at, { document, prefix, asFiles, template, single }] of secrets.entries()) {
    documents[`s${at}`] = document;
    const path = `/{system}/{environment}/{app}/s${at}`;
    values[`s${at}`] = {
      ...(single ? { data: { ONE: { path, property: 'LAST' }, WHOLE: path } } : { path }),
      ...(template === null || single ? {} : { template: { MADE: template } }),
      ...(asFiles ? { mountAs: 'files', mountPath: `/run/files/s${at}` } : { prefix }),
    };
  }
  return { values, documents };
}

function composeFurther({ kind, env, inheritEnv }: NonNullable<Drawn['further']>): JsonObject {
  const container: JsonObject = { env, ...(inheritEnv === null ? {} : { inheritEnv }) };
  return { [kind]: { more: kind === 'cronJobs' ? { schedule: '0 3 * * *', ...container } : container } };
}
