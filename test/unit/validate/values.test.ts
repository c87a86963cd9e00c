import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { kubernetesYamlOptions } from '../../../harness/manifest/kubernetes-yaml.js';
import { formatGoDuration, parseGoDuration } from '../../../harness/validate/go-duration.js';
import { mayRepeatKeys } from '../../../harness/validate/may-repeat-keys.js';
import { nearestName } from '../../../harness/validate/nearest-name.js';
import { lintValues } from '../../../harness/validate/values/lint-values.js';
import { formatValuesPath, ValuesPositions } from '../../../harness/validate/values/values-position.js';

const lint = (text: string): string[] =>
  lintValues([{ file: 'values/prod.yaml', text }]).map(
    ({ rule, values, message, remedy }) => `${rule} ${values?.line}:${values?.column} ${message} → ${remedy}`,
  );

describe('places in values files', () => {
  const positions = new ValuesPositions([
    {
      file: 'base.yaml',
      text: 'config:\n  A: 1\n  B: &b two\nlist:\n  - name: x\nbase: &base {C: 3}\nmerged:\n  <<: *base\n',
    },
    { file: 'prod.yaml', text: '# prod\nconfig:\n  "A": 9\n  a.b: 1\n' },
  ]);

  it('takes the last file that defines a path', () => {
    expect(positions.find(['config', 'A'])).toEqual({
      file: 'prod.yaml',
      line: 3,
      column: 3,
      path: 'config.A',
    });
    expect(positions.find(['config', 'B'])).toEqual({
      file: 'base.yaml',
      line: 3,
      column: 3,
      path: 'config.B',
    });
  });

  it('goes through lists, merge keys and names with dots', () => {
    expect(positions.find(['list', 0, 'name'])).toMatchObject({ line: 5, column: 5, path: 'list[0].name' });
    expect(positions.find(['merged', 'C'])).toMatchObject({ file: 'base.yaml', line: 6 });
    expect(positions.find(['config', 'a.b'])).toMatchObject({
      file: 'prod.yaml',
      line: 4,
      path: 'config.a\\.b',
    });
  });

  it('knows nothing of what is not there, and finds the nearest entry above', () => {
    expect(positions.find(['config', 'Z'])).toBeUndefined();
    expect(positions.find(['nothing'])).toBeUndefined();
    expect(positions.findNearest(['config', 'Z', 'deeper'])).toMatchObject({
      file: 'prod.yaml',
      line: 2,
      path: 'config',
    });
  });

  it('passes over a file that is not YAML', () => {
    const broken = new ValuesPositions([
      { file: 'a', text: 'a: 1\n' },
      { file: 'b', text: 'a: [' },
    ]);
    expect(broken.find(['a'])).toMatchObject({ file: 'a' });
  });

  it('finds every entry of any values on the line where its key stands', () => {
    const name = fc
      .string({ unit: fc.constantFrom(...'abcDEF.:# -'), minLength: 1, maxLength: 6 })
      .filter((text) => text.trim() === text);
    const tree = fc.dictionary(
      name,
      fc.dictionary(name, fc.oneof(fc.integer(), fc.string(), fc.constant('two\nlines')), { minKeys: 1 }),
      { minKeys: 1 },
    );
    fc.assert(
      fc.property(tree, (values) => {
        const text = stringify(values, { version: '1.1' });
        const found = new ValuesPositions([{ file: 'f', text }]);
        for (const [outer, inner] of Object.entries(values)) {
          for (const key of Object.keys(inner)) {
            const place = found.find([outer, key]);
            expect(place?.path).toBe(formatValuesPath([outer, key]));
            const line = text.split('\n')[(place?.line ?? 0) - 1]?.slice((place?.column ?? 0) - 1) ?? '';
            expect(
              line.startsWith(key) || line.startsWith(JSON.stringify(key)) || line.startsWith(`'${key}'`),
            ).toBe(true);
          }
        }
      }),
    );
  });
});

describe('nearest names', () => {
  it.each([
    ['replicaCuont', ['image', 'replicaCount', 'replicas'], 'replicaCount'],
    ['loglevel', ['LOG_LEVEL', 'LOG'], 'LOG_LEVEL'],
    ['refresh-interval', ['refreshInterval'], 'refreshInterval'],
    ['imgae', ['image'], 'image'],
    ['wbe', ['web'], 'web'],
    ['completelyDifferent', ['image', 'config'], undefined],
    ['a', ['b'], 'b'],
    ['x', [], undefined],
    ['image', ['image'], undefined],
  ])('for %s among %j it is %s', (name, known, expected) => {
    expect(nearestName(name, known)).toBe(expected);
  });
});

describe('values files', () => {
  it.each([
    ['1.10', '1.1'],
    ['0123', '83'],
    ['1e3', '1000'],
    ['yes', 'true'],
    ['no', 'false'],
    ['on', 'true'],
    ['off', 'false'],
    ['True', 'true'],
    ['0x1F', '31'],
    ['12345678901234567890', '12345678901234567000'],
    ['1_000', '1000'],
    ['+1', '1'],
    ['.5', '0.5'],
    ['1.0', '1'],
    ['0o17', '15'],
  ])('says that %s arrives as %s, and to quote it', (written, arrives) => {
    expect(lint(`config:\n  A: ${written}\n`)).toEqual([
      `lossy-scalar 2:6 config.A: ${written} arrives as ${arrives} → Quote it: "${written}".`,
    ]);
  });

  it.each([
    '"1.10"',
    "'0123'",
    '1.5',
    '10000000',
    '0',
    '-1',
    'true',
    'false',
    'null',
    '2030-01-31',
    '2030-01-31T12:00:00Z',
    '12:30',
    'text',
    '""',
    'v1.10',
    '1.10.0',
    '0b',
    '|\n    1.10',
  ])('accepts %s as it is written', (written) => {
    expect(lint(`config:\n  A: ${written}\n`)).toEqual([]);
  });

  it('says that ~ and nothing at all take the entry away', () => {
    expect(lint('config:\n  A: ~\n  B:\n')).toEqual([
      'lossy-scalar 2:6 config.A: ~ is null: the entry is left out → Write "" for an empty text, or null where it is to be left out.',
      'lossy-scalar 3:5 config.B: an empty value is null: the entry is left out → Write "" for an empty text, or null where it is to be left out.',
    ]);
  });

  it('looks wherever variables are set, and nowhere else', () => {
    const text = `replicas: 010
image: {tag: 1.10}
workers:
  mail: {env: {A: 1.10}, config: {B: yes}}
env:
  C: {value: 0123}
extraEnv:
  - name: D
    value: 1e3
`;
    expect(lint(text).map((line) => line.split(' → ')[0])).toEqual([
      'lossy-scalar 4:19 workers.mail.env.A: 1.10 arrives as 1.1',
      'lossy-scalar 4:38 workers.mail.config.B: yes arrives as true',
      'lossy-scalar 6:14 env.C.value: 0123 arrives as 83',
      'lossy-scalar 9:12 extraEnv[0].value: 1e3 arrives as 1000',
    ]);
  });

  it('finds keys that are there twice, tabs, and what is no YAML', () => {
    expect(lint('config:\n  A: "1"\n  A: "2"\n')).toEqual([
      'values-duplicate-key 3:3 config.A is there twice; the last one wins, silently, and the first is lost → Put both into one.',
    ]);
    expect(lint('config:\n\tA: "1"\n')).toEqual([
      'values-tab 2:1 a tab in the indentation: YAML allows only spaces there → Replace it with spaces.',
    ]);
    expect(lint('config: [\n')).toEqual([
      expect.stringMatching(/^values-unreadable \d+:\d+ not readable as YAML: /u),
    ]);
    expect(lint('')).toEqual([]);
  });

  it('tells nothing that Helm and Kubernetes take as written, for any number and text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.boolean(), fc.string()), (value) => {
        expect(lint(stringify({ config: { A: value } }, { version: '1.1', lineWidth: 0 }))).toEqual([]);
      }),
    );
  });
});

describe('durations', () => {
  it('are read and written as Go does', () => {
    expect(['1h', '90s', '1h30m', '1.5h', '0', '100ms'].map(parseGoDuration)).toEqual([
      3600000, 90000, 5400000, 5400000, 0, 100,
    ]);
    expect(['', '1', '1d', 'h', '1h 30m', '-'].map(parseGoDuration)).toEqual(Array(6).fill(undefined));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (seconds) => {
        const text = formatGoDuration(seconds * 1000);
        expect(parseGoDuration(text)).toBe(seconds * 1000);
        expect(formatGoDuration(parseGoDuration(text) ?? -1)).toBe(text);
      }),
    );
  });
});

describe('the quick look for keys that are there twice', () => {
  const isRepeated = (text: string): boolean =>
    parseDocument(text, { ...kubernetesYamlOptions, prettyErrors: false }).errors.some(
      ({ code }) => code === 'DUPLICATE_KEY',
    );

  it.each([
    'a: 1\na: 2\n',
    'a:\n  b: 1\n  c: 2\n  b: 3\n',
    '- a: 1\n  a: 2\n',
    'a: {b: 1, b: 2}\n',
    'a: |\n  x: 1\n  x: 2\nb: 1\nb: 2\n',
    '"a": 1\n"a": 2\n',
    'l:\n- - a: 1\n    a: 2\n',
    '"a": 1\na: 2\n',
    'l:\n- - |\n    x\n  - a: 1\n    a: 2\n',
  ])('sees them in %j', (text) => {
    expect(isRepeated(text)).toBe(true);
    expect(mayRepeatKeys(text)).toBe(true);
  });

  it.each([
    'a: |\n  x: 1\n  x: 2\n',
    'a:\n  - b: 1\n  - b: 2\n',
    'a:\n- b: 1\n- b: 2\nc:\n- b: 1\n',
    'a: {b: 1}\nc: {b: 1}\n',
    'x:\n  a: 1\nz:\n  a: 1\n',
    '# a: 1\n# a: 2\na: 1\n',
    'args:\n  - |\n    k: 1\n    k: 2\n  - x\n',
  ])('says nothing of %j', (text) => {
    expect(isRepeated(text)).toBe(false);
    expect(mayRepeatKeys(text)).toBe(false);
  });

  it('misses none, in any document that the yaml package writes and any line of it repeated', () => {
    const name = fc.constantFrom('a', 'b', 'c: d', '"e"', 'f#');
    const node = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('1', 'text', 'x: 1\nx: 2\n', ''),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(name, tie('node'), { maxKeys: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(fc.dictionary(name, node, { minKeys: 1 }), fc.nat(), (value, pick) => {
        const lines = stringify(value).trimEnd().split('\n');
        const at = pick % lines.length;
        const text = [...lines.slice(0, at + 1), ...lines.slice(at)].join('\n');
        if (isRepeated(text)) expect(mayRepeatKeys(text)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
