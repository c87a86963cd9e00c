import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findFieldPointer } from '../../../harness/check/field-pointer.js';
import { hideSecretTexts } from '../../../harness/check/hide-secret-texts.js';
import { joinPointer } from '../../../harness/manifest/json-pointer.js';
import type { JsonObject, JsonValue } from '../../../harness/manifest/manifest.js';

const pod: JsonObject = {
  metadata: { labels: { 'app.kubernetes.io/name': 'a' } },
  spec: {
    containers: [
      { name: 'a', ports: [{ containerPort: 80 }, { containerPort: 81, protocol: 'UDP' }] },
      { name: 'b, "c"', env: [{ name: 'X', value: 1 }] },
    ],
  },
};

test.each([
  ['spec.containers[1].env[0].value', '/spec/containers/1/env/0/value'],
  ['.spec.containers[name="b, \\"c\\""].env[name="X"].value', '/spec/containers/1/env/0/value'],
  ['spec.containers[0].ports[containerPort=80,protocol="TCP"]', '/spec/containers/0/ports/0'],
  ['spec.containers[0].ports[containerPort=81,protocol="UDP"].name', '/spec/containers/0/ports/1'],
  ['metadata.labels[app.kubernetes.io/name]', '/metadata/labels/app.kubernetes.io~1name'],
])('%s is found', (field, pointer) => {
  expect(findFieldPointer(pod, field)).toBe(pointer);
});

test.each([
  ['spec.containers[7].name', '/spec/containers'],
  ['spec.containers[name="z"].image', '/spec/containers'],
  ['spec.replicas', '/spec'],
  ['toString', ''],
  ['', ''],
])('%s, which is not there, ends where the object does', (field, pointer) => {
  expect(findFieldPointer(pod, field)).toBe(pointer);
});

test('any path of names and positions is found again', () => {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,8}$/u).filter((text) => text !== '__proto__');
  const path = fc.array(fc.oneof(name, fc.nat(3)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(name, path, (first, rest) => {
      const segments = [first, ...rest];
      const object = segments.reduceRight<JsonValue>(
        (value, segment) =>
          typeof segment === 'number'
            ? [...Array<JsonValue>(segment).fill(null), value]
            : { [segment]: value },
        1,
      );
      const field = segments.map((one) => (typeof one === 'number' ? `[${one}]` : `.${one}`)).join('');
      expect(findFieldPointer(object as JsonObject, field)).toBe(joinPointer('', ...segments));
    }),
  );
});

const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } };

test('what a server repeats of a Secret is not shown, plain or encoded', () => {
  const data = { password: Buffer.from('hunter2-hunter2').toString('base64') };
  const message = `data[password]: Invalid value: "hunter2-hunter2" (${data.password})`;
  const hidden = hideSecretTexts(message, { ...secret, data });
  expect(hidden).toBe('data[password]: Invalid value: "<hidden>" (<hidden>)');
});

test('a number where a text should be is not shown, whatever the object', () => {
  const message = 'expected string, got &value.valueUnstructured{Value:12345678}';
  expect(hideSecretTexts(message, { ...secret, kind: 'Deployment' })).toBe(
    'expected string, got another type',
  );
});
