import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseKubernetesYaml } from '../../../harness/manifest/kubernetes-yaml.js';
import { parseManifests, splitDocuments } from '../../../harness/manifest/parse-manifests.js';

test('documents are numbered within their template and know their line', () => {
  const text = [
    '---',
    '# Source: app/templates/a.yaml',
    'apiVersion: v1',
    'kind: ConfigMap',
    'metadata: {name: one}',
    '---',
    '# Source: app/templates/a.yaml',
    'apiVersion: v1',
    'kind: ConfigMap',
    'metadata: {name: two}',
    '---',
    '# Source: app/templates/empty.yaml',
    '',
  ].join('\n');
  const manifests = parseManifests(text);
  expect(manifests.map(({ object, source }) => [object.metadata.name, source])).toEqual([
    ['one', { template: 'app/templates/a.yaml', index: 0, line: 2 }],
    ['two', { template: 'app/templates/a.yaml', index: 1, line: 7 }],
  ]);
});

test('the items of a List become manifests of their own', () => {
  const text =
    'apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod, metadata: {name: a}}, {apiVersion: v1, kind: Pod, metadata: {name: b}}]';
  expect(parseManifests(text).map(({ object }) => object.metadata.name)).toEqual(['a', 'b']);
});

test('a document without kind is refused with its template and line', () => {
  expect(() => parseManifests('---\n# Source: app/templates/x.yaml\na: 1\n')).toThrow(
    'app/templates/x.yaml: a document without apiVersion and kind\nline 2 of the rendered text',
  );
});

test('text that is no YAML is refused with its template and line', () => {
  const text = '---\n# Source: app/templates/x.yaml\napiVersion: v1\nkind: A\n\tb: 1\n';
  expect(() => parseManifests(text)).toThrow(/x\.yaml: not readable as YAML\nline 5 of the rendered text/u);
});

test('of a key that stands twice the last one counts, as in Helm', () => {
  const [manifest] = parseManifests('apiVersion: v1\nkind: A\nmetadata: {name: a}\nspec: 1\nspec: 2\n');
  expect(manifest?.object['spec']).toBe(2);
});

test.each([
  ['yes', true],
  ['n', false],
  ['0123', 83],
  ['0o17', 15],
  ['1_000', 1000],
  ['0x1F', 31],
  ['1e3', 1000],
  ['1:30', '1:30'],
  ['190:20:30', '190:20:30'],
  ['2024-01-01', '2024-01-01'],
  ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z'],
  ['"0123"', '0123'],
  ['~', null],
  ['e0', 'e0'],
  ['.', '.'],
  ['+.', '+.'],
  ['.e1', '.e1'],
  ['._5', '._5'],
  ['0_', 0],
  ['1_.5', 1.5],
  ['.5', 0.5],
  ['1.', 1],
  ['1_e3', 1000],
  ['685.230_15e+03', 685230.15],
  ['08', 8],
  ['0o8', '0o8'],
  ['1.2.3', '1.2.3'],
  ['!!str 123', '123'],
  ['!!binary aGk=', 'hi'],
])('the scalar %s is read as Helm reads it', (text, value) => {
  expect(parseKubernetesYaml(`a: ${text}`)).toEqual({ a: value });
});

test('anchors and merge keys are resolved', () => {
  expect(parseKubernetesYaml('a: &a {x: 1}\nb: {<<: *a, z: 2}')).toEqual({ a: { x: 1 }, b: { x: 1, z: 2 } });
});

test('a key that YAML 1.1 takes for a truth value becomes its name, as Helm has it', () => {
  expect(parseKubernetesYaml('y: 1\nno: 2')).toEqual({ true: 1, false: 2 });
});

test('any objects printed as a stream are read back equal, whatever their strings hold', () => {
  const object = fc.record({
    apiVersion: fc.constant('v1'),
    kind: fc.constant('ConfigMap'),
    metadata: fc.record({ name: fc.constantFrom('a', 'b') }),
    data: fc.dictionary(
      fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/u),
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom(
          '---',
          '--- x\n---\n',
          '{{ x }}',
          '# Source: a/b.yaml',
          ' lead',
          'trail\n\n',
          'yes',
          '0123',
        ),
      ),
    ),
  });
  fc.assert(
    fc.property(fc.array(object, { maxLength: 5 }), (objects) => {
      const text = objects.map((value) => `---\n${stringify(value, { version: '1.1' })}`).join('');
      expect(parseManifests(text).map((manifest) => manifest.object)).toEqual(objects);
    }),
  );
});

test('the lines told for documents are those of the text', () => {
  const lines = fc.array(fc.constantFrom('---', 'a: 1', '', '# x', '--- # c', '---x: 1'), { maxLength: 30 });
  fc.assert(
    fc.property(lines, (given) => {
      const text = given.join('\n');
      for (const document of splitDocuments(text)) {
        const first = document.text.split('\n')[0];
        expect(text.split('\n')[document.line - 1]).toBe(first);
      }
    }),
  );
});
